-- fn one() -> i32
SELECT count(*)
FROM {{tables.users}}
