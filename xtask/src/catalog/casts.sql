-- source, target, context, method (`F` is a strict function), volatility unless the function is IMMUTABLE.
SELECT pg_temp.type_text(c.castsource), pg_temp.type_text(c.casttarget), c.castcontext,
    CASE WHEN c.castmethod = 'f' AND p.proisstrict THEN 'F' ELSE c.castmethod::text END,
    coalesce(nullif(p.provolatile::text, 'i'), '')
FROM pg_catalog.pg_cast c LEFT JOIN pg_catalog.pg_proc p ON p.oid = c.castfunc
WHERE pg_temp.is_wanted('pg_catalog.pg_cast'::regclass, c.oid)
