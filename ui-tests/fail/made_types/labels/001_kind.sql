CREATE TYPE {{types.kind}} AS ENUM ('a b', 'c', 'a_b');
