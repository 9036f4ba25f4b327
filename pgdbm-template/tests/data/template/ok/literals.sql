SELECT '{{tables.users}}'::regclass, '{{1,2},{3,4}}'::int[], '{{}}', '{{ }}', '{{tables}}', '{{tabels.users}}'
-- =>
SELECT '"shop"."users"'::regclass, '{{1,2},{3,4}}'::int[], '{{}}', '{{ }}', '{{tables}}', '{{tabels.users}}'
%%
SELECT '{"schema":{{schema}}}', '{{{tables.a}}}', '{{tables.a}', '{{tables.a.b.c}}', '{{tables.1}}', 'a{{'
-- =>
SELECT '{"schema":"shop"}', '{"shop"."a"}', '{{tables.a}', '{{tables.a.b.c}}', '{{tables.1}}', 'a{{'
%%
SELECT '{{tables."O''Brien"}}', E'{{tables."O''Brien"}}', N'{{tables."O''Brien"}}', U&'{{tables."O''Brien"}}'
-- =>
SELECT '"shop"."O''Brien"', E'"shop"."O''Brien"', N'"shop"."O''Brien"', U&'"shop"."O''Brien"'
%%
SELECT '{{tables."a\b"}}', E'{{tables."a\\b"}}', U&'{{tables."a\\b"}}', E'{{tables."a\x62"}}', U&'{{tables."\0061"}}'
-- =>
SELECT '"shop"."a\b"', E'"shop"."a\\b"', U&'"shop"."a\\b"', E'{{tables."a\x62"}}', U&'{{tables."\0061"}}'
%%
SELECT E'\'{{tables.a}}\'', E'{{tables.a}}\n'
-- =>
SELECT E'\'"shop"."a"\'', E'"shop"."a"\n'
%%
SELECT B'{{tables.a}}', X'{{tables.a}}'
-- =>
SELECT B'{{tables.a}}', X'{{tables.a}}'
%%
SELECT '{{tables.a}}' -- {{tables.b}}
  'and {{tables.c}}'
-- =>
SELECT '"shop"."a"' -- {{tables.b}}
  'and "shop"."c"'
%%
CREATE FUNCTION {{functions.f}}() RETURNS int LANGUAGE sql AS $$ SELECT 1 FROM {{tables.a}} -- {{tables.b}}
$$
-- =>
CREATE FUNCTION "shop"."f"() RETURNS int LANGUAGE sql AS $$ SELECT 1 FROM "shop"."a" -- "shop"."b"
$$
%%
SELECT $a$ {{tables."$a"}} {{nothing}} {{ $x {{schema}} $$ <<tables."O'Brien">> $$ $a$
-- =>
SELECT $a$ "shop"."$a" {{nothing}} {{ $x "shop" $$ "shop"."O'Brien" $$ $a$
%%
SELECT '$name {{schema}}', $$ $name $1 {{schema}} $$
-- =>
SELECT '$name "shop"', $$ $name $1 "shop" $$
%%
SELECT U&'!0061' UESCAPE '!', U&'{{1,2}}' UESCAPE '!', U&'{{tables.a}}' UESCAPE '\'
-- =>
SELECT U&'!0061' UESCAPE '!', U&'{{1,2}}' UESCAPE '!', U&'"shop"."a"' UESCAPE '\'
%%
SELECT '{{tables.a}}{{tables.b}}', '"x"{{tables.a}}"y"'
-- =>
SELECT '"shop"."a""shop"."b"', '"x""shop"."a""y"'
