CREATE TABLE public.reviews (
    product_id bigint NOT NULL REFERENCES public.products (id) ON DELETE CASCADE,
    customer_id bigint NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    body text,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (product_id, customer_id)
);

CREATE INDEX reviews_customer ON public.reviews (customer_id);
