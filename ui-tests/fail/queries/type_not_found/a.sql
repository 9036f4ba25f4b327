-- fn one(id: UserId) -> i64
SELECT id FROM {{tables.users}} WHERE id = $id
