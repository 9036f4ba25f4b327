CREATE TYPE {{types.order_status}} AS ENUM ('open', 'paid', 'sent');
