CREATE TABLE {{tables.users}} (id bigint PRIMARY KEY, email text NOT NULL);
ALTER TABLE {{tables.users}} ADD age integr;
