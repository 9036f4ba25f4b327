CREATE TABLE public.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES public.customers (id),
    ship_to bigint REFERENCES public.addresses (id),
    status public.order_status NOT NULL DEFAULT 'open',
    placed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX orders_customer ON public.orders (customer_id, placed_at DESC);
CREATE INDEX orders_open ON public.orders (placed_at) WHERE status = 'open';
