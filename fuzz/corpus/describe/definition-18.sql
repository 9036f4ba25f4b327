CREATE FUNCTION add(x int, y int DEFAULT 1) RETURNS int LANGUAGE sql AS 'select x+y';
