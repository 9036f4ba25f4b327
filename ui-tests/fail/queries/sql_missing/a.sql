-- fn one() -> Vec<One>

-- fn two() -> Vec<Two>
SELECT id FROM {{tables.users}}
