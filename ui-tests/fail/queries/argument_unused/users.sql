-- fn user(id, name?) -> Option<User>
SELECT id, email FROM {{tables.users}} WHERE id = $id;
