-- Only what every server has: the rest is the operating system's.
SELECT c.collname
FROM pg_catalog.pg_collation c
WHERE c.oid < 10000 AND current_setting('pgdbm.extension') = ''
