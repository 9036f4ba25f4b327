INSERT INTO a (i) VALUES (1), (2), (2);
INSERT INTO a (i, s, t, v, c, n, f, b, d, ts, tm, iv, u, j, jb, by, ai, at, m, ad, p, ir, ip, ci, hs, lt, tsv, mo) VALUES
    (3, 1, 'x', 'v', 'c', 1.5, 0.5, true, '2020-01-01', '2020-01-01', '10:00', '1 day', '00000000-0000-0000-0000-000000000001', '{"a": 1}', '{"a": {"b": null}}', '\x01', '{1,NULL}', '{a,NULL}', 'ok', ROW('s', NULL), 1, '[1,5)', '10.0.0.1', 'Ci', 'a=>1,b=>NULL', 'a.b', 'x', 1),
    (1, NULL, 'x', NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, NULL, NULL, 'null', 'null', NULL, '{}', '{}', 'sad', NULL, NULL, 'empty', NULL, NULL, '', NULL, NULL, NULL),
    (4, 0, NULL, 'v', 'd', -1, -1, NULL, '2021-01-01', 'infinity', '11:00', '-1 day', NULL, '[]', '[1, null]', '', NULL, '{x}', NULL, ROW(NULL, NULL), 2, NULL, '::1', '', NULL, 'c', '', NULL);
INSERT INTO b (id, a_id, k, q) VALUES (1, 4, 'k1', 1), (2, NULL, NULL, 2), (3, 4, NULL, 3), (10, NULL, 'x', 0);
INSERT INTO ch (id, a_id, k, q, extra) VALUES (20, NULL, NULL, 5, NULL), (21, 1, 'c', 6, 7);
INSERT INTO p VALUES (1, 'x');
REFRESH MATERIALIZED VIEW mv;
INSERT INTO nn_b VALUES (NULL);
INSERT INTO nn_e VALUES (1, 2, NULL);
INSERT INTO nn_t VALUES (1);
INSERT INTO x_p VALUES (2, 'y');
INSERT INTO x_p1 VALUES (1, 'x');
INSERT INTO x_ic VALUES (1, 'x');
INSERT INTO x_o (a, tags) VALUES ('a', NULL), ('b', '{a,b}');
INSERT INTO x_g VALUES (1, NULL, 2, NULL), (2, 1, NULL, 3);
INSERT INTO x_f VALUES (1, 2, 3), (2, NULL, NULL);
UPDATE a SET tz = 'infinity' WHERE i = 1;
