-- fn ids() -> Vec<User>
SELECT id FROM {{tables.users}}
