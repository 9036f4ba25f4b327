CREATE FUNCTION va_sum(VARIADIC n int[]) RETURNS int LANGUAGE sql AS 'select 1';
