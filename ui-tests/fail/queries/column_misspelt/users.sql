-- A user.
-- fn user(id) -> Option<User>
SELECT id,
       emial
FROM {{tables.users}}
WHERE id = $id;

-- fn other(id) -> Option<Other>
SELECT id, email FROM {{tables.users}} WHERE id = $id;
