-- The people who buy.
CREATE TABLE {{tables.users}} (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX {{indexes.users_created_at}} ON {{tables.users}} (created_at);
