CREATE FUNCTION rows(n int) RETURNS TABLE (k int, w text) LANGUAGE sql AS 'select 1, ''a''';
