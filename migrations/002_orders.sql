-- What they buy. The status is a type of its own, so that a typing mistake in it is an error.
CREATE TYPE {{types.order_status}} AS ENUM ('open', 'paid', 'sent');

CREATE TABLE {{tables.orders}} (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id integer NOT NULL REFERENCES {{tables.users}} (id) ON DELETE CASCADE,
    total_cents bigint NOT NULL CHECK (total_cents >= 0),
    status {{types.order_status}} NOT NULL DEFAULT 'open',
    tags text[] NOT NULL DEFAULT '{}',
    placed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX {{indexes.orders_user_id}} ON {{tables.orders}} (user_id);
