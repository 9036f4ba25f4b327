-- Operator classes: access method, input type, name, whether it is the default.
SELECT m.amname, pg_temp.type_text(c.opcintype), c.opcname, CASE WHEN c.opcdefault THEN 'd' ELSE '' END
FROM pg_catalog.pg_opclass c JOIN pg_catalog.pg_am m ON m.oid = c.opcmethod
WHERE pg_temp.is_wanted('pg_catalog.pg_opclass'::regclass, c.oid)
