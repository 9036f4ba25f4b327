CREATE TYPE {{types."UserKind"}} AS (a int);
