-- name, left type (empty: a prefix operator), right type, result, function, strict, volatility unless that is IMMUTABLE.
SELECT o.oprname,
    coalesce(pg_temp.type_text(nullif(o.oprleft, 0)), ''),
    pg_temp.type_text(o.oprright),
    coalesce(pg_temp.type_text(nullif(o.oprresult, 0)), ''),
    coalesce(p.proname, ''),
    CASE WHEN p.proisstrict THEN 'n' ELSE '' END,
    coalesce(nullif(p.provolatile::text, 'i'), '')
FROM pg_catalog.pg_operator o LEFT JOIN pg_catalog.pg_proc p ON p.oid = o.oprcode
WHERE pg_temp.is_wanted('pg_catalog.pg_operator'::regclass, o.oid)
