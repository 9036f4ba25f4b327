CREATE TABLE {{tables.users}} (id int);
CREATE INDEX CONCURRENTLY {{indexes.users_id}} ON {{tables.users}} (id);
