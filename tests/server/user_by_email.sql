-- The user with this address.
SELECT id, name
FROM {{tables.users}}
WHERE email = $1
