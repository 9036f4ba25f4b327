CREATE TABLE public.order_lines (
    order_id bigint NOT NULL REFERENCES public.orders (id) ON DELETE CASCADE,
    line integer NOT NULL,
    product_id bigint NOT NULL REFERENCES public.products (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    price_cents bigint NOT NULL CHECK (price_cents >= 0),
    PRIMARY KEY (order_id, line)
);

CREATE INDEX order_lines_product ON public.order_lines (product_id);
