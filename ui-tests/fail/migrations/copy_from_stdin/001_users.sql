CREATE TABLE {{tables.users}} (id int);
COPY {{tables.users}} FROM STDIN;
1
\.
