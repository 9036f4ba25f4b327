CREATE TABLE {{tables.orders}} (id bigint PRIMARY KEY, cents bigint NOT NULL);
ALTER TABLE {{tables.orders}} DROP COLUMN cent;
CREATE VIEW {{views.totals}} AS SELECT sum(cents) AS cents FROM {{tables.orders}} WHERE cents > 'a lot';
