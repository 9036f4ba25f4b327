CREATE OR REPLACE VIEW {{views.totals}} AS
    SELECT user_id, count(*) FROM {{tables.orders}} GROUP BY user_id;
