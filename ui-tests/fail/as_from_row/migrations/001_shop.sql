CREATE TYPE {{types.status}} AS ENUM ('open', 'paid', 'sent');

CREATE TABLE {{tables.users}} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text,
    nickname text
);

CREATE TABLE {{tables.orders}} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES {{tables.users}},
    status {{types.status}} NOT NULL DEFAULT 'open',
    cents bigint NOT NULL,
    tags text[] NOT NULL DEFAULT '{}',
    placed_at timestamptz NOT NULL DEFAULT now()
);
