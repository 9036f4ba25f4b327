CREATE TYPE {{types.status}} AS ENUM ('open', 'paid', 'sent');

CREATE TABLE {{tables.users}} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status {{types.status}} NOT NULL DEFAULT 'open',
    age integer
);
