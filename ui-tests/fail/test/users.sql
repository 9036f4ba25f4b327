-- Two users.
INSERT INTO {{tables.users}} (id, email) VALUES (1, 'a@example.com'), (2, $email);
COMMIT;
COPY {{tables.orders}} FROM STDIN;
1	2
\.
