SELECT 1
-- =>
SELECT 1
%%
SELECT * FROM {{tables.users}} WHERE id = $1
-- =>
SELECT * FROM "shop"."users" WHERE id = $1
%%
SELECT * FROM <<tables.users>> WHERE id = $1
-- =>
SELECT * FROM "shop"."users" WHERE id = $1
%%
CREATE SCHEMA {{schema}}; CREATE TABLE {{schema}}.foo (id int); CREATE SCHEMA <<schema>>
-- =>
CREATE SCHEMA "shop"; CREATE TABLE "shop".foo (id int); CREATE SCHEMA "shop"
%%
SELECT {{views.v}}, {{types.t}}, {{functions.f}}(1), {{sequences.s}}, {{indexes.i}}
-- =>
SELECT "shop"."v", "shop"."t", "shop"."f"(1), "shop"."s", "shop"."i"
%%
SELECT <<views.v>>, <<types.t>>, <<functions.f>>(1), <<sequences.s>>, <<indexes.i>>
-- =>
SELECT "shop"."v", "shop"."t", "shop"."f"(1), "shop"."s", "shop"."i"
%%
SELECT * FROM {{tables.billing.invoices}}, {{tables.pg_catalog.pg_class}}, <<tables.billing.invoices>>
-- =>
SELECT * FROM "billing"."invoices", "pg_catalog"."pg_class", "billing"."invoices"
%%
SELECT * FROM {{ tables.users }}, {{tables . users}}, {{
    tables.users
}}
-- =>
SELECT * FROM "shop"."users", "shop"."users", "shop"."users"
%%
SELECT * FROM {{tables.Users}}, {{tables."Users"}}, {{tables."we ""said"" }} hello"}}, {{tables.ÄRGER}}
-- =>
SELECT * FROM "shop"."users", "shop"."Users", "shop"."we ""said"" }} hello", "shop"."Ärger"
%%
SELECT * FROM <<tables."Users">>, <<tables."a.b">>, <<tables.a$1>>
-- =>
SELECT * FROM "shop"."Users", "shop"."a.b", "shop"."a$1"
%%
SELECT {{tables.users}}.id, {{tables.users}}.*, ({{tables.users}}).id
-- =>
SELECT "shop"."users".id, "shop"."users".*, ("shop"."users").id
%%
SELECT 1 WHERE a =<<tables.x>>= b OR a @<<tables.x>>@ b OR a +<<tables.x>>- b
-- =>
SELECT 1 WHERE a ="shop"."x"= b OR a @"shop"."x"@ b OR a +"shop"."x"- b
%%
SELECT a <<tables.x>> b, a<<schema>>b, a<<<tables.x>>>b
-- =>
SELECT a "shop"."x" b, a"shop"b, a<"shop"."x">b
%%
SELECT 1<<2, 8>>1, 1<<schema_version, inet << inet, a << b >> c, a<<b>>c, a << tables.x >> b
-- =>
SELECT 1<<2, 8>>1, 1<<schema_version, inet << inet, a << b >> c, a<<b>>c, a << tables.x >> b
%%
SELECT x<<tables.a+1>>2, x<<tables.a >>2, x<< tables.a>>2, x<<tables, x<<schema, x<<schema.a>>2, x<<TABLES.a>>2
-- =>
SELECT x<<tables.a+1>>2, x<<tables.a >>2, x<< tables.a>>2, x<<tables, x<<schema, x<<schema.a>>2, x<<TABLES.a>>2
%%
SELECT x <<tables."a b">> y
-- =>
SELECT x <<tables."a b">> y
%%
SELECT '<<tables.users>>'::regclass, '<<tables."a b">>', '<< tables.users >>'
-- =>
SELECT '"shop"."users"'::regclass, '<<tables."a b">>', '<< tables.users >>'
%%
SELECT "{{tables.users}}", "<<schema>>", U&"{{tables.users}}"
-- =>
SELECT "{{tables.users}}", "<<schema>>", U&"{{tables.users}}"
%%
SELECT 1 -- {{tables.users}} <<schema>> {{nothing}} {{
/* {{tables.users}} /* {{ */ $name {{x}} */
-- =>
SELECT 1 -- {{tables.users}} <<schema>> {{nothing}} {{
/* {{tables.users}} /* {{ */ $name {{x}} */
%%
SELECT * FROM {{tables.users}}"u", {{tables.users}}{{tables.users}}, "x"{{tables.users}}, {{schema}}"x"
-- =>
SELECT * FROM "shop"."users" "u", "shop"."users" "shop"."users", "x" "shop"."users", "shop" "x"
%%
SELECT U&{{tables.users}}, u&{{schema}}, a&{{schema}}, {{tables.a}}'x', {{tables.a}}--c
-- =>
SELECT U& "shop"."users", u& "shop", a&"shop", "shop"."a"'x', "shop"."a"--c
%%
SELECT extract(year FROM <<a.b), substring(c FROM <<tables.x), a IS DISTINCT FROM <<tables.y, f(1, (SELECT 2) FROM <<tables.z)
-- =>
SELECT extract(year FROM <<a.b), substring(c FROM <<tables.x), a IS DISTINCT FROM <<tables.y, f(1, (SELECT 2) FROM <<tables.z)
