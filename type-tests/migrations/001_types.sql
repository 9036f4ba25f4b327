CREATE TYPE {{types.mood}} AS ENUM ('sad', 'so-so', 'happy');
COMMENT ON TYPE {{types.mood}} IS 'How one feels.';
CREATE TYPE {{types.moods}} AS RANGE (subtype = {{types.mood}});
CREATE TYPE {{types.odd}} AS ENUM ('', 'A+', 'A-', '2fa', 'größer', 'type', 'self', 'it''s "so"', E'\\');

-- Two labels that would be one name.
CREATE TYPE {{types.clash}} AS ENUM ('a b', 'a_b');

CREATE DOMAIN {{types.email}} AS text CHECK (VALUE LIKE '%@%');
CREATE DOMAIN {{types.rank}} AS int CHECK (VALUE > 0);
CREATE DOMAIN {{types.tags}} AS text[];

CREATE TYPE {{types.point_of_sale}} AS (name text, number {{types.rank}}, mood {{types.mood}});
CREATE TYPE {{types.address}} AS (
    street text,
    "Zip code" text,
    "type" smallint,
    stores {{types.point_of_sale}}[],
    numbers bigint[],
    mail {{types.email}}
);

CREATE TABLE {{tables.users}} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email {{types.email}} NOT NULL,
    emails {{types.email}}[] NOT NULL DEFAULT '{}',
    tags {{types.tags}},
    mood {{types.mood}} NOT NULL DEFAULT 'so-so',
    moods {{types.mood}}[] NOT NULL DEFAULT '{}',
    within {{types.moods}},
    home {{types.address}},
    "type" text,
    "größe" int
);
COMMENT ON TABLE {{tables.users}} IS 'Who buys: `code`, [a link], <b>.';
COMMENT ON COLUMN {{tables.users}}.email IS '    the address';

CREATE VIEW {{views.happy_users}} AS
SELECT id, email, count(*) AS n FROM {{tables.users}} WHERE mood = 'happy' GROUP BY id, email;

-- Words of Rust, and names of its traits.
CREATE TYPE {{types.outcome}} AS ENUM ('ok', 'err');
CREATE TABLE {{tables.words}} (gen int NOT NULL, "type" text, outcome {{types.outcome}} NOT NULL);

-- No type of Rust is known for the column.
CREATE TABLE {{tables.strange}} (id int, at xid8);

-- The type of Rust for the column is none for serializers.
CREATE TABLE {{tables.marks}} (id int NOT NULL, at pg_lsn);

-- A schema that all tenants share: the first one's migrations make it.
CREATE SCHEMA IF NOT EXISTS billing;
DO $$
BEGIN
    CREATE TYPE {{types.billing.mood}} AS ENUM ('due', 'happy');
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
CREATE TABLE IF NOT EXISTS {{tables.billing.invoices}} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mood {{types.billing.mood}} NOT NULL,
    history {{types.billing.mood}}[]
);
