CREATE TABLE ch (extra int) INHERITS (b);
