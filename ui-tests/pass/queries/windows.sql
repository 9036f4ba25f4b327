SELECT count(*)
  FROM {{tables.users}}
 WHERE email = $email;
