-- How a type is named in the data files: plainly if it is in pg_catalog, with `@` before it if an extension brought it.
CREATE FUNCTION pg_temp.type_text(id oid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE n.nspname
        WHEN 'pg_catalog' THEN t.typname
        WHEN 'information_schema' THEN 'information_schema.' || t.typname
        ELSE '@' || t.typname END
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.oid = id
$$;
CREATE FUNCTION pg_temp.types_text(ids oid[]) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(string_agg(pg_temp.type_text(id), ' ' ORDER BY place), '')
    FROM unnest(ids) WITH ORDINALITY AS i (id, place)
$$;
-- Whether an object is the extension's that is asked for; with none asked for, whether it
-- belongs to no extension but plpgsql, which every database has.
CREATE FUNCTION pg_temp.is_wanted(class oid, id oid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE current_setting('pgdbm.extension')
        WHEN '' THEN id < 16384 AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
            WHERE d.classid = class AND d.objid = id AND d.deptype = 'e' AND e.extname <> 'plpgsql')
        ELSE EXISTS (
            SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
            WHERE d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
                AND d.classid = class AND d.objid = id AND e.extname = current_setting('pgdbm.extension')) END
$$;
