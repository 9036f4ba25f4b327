-- Finds a user.
SELECT *
  FROM {{tabels.users}}
 WHERE id = $1;
