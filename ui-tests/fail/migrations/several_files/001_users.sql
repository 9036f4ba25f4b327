CREATE TABLE {{tabels.users}} (id int);
