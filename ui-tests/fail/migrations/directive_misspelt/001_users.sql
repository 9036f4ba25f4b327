-- pgdbm:no-transacton
CREATE TABLE {{tables.users}} (id int);
