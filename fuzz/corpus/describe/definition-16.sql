CREATE VIEW va AS SELECT a.*, b.k FROM a LEFT JOIN b ON b.a_id = a.id;
