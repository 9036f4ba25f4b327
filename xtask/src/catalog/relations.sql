-- name, kind, OID of the row type where it is fixed, columns (`!`: NOT NULL), keys (`p` primary, `u` unique).
SELECT CASE n.nspname WHEN 'pg_catalog' THEN '' WHEN 'information_schema' THEN 'information_schema.' ELSE '@' END || c.relname,
    c.relkind,
    CASE WHEN c.reltype < 10000 THEN c.reltype::text ELSE '' END,
    (SELECT string_agg(a.attname || ':' || pg_temp.type_text(a.atttypid)
            || CASE WHEN a.atttypmod <> -1 THEN '~' || a.atttypmod ELSE '' END
            || CASE WHEN a.attnotnull THEN '!' ELSE '' END, ' ' ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    coalesce((SELECT string_agg(CASE WHEN i.indisprimary THEN 'p' ELSE 'u' END || ':' || k.columns, ' ' ORDER BY k.columns)
        FROM pg_catalog.pg_index i, LATERAL (
            SELECT string_agg(a.attname, ',' ORDER BY u.place) AS columns
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS u (number, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number) k
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL), '')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
    AND (n.nspname IN ('pg_catalog', 'information_schema') OR current_setting('pgdbm.extension') <> '')
    AND pg_temp.is_wanted('pg_catalog.pg_class'::regclass, c.oid)
