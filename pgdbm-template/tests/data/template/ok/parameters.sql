SELECT $1, $2, $1
-- =>
SELECT $1, $2, $1
%%
SELECT $b, $a, $b
-- =>
SELECT $1, $2, $1
%%
SELECT $x, $1, $2, $y, $x
-- =>
SELECT $3, $1, $2, $4, $3
%%
SELECT $id::int, $id+1, -$id, ($id), $id.a, $id[1], a=$id, $größe, $a_1
-- =>
SELECT $1::int, $1+1, -$1, ($1), $1.a, $1[1], a=$1, $2, $3
%%
SELECT a$b, a$1, $$ $x $$, $x$ $y $x$, '$x', "$x" -- $x
-- =>
SELECT a$b, a$1, $$ $x $$, $x$ $y $x$, '$x', "$x" -- $x
%%
CREATE FUNCTION f(int) RETURNS int RETURN $1 + $3
-- =>
CREATE FUNCTION f(int) RETURNS int RETURN $1 + $3
%%
CREATE OR REPLACE PROCEDURE p(int) BEGIN ATOMIC SELECT $1; SELECT $7; END; SELECT $x
-- =>
CREATE OR REPLACE PROCEDURE p(int) BEGIN ATOMIC SELECT $1; SELECT $7; END; SELECT $1
%%
PREPARE p AS SELECT $2; SELECT $1
-- =>
PREPARE p AS SELECT $2; SELECT $1
%%
SELECT $x FROM {{tables.t}} WHERE a = $y
-- =>
SELECT $1 FROM "shop"."t" WHERE a = $2
