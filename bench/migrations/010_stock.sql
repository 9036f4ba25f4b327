CREATE TABLE public.stock (
    warehouse_id integer NOT NULL REFERENCES public.warehouses (id),
    product_id bigint NOT NULL REFERENCES public.products (id),
    quantity integer NOT NULL DEFAULT 0 CHECK (quantity >= 0),
    PRIMARY KEY (warehouse_id, product_id)
);
