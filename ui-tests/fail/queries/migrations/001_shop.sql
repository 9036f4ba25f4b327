CREATE TYPE {{types.status}} AS ENUM ('open', 'paid');

CREATE TABLE {{tables.users}} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    nickname text,
    picture bytea,
    tags text[] NOT NULL DEFAULT '{}',
    numbers integer[],
    "type" text NOT NULL DEFAULT 'person',
    created_at timestamptz NOT NULL DEFAULT now()
);
