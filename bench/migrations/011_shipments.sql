CREATE TABLE public.shipments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES public.orders (id),
    warehouse_id integer NOT NULL REFERENCES public.warehouses (id),
    carrier text NOT NULL,
    tracking_code text UNIQUE,
    shipped_at timestamptz
);

CREATE INDEX shipments_order ON public.shipments (order_id);
