CREATE MATERIALIZED VIEW mv AS SELECT i, count(*) c, array_agg(t) ts FROM a GROUP BY i;
