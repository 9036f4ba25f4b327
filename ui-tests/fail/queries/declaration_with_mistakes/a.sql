-- fn one(1d) -> Vec<User>
SELECT id FROM {{tables.users}}

-- fn two() => Vec<User>
SELECT id FROM {{tables.users}}

-- fn three(id: i 64) -> Vec<Three>
SELECT id FROM {{tables.users}} WHERE id = $id

-- fn four() -> Vec<
SELECT id FROM {{tables.users}}

-- #[must use]
-- fn five() -> Vec<Five>
SELECT id FROM {{tables.users}}

-- fn self(a) -> Six
SELECT 1 AS one
