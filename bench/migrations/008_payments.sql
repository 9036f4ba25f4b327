CREATE TABLE public.payments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id bigint NOT NULL REFERENCES public.orders (id),
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    provider text NOT NULL,
    provider_reference text NOT NULL,
    paid_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (provider, provider_reference)
);

CREATE INDEX payments_order ON public.payments (order_id);
