-- fn users -> Vec<User>
SELECT id FROM {{tables.users}}
