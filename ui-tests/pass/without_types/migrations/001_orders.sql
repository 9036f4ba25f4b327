CREATE TYPE {{types.order_status}} AS ENUM ('open', 'paid');
CREATE TABLE {{tables.orders}} (id bigint PRIMARY KEY, status {{types.order_status}} NOT NULL);
