-- The users who are active.
SELECT id FROM {{tables.users}};
