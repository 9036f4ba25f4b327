CREATE FUNCTION public.place_order(buyer bigint, product bigint, amount integer) RETURNS bigint
LANGUAGE plpgsql AS $body$
DECLARE
    placed bigint;
BEGIN
    INSERT INTO public.orders (customer_id) VALUES (buyer) RETURNING id INTO placed;
    INSERT INTO public.order_lines (order_id, line, product_id, quantity, price_cents)
    SELECT placed, 1, p.id, amount, p.price_cents FROM public.products p WHERE p.id = product;
    RETURN placed;
END
$body$;
