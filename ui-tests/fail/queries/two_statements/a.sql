-- fn one() -> Vec<One>
SELECT id FROM {{tables.users}};
-- And another:
SELECT 2
