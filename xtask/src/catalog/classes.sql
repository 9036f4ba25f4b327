-- Default operator classes: access method, input type.
SELECT m.amname, pg_temp.type_text(c.opcintype)
FROM pg_catalog.pg_opclass c JOIN pg_catalog.pg_am m ON m.oid = c.opcmethod
WHERE c.opcdefault AND m.amname IN ('btree', 'hash')
    AND pg_temp.is_wanted('pg_catalog.pg_opclass'::regclass, c.oid)
