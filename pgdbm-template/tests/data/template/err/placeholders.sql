SELECT * FROM {{tabels.users}}
--            ^^^^^^^^^^^^^^^^ unknown-placeholder
-- help: write `{{tables.users}}`
-- fixed: SELECT * FROM {{tables.users}}
%%
SELECT * FROM {{Tables.users}}
--            ^^^^^^^^^^^^^^^^ unknown-placeholder
-- fixed: SELECT * FROM {{tables.users}}
%%
SELECT * FROM {{users}}
--            ^^^^^^^^^ unknown-placeholder
-- help: say what it is: `{{tables.users}}` for a table
-- fixed: SELECT * FROM {{tables.users}}
%%
SELECT * FROM {{ shema }}.users
--            ^^^^^^^^^^^ unknown-placeholder
-- fixed: SELECT * FROM {{ schema }}.users
%%
SELECT * FROM {{customers.all}}
--            ^^^^^^^^^^^^^^^^^ unknown-placeholder
-- help: write one of {{schema}}, {{tables.name}}, {{views.name}}, {{types.name}}, {{functions.name}}, {{sequences.name}}, {{indexes.name}}
%%
SELECT '{1}', {{1,2},{3}}
--            ^^^ unterminated-placeholder
--                 ^ unexpected-character
--                   ^ unexpected-character
--                     ^ unexpected-character
--                      ^ unexpected-character
%%
SELECT {{}}, {{ }}
--     ^^^^ malformed-placeholder
--           ^^^^^ malformed-placeholder
-- help: name what it stands for, such as {{tables.users}}
%%
SELECT {{tables}}
--     ^^^^^^^^^^ malformed-placeholder
-- help: write a dot and the name: `{{tables.name}}`
%%
SELECT {{tables.}}
--             ^ malformed-placeholder
%%
SELECT <<tables.>>, <<tables.a.>>, {{tables..a}}, {{.a}}
--             ^ malformed-placeholder
--                            ^ malformed-placeholder
--                                         ^ malformed-placeholder
--                                                ^^^^^^ unknown-placeholder
%%
SELECT * FROM {{schema.users}}
--                     ^^^^^ malformed-placeholder
-- help: write `{{tables.users}}` for a table, or `{{schema}}` and then the name
%%
SELECT * FROM {{tables.a.b.c}}
--                         ^ malformed-placeholder
%%
SELECT * FROM {{tables.my-table}}
--                       ^ malformed-placeholder
-- help: quote the name if it is really that: "my-table"
-- fixed: SELECT * FROM {{tables."my-table"}}
%%
SELECT * FROM {{tables.1st}}
--                     ^ malformed-placeholder
-- fixed: SELECT * FROM {{tables."1st"}}
%%
SELECT * FROM {{tables.a b}}, {{tables."a"b}}
--                      ^ malformed-placeholder
--                                        ^ malformed-placeholder
%%
SELECT * FROM {{tables.""}}, {{tables.U&"a"}}
--                     ^^ malformed-placeholder
--                                    ^^^^^ malformed-placeholder
%%
SELECT * FROM {{tables.users WHERE id = 1
--            ^^^^^^^^^^^^^^ unterminated-placeholder
-- help: write `}}` behind the name
-- fixed: SELECT * FROM {{tables.users}} WHERE id = 1
%%
SELECT * FROM {{tables.users} WHERE id = 1
--            ^^^^^^^^^^^^^^^ unterminated-placeholder
-- fixed: SELECT * FROM {{tables.users}} WHERE id = 1
%%
SELECT * FROM {tables.users}
--            ^ unexpected-character
--                         ^ unexpected-character
-- help: write placeholders with two braces: {{tables.users}}
%%
SELECT * FROM <<tables.users WHERE id = 1
--            ^^^^^^^^^^^^^^ unterminated-placeholder
-- fixed: SELECT * FROM <<tables.users>> WHERE id = 1
%%
SELECT * FROM <<tables.users >> u
--            ^^^^^^^^^^^^^^ unterminated-placeholder
%%
SELECT * FROM <<tabels.users>>, t JOIN <<user>> ON true
--            ^^^^^^^^^^^^^^^^ unknown-placeholder
--                                     ^^^^^^^^ unknown-placeholder
-- help: write `<<tables.users>>`
%%
INSERT INTO <<schema.users>> VALUES (1)
--                   ^^^^^ malformed-placeholder
%%
CREATE INDEX {{indexes.billing.i}} ON {{tables.t}} (a)
--           ^^^^^^^^^^^^^^^^^^^^^ malformed-placeholder
%%
ALTER TABLE {{tables.t}} RENAME TO {{tables.billing.u}}
--                                 ^^^^^^^^^^^^^^^^^^^^ malformed-placeholder
%%
SELECT U&'{{tables.a}}' UESCAPE '!'
--        ^^^^^^^^^^^^ placeholder-in-unicode-string
%%
SELECT $a$ {{tables.x$A$}} $a$
--         ^^^^^^^^^^^^^^^ placeholder-ends-dollar-quote
%%
SELECT {{a, {{tables.b}}
--     ^^^ unterminated-placeholder
%%
SELECT {{a; SELECT '{{tables.b}}'
--     ^^^ unterminated-placeholder
%%
SELECT (SELECT f(1) FROM <<tables.users WHERE true)
--                       ^^^^^^^^^^^^^^ unterminated-placeholder
%%
SELECT {{a; SELECT 1 }}
--     ^^^ unterminated-placeholder
--                   ^ unexpected-character
--                    ^ unexpected-character
