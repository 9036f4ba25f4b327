CREATE TABLE {{tables.orders}} (
    id int PRIMARY KEY,
    user_id int REFERENCES {{tables.users}}
);
CREATE INDEX {{indexes.orders_user_id}} ON {{tables.orders}} (user_id);
