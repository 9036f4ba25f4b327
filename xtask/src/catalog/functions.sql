-- name, kind, argument types, argument names, number of defaults, VARIADIC's element type, result, set, output columns,
-- strict, aggregate's kind with the number of its direct arguments, volatility unless it is IMMUTABLE.
SELECT CASE n.nspname WHEN 'information_schema' THEN 'information_schema.' ELSE '' END || p.proname,
    p.prokind,
    pg_temp.types_text(p.proargtypes::oid[]),
    coalesce((SELECT string_agg(coalesce(name, ''), ',' ORDER BY place)
        FROM unnest(p.proargnames, coalesce(p.proargmodes, array_fill('i'::"char", ARRAY[p.pronargs::int]))) WITH ORDINALITY
            AS a (name, mode, place)
        WHERE mode IN ('i', 'b', 'v') AND p.proargnames IS NOT NULL), ''),
    CASE WHEN p.pronargdefaults > 0 THEN p.pronargdefaults::text ELSE '' END,
    coalesce(pg_temp.type_text(nullif(p.provariadic, 0)), ''),
    pg_temp.type_text(p.prorettype),
    CASE WHEN p.proretset THEN 's' ELSE '' END,
    coalesce((SELECT string_agg(coalesce(name, '') || ':' || pg_temp.type_text(type), ' ' ORDER BY place)
        FROM unnest(p.proallargtypes, p.proargmodes, p.proargnames) WITH ORDINALITY AS a (type, mode, name, place)
        WHERE mode IN ('o', 'b', 't')), ''),
    CASE WHEN p.proisstrict THEN 'n' ELSE '' END,
    coalesce((SELECT aggkind::text || aggnumdirectargs::text FROM pg_catalog.pg_aggregate WHERE aggfnoid = p.oid), ''),
    coalesce(nullif(p.provolatile::text, 'i'), '')
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE pg_temp.is_wanted('pg_catalog.pg_proc'::regclass, p.oid)
