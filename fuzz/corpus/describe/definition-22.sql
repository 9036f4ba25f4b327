CREATE FUNCTION seta() RETURNS SETOF a LANGUAGE sql AS 'select * from a';
