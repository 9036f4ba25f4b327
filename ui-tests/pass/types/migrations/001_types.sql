CREATE TYPE {{types.order_status}} AS ENUM ('open', 'in progress', 'self', 'A+', 'A-', '2fa', '');
COMMENT ON TYPE {{types.order_status}} IS 'How far an order is:
    see [the manual], `status`, <b>.

        fn main() { panic!() }';

CREATE DOMAIN {{types.email}} AS text CHECK (VALUE LIKE '%@%');
CREATE DOMAIN {{types.work_email}} AS {{types.email}};
CREATE DOMAIN {{types.grade}} AS {{types.order_status}};
CREATE DOMAIN {{types.share}} AS double precision;

CREATE TYPE {{types.address}} AS (street text, "Zip code" text, "type" int, "self" int);
CREATE TYPE {{types.nothing}} AS ();
CREATE TYPE {{types.person}} AS (name text, home {{types.address}}, others {{types.address}}[], mail {{types.email}});
CREATE TYPE {{types.status_range}} AS RANGE (subtype = {{types.order_status}});

CREATE TABLE {{tables.users}} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email {{types.email}} NOT NULL,
    other_emails {{types.email}}[] NOT NULL DEFAULT '{}',
    home {{types.address}},
    "type" text,
    "größe" int,
    statuses {{types.order_status}}[] NOT NULL DEFAULT '{}',
    during {{types.status_range}}
);
COMMENT ON TABLE {{tables.users}} IS 'The people who buy.';
COMMENT ON COLUMN {{tables.users}}.id IS 'The number.';

CREATE VIEW {{views.open_users}} AS SELECT id, email, count(*) AS n FROM {{tables.users}} GROUP BY id, email;

-- No type of Rust is known for the column.
CREATE TABLE {{tables.odd}} (id int, at xid8);

CREATE SCHEMA billing;
CREATE TYPE {{types.billing.order_status}} AS ENUM ('due');
CREATE TABLE {{tables.billing.invoices}} (status {{types.billing.order_status}} NOT NULL, buyer {{types.person}});
