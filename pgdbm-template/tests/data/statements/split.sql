SELECT 1
-- =>
SELECT 1
%%
SELECT 1; SELECT 2
-- =>
SELECT 1
SELECT 2
%%
 ;; SELECT 1 ;; -- c
 /* d */ ; SELECT 2 -- e
-- =>
SELECT 1
SELECT 2
%%
-- only; a comment
-- =>
%%
SELECT ';', ";", $$;$$, E'\';' -- ;
 /* ; */ ; SELECT 2
-- =>
SELECT ';', ";", $$;$$, E'\';'
SELECT 2
%%
CREATE RULE r AS ON INSERT TO a DO ALSO (SELECT 1; SELECT 2); SELECT 3
-- =>
CREATE RULE r AS ON INSERT TO a DO ALSO (SELECT 1; SELECT 2)
SELECT 3
%%
CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3
-- =>
CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END
SELECT 3
%%
create or replace procedure p() begin atomic select case when a then case b when 1 then 2 end end; select 2; end; select 3
-- =>
create or replace procedure p() begin atomic select case when a then case b when 1 then 2 end end; select 2; end
select 3
%%
CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end, a.case, "end"; SELECT 'end'; END; SELECT 3
-- =>
CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end, a.case, "end"; SELECT 'end'; END
SELECT 3
%%
CREATE FUNCTION begin() RETURNS int RETURN 1; SELECT 2
-- =>
CREATE FUNCTION begin() RETURNS int RETURN 1
SELECT 2
%%
CREATE FUNCTION f() RETURNS int BEGIN /* c */ ATOMIC SELECT 1; END; BEGIN; SELECT 1; END
-- =>
CREATE FUNCTION f() RETURNS int BEGIN /* c */ ATOMIC SELECT 1; END
BEGIN
SELECT 1
END
%%
CREATE TABLE atomic (begin int, atomic int); SELECT begin atomic FROM a; SELECT 1
-- =>
CREATE TABLE atomic (begin int, atomic int)
SELECT begin atomic FROM a
SELECT 1
%%
BEGIN ATOMIC; SELECT 1; END
-- =>
BEGIN ATOMIC
SELECT 1
END
%%
SELECT 1); SELECT 2
-- =>
SELECT 1)
SELECT 2
%%
DO $$ BEGIN PERFORM 1; END $$; SELECT 1
-- =>
DO $$ BEGIN PERFORM 1; END $$
SELECT 1
%%
SELECT (1; SELECT 2
-- =>
SELECT (1; SELECT 2
%%
SELECT {{tables.a}}; SELECT $x; SELECT '{{'
-- =>
SELECT {{tables.a}}
SELECT $x
SELECT '{{'
%%
CREATE FUNCTION f() RETURNS atomic RETURN 1; SELECT 2
-- =>
CREATE FUNCTION f() RETURNS atomic RETURN 1
SELECT 2
%%
CREATE FUNCTION f(a int DEFAULT (begin atomic)) RETURNS int RETURN 1; SELECT 2
-- =>
CREATE FUNCTION f(a int DEFAULT (begin atomic)) RETURNS int RETURN 1
SELECT 2
