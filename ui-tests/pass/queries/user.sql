-- One user.
SELECT *
  FROM {{tables.users}}
 WHERE id = $1;
