ALTER TABLE {{tables.users}} DROP COLUMN nickname;
CREATE FUNCTION {{functions.total}}(buyer bigint) RETURNS bigint LANGUAGE sql
    AS 'SELECT sum(cents)::bigint FROM {{tables.orders}} WHERE user_id = buyer';
