CREATE FUNCTION pick(anyelement, anyarray) RETURNS anyelement LANGUAGE sql AS 'select $1';
