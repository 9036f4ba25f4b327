-- fn user(idd) -> Option<User>
SELECT id, email FROM {{tables.users}} WHERE id = $id;
