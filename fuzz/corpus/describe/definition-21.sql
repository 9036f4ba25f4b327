CREATE FUNCTION outs(n int, OUT a int, OUT b text) LANGUAGE sql AS 'select 1, ''a''';
