CREATE TYPE {{types.status}} AS ENUM ('open', 'paid');
CREATE TYPE {{types.mood}} AS ENUM ('good', 'bad');
CREATE DOMAIN {{types.email}} AS text;
CREATE TYPE {{types.address}} AS (street text, mood {{types.mood}});
CREATE TABLE {{tables.orders}} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status {{types.status}} NOT NULL,
    email {{types.email}} NOT NULL,
    address {{types.address}}
);
CREATE TABLE {{tables.strange}} (id bigint NOT NULL, at xid8);
CREATE TYPE {{types.stranger}} AS (at xid8);
CREATE TABLE {{tables.uses}} (stranger {{types.stranger}});
