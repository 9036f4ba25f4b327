-- fn all() -> Vec<All>
SELECT * FROM {{tables.users}}
