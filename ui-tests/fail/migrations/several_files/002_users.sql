INSERT INTO {{tables.users}} VALUES ($1);
SELECT 'open;
