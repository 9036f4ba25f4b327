-- What each of them has spent.
CREATE VIEW {{views.order_totals}} AS
SELECT u.id AS user_id, u.email, count(o.id) AS orders, coalesce(sum(o.total_cents), 0)::bigint AS total_cents
FROM {{tables.users}} u
LEFT JOIN {{tables.orders}} o ON o.user_id = u.id
GROUP BY u.id, u.email;

CREATE FUNCTION {{functions.place_order}}(buyer integer, cents bigint) RETURNS integer
LANGUAGE sql AS $body$
    INSERT INTO {{tables.orders}} (user_id, total_cents) VALUES (buyer, cents) RETURNING id
$body$;
