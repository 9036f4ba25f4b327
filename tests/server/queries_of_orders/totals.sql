-- What a user has spent.
-- fn spent(user_id) -> _
SELECT sum(total_cents)::bigint FROM {{tables.orders}} WHERE user_id = $user_id
