-- name, OID, kind, category, preferred, element, array, subscripting, collatable, modifiers, what its kind adds, and whether
-- reading (`i`) and writing (`o`) it as text depends on settings.
-- Row types of relations are not here: they follow from relations.txt.
SELECT pg_temp.type_text(t.oid),
    CASE WHEN t.oid < 10000 THEN t.oid::text ELSE '' END,
    t.typtype,
    t.typcategory,
    CASE WHEN t.typispreferred THEN 'p' ELSE '' END,
    coalesce(pg_temp.type_text(nullif(t.typelem, 0)), ''),
    coalesce(pg_temp.type_text(nullif(t.typarray, 0)), ''),
    CASE t.typsubscript::regproc::text
        WHEN '-' THEN ''
        WHEN 'array_subscript_handler' THEN 'a'
        WHEN 'raw_array_subscript_handler' THEN 'f'
        WHEN 'jsonb_subscript_handler' THEN 'j'
        ELSE 'h' END,
    CASE WHEN t.typcollation <> 0 THEN 'c' ELSE '' END,
    CASE WHEN t.typmodin::oid <> 0 THEN 'm' ELSE '' END,
    CASE t.typtype
        WHEN 'r' THEN (SELECT pg_temp.type_text(rngsubtype) || ' ' || pg_temp.type_text(rngmultitypid)
            FROM pg_catalog.pg_range WHERE rngtypid = t.oid)
        WHEN 'm' THEN (SELECT pg_temp.type_text(rngtypid) FROM pg_catalog.pg_range WHERE rngmultitypid = t.oid)
        WHEN 'd' THEN pg_temp.type_text(t.typbasetype) || ' ' || t.typtypmod || CASE WHEN t.typnotnull THEN ' n' ELSE '' END
        WHEN 'c' THEN (SELECT string_agg(a.attname || ':' || pg_temp.type_text(a.atttypid), ' ' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0)
        ELSE '' END,
    coalesce((SELECT 'i' FROM pg_catalog.pg_proc p WHERE p.oid = t.typinput AND p.provolatile <> 'i'), '')
        || coalesce((SELECT 'o' FROM pg_catalog.pg_proc p WHERE p.oid = t.typoutput AND p.provolatile <> 'i'), '')
FROM pg_catalog.pg_type t
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typsubscript::regproc::text = 'array_subscript_handler'
LEFT JOIN pg_catalog.pg_class c ON c.oid = coalesce(nullif(t.typrelid, 0), e.typrelid)
WHERE (pg_temp.is_wanted('pg_catalog.pg_type'::regclass, t.oid)
        OR current_setting('pgdbm.extension') <> '' AND pg_temp.is_wanted('pg_catalog.pg_type'::regclass, e.oid))
    AND (c.oid IS NULL OR c.relkind = 'c')
