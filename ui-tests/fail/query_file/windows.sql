SELECT *
  FROM {{tabels.users}}
