CREATE TABLE {{tables.users}} (id bigint PRIMARY KEY, email text NOT NULL);
