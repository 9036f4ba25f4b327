CREATE TABLE {{tables.users}} (id int);
INSERT INTO {{tables.users}} VALUES ($1);
