CREATE TABLE {{tables.users}} (id int PRIMARY KEY, email text);
