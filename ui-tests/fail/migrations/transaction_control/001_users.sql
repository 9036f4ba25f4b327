BEGIN;
CREATE TABLE {{tables.users}} (id int);
COMMIT;
