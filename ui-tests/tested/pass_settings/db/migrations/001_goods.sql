CREATE TABLE {{tables.goods}} (id int PRIMARY KEY);
