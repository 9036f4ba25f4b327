CREATE TABLE public.loyalty_points (
    customer_id bigint PRIMARY KEY REFERENCES public.customers (id) ON DELETE CASCADE,
    points integer NOT NULL DEFAULT 0 CHECK (points >= 0),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE VIEW public.loyal_customers AS
SELECT c.id, c.email, p.points
FROM public.customers c
JOIN public.loyalty_points p ON p.customer_id = c.id
WHERE p.points >= 100;
