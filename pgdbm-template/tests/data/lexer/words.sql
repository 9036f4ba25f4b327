a
A
abc
a1
a_b
_
__
_1
a$
a$1
a$b
a$$
é
É
été
naïve
日本語
😀
a😀b
a b
a b
﻿a
SELECT
select
SeLeCt
from
null
true
current_date
a.b
a.b.c
a . b
a. b
a .b
.a
a.
a."b".c
a.*
a.1
a.1.2
a.b1
a1.b
u
U
u&
e
b
x
n
uu&'a'
au&'a'
u&a&'b'
a'b'
a"b"
a'b'c
select'a'
select"a"
select$1
select $1
select 1
select-1
select*from a
select(1)
insert into a values(1,'b',$1)
select a as "b c" from d
select a[1:2], b[$1]
select 'a'::text, b::int[]
select * from t where a->>'b' = $1 and c @> $2
select interval '1 day'
select date'2020-01-01'
select timestamp with time zone '2020-01-01'
select x'ff', b'01', e'\n', n'a', u&'\0061'
select cast($1 as int)
select array[1,2,3]
select row(1,2)
select f(a => 1, b := 2)
select 1 is distinct from null
select a between 1 and 2
select a not like 'b' escape '\'
select "a""b"
select count(*) filter (where a) over (partition by b order by c rows between 1 preceding and current row)
with recursive a as (select 1 union all select * from a) select * from a
insert into a (b) values ($1) on conflict (b) do update set b = excluded.b returning *
update a set b = $1 where c = any($2::int[])
delete from a using b where a.b = b.a
create table a (b int primary key, c text default 'x' check (c <> ''))
create index concurrently if not exists a on b (c)
create function f() returns int begin atomic select 1; end
create rule r as on insert to a do also (select 1; select 2)
begin; commit; rollback
copy a from stdin
set local a = 'b'
select $1::jsonb #>> '{a,b}'
select '{"a":{"b":[1,2]}}'::jsonb
select '{{1,2},{3,4}}'::int[]
select inet '10.0.0.1' << inet '10.0.0.0/8'
select 1<<2, 8>>1, 1<<a, a<<1
select a <<= b, a >>= b
select !!1, @-5, |/25, ||/27
select -1 - -1
select - -1
select a- -1
select .5+.5
select 1.+1.
select 'a' || $1 || 'b'
select u&'d!0061t!+000061' uescape '!'
select U&"d!0061t!+000061" uescape '!'
select 'foo'⏎'bar'
select 'foo' -- c⏎ 'bar'
select 'foo' /* c */ 'bar'
explain (analyze, format json) select 1
grant select on a to b
comment on table a is E'it\'s'
a b
a　b
​
﻿a
 
1 
$1 2
