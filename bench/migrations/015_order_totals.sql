-- What each order comes to.
CREATE VIEW public.order_totals AS
SELECT o.id AS order_id, o.customer_id, coalesce(sum(l.quantity * l.price_cents), 0)::bigint AS total_cents
FROM public.orders o
LEFT JOIN public.order_lines l ON l.order_id = o.id
GROUP BY o.id, o.customer_id;
