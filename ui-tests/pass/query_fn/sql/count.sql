SELECT count(*) FROM {{tables.users}} WHERE email LIKE $pattern
