CREATE TABLE {{tables.orders}} (id int);
