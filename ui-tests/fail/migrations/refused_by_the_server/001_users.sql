CREATE TABLE {{tables.users}} (
    id bigint PRIMARY KEY,
    email txt NOT NULL
);
