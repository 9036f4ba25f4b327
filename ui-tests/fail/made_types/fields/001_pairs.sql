CREATE TABLE {{tables.pairs}} (a_b int, "a b" int);
