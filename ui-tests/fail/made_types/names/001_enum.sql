CREATE TYPE {{types.user_kind}} AS ENUM ('a');
