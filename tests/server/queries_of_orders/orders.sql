-- Places an order, and gives its number.
-- fn place(user_id, total_cents, tags: &[String]) -> i32
INSERT INTO {{tables.orders}} (user_id, total_cents, tags)
VALUES ($user_id, $total_cents, $tags)
RETURNING id;

-- The orders of a user, the newest first.
-- fn orders_of(user_id) -> Vec<Order>
SELECT id, total_cents, tags FROM {{tables.orders}} WHERE user_id = $user_id ORDER BY id DESC;

-- One of them.
-- fn order(id) -> Option<Order>
SELECT id, total_cents, tags FROM {{tables.orders}} WHERE id = $1;
