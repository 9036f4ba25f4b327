select * from a
select * from va
select * from mv
select a, b from a join b on b.a_id=a.id
select (a).id, (ad).zip, (ad).* from a
select i+1, i+1.5, i+f, s+s, s*i, n/i, i/2, i%2, -i, +i, @i, i^2, |/f, ||/f, n^2 from a
select t||'x', t||i, v||v, c||t, at||at, at||'x'::text, 'x'||at, ai||1, 1||ai, jb||'{}', by||by from a
select t||$1, $1||t, i+$1, $1+i, f*$1, n-$1, d+$1, ts-$1, tz-$1, iv*$1 from a
select d-d, d-1, d+iv, ts-ts, tz-tz, tz-iv, d+tm, tm-tm, ts-d, age(ts), age(tz,tz) from a
select extract(year from ts), date_part('day', tz), date_trunc('hour', tz), extract(epoch from iv), tz at time zone 'UTC', ts at time zone $1 from a
select current_date, current_time, current_timestamp, localtime, localtimestamp(3), current_user, session_user, current_catalog, current_schema, now()
select coalesce(i, 1.5), coalesce(t, v), coalesce(null, $1::int), nullif(i, 1), greatest(i, f), least(d, ts), coalesce(m, 'sad') from a
select case when b then 1 else 2.5 end, case i when 1 then 'a' when 2 then t end, case when b then null else i end, case when $1 then $2 else t end from a
select i in (1,2,3), i in ($1,$2), t in ('a', $3), i not in (select q from b), (i,t) in (select q,k from b), i = any(ai), i = any($4), t like any(at), i <> all(array[1,2]) from a
select i between 1 and 2, i not between $1 and $2, t between symmetric 'a' and $3, tz between $4 and $5 from a
select t like 'a%', t not like $1, t ilike $2 escape '\', t similar to 'a', t ~ 'x', t !~* $3, v ~~ 'a' from a
select b is true, b is not false, b is unknown, i is null, t isnull, t notnull, i is distinct from 2, (i,t) is not distinct from (1,'a'), row(i,t) is null from a
select i::text, t::int, i::bigint, f::numeric(5,1), t::mood, m::text, jb::text, t::jsonb, '1'::int, cast($1 as date), $2::int[], i::bool, u::text, d::timestamptz, iv::text, '{1,2}'::int[] from a
select jb->'a', jb->>'a', jb->0, jb#>'{a,b}', jb#>>$1, jb@>$2, jb?'a', jb?|at, jb-'a', jb-1, jb-at, j->'a', j->>0, jb @? '$.a', jb @@ '$.a' from a
select ai[1], ai[1:2], at[i], ai[$1], jb['a'], jb['a'][1], (array[1,2,3])[2], array[[1,2],[3,4]], array[1,2.5], array[]::int[], array[$2, t] from a
select count(*), count(distinct i), sum(i), sum(s), sum(id), sum(n), sum(f), avg(i), avg(f), min(t), max(tz), array_agg(i), array_agg(ai), string_agg(t, ','), bool_and(b), json_agg(a), jsonb_object_agg(t, i), percentile_cont(0.5) within group (order by f), mode() within group (order by t), variance(i), corr(f,f), every(b), bit_and(i), mysum(i) from a
select i, count(*) from a group by i having count(*) > $1 order by count(*) desc limit $2 offset $3
select i, t, count(*), grouping(i,t) from a group by rollup(i, t)
select i, t, sum(f) from a group by grouping sets ((i,t),(i),()) 
select a.id, a.t, count(b.id) from a left join b on b.a_id = a.id group by a.id
select row_number() over (), rank() over (partition by i order by t), lag(t) over w, lead(i, 1, 0) over w, first_value(t) over w, sum(i) over (order by id rows between 1 preceding and current row), ntile(4) over w, count(*) filter (where i > 1) over w from a window w as (order by id)
select distinct on (i) i, t from a order by i, tz desc
select * from a join b using (id)
select * from a natural join b
select a.id, b.id from a full join b using (id)
select id from a full join b using (id)
select x.* from (select i, t from a) x(y, z)
select * from a, lateral (select q from b where b.a_id = a.id limit 1) l
select * from generate_series(1, 10) g, generate_series(now(), now(), '1 day') h, unnest(array[1,2], array['a','b']) u(x, y)
select * from unnest($1::int[]) with ordinality as t(v, n)
select * from rows(1) r, outs(2) o, seta() s
select * from rec() as (x int, y text)
select rows(1), outs(1), (outs(1)).a, (rows(2)).*
select add(1), add(1,2), add(y => 2, x => 1), pick(1, array[1]), pick('a'::text, array['b']), va_sum(1,2,3), va_sum(variadic array[1])
select * from rows from (generate_series(1,2), unnest(array['a'])) with ordinality as z(a,b,c)
select * from json_to_recordset('[]') as x(a int, b text), jsonb_each('{}'), json_each_text('{}'), jsonb_array_elements('[]') e
select jsonb_build_object('a', 1), to_jsonb(a), row_to_json(a), json_build_array(1,'a'), jsonb_set(jb, '{a}', '1'), jsonb_path_query(jb, '$') from a
with x as (select i from a), y as (insert into b (id, k) values (1, $1) returning id, g) select * from x, y
with recursive t(n, s) as (select 1, 'a'::text union all select n+1, s||'x' from t where n < $1) select * from t
with recursive t as (select id, a_id from b where id = $1 union select b.id, b.a_id from b join t on t.a_id = b.id) select * from t
with recursive t(n) as (select 1 union all select n+1 from t) search depth first by n set ord select * from t
with recursive t(n) as (select 1 union all select n+1 from t) cycle n set c using pth select * from t
select i from a union select q from b
select i, t from a union all select 1.5, null
select null union select 1
select 'a' union select 'b'
select i from a intersect select id from b except select 3
(select i from a order by 1 limit 1) union all (select q from b limit 2) order by 1
values (1, 'a'), (2, null), (3.5, 'c')
select * from (values (1, $1), (2, 'x')) v(a, b)
values ($1::int, $2)
insert into a (i, t, m, ai, jb) values ($1, $2, $3, $4, $5) returning *
insert into a (i, t) values ($1, default), (2, $2) returning id, a.tz
insert into b (id, k, q) values ($1, $2, $3) on conflict (k) do update set q = excluded.q + b.q where b.q < $4 returning b.*, (xmax = 0) as inserted
insert into b (id, k) select id, t from a where i = $1 on conflict do nothing
insert into b as bb (id) values (1) on conflict on constraint b_pkey do update set k = bb.k
insert into b default values
insert into a (i, ad.zip, ai[1]) values ($1, $2, $3)
update a set i = i + $1, t = $2, (v, c) = ($3, 'x'), ad.zip = $4, ai[2] = $5 where id = $6 returning id, t, ad
update a set (i, t) = (select q, k from b where b.id = a.id) where id = $1
update a set t = b.k from b where b.a_id = a.id and b.q > $1 returning a.id, b.q
delete from a using b where b.a_id = a.id and b.k = $1 returning a.*, b.k
merge into b using a on a.id = b.id when matched and a.i > $1 then update set q = a.i when matched then delete when not matched then insert (id, k) values (a.id, a.t)
select exists(select 1 from b where k = $1), (select max(q) from b), array(select k from b), (select k from b limit 1) = t from a
select t from a where id = $1 for update of a skip locked
select t collate "C" from a order by t collate "C" using <
select overlay(t placing 'x' from 1 for 2), substring(t from 2), substring(t from 'a.'), substring(t, 1, 2), substring(by from 1), position('a' in t), trim(both 'x' from t), trim(t), ltrim(t,'a'), normalize(t), upper(v), length(c), char_length(v), lower(ci), ci = 'x', ci || 'y' from a
select ir @> 3, ir && int4range(1,2), lower(ir), upper(fr), ir * ir, frange(1.0,2.0), int4range($1,$2), ir @> $3, isempty(ir), range_merge(ir, ir), frange(1,2) @> 1.5::float8 from a
select hs->'a', hs?'a', hs||hs, hs @> 'a=>1', akeys(hs), each(hs), lt ~ '*.a', lt @> 'a', subpath(lt,0,1), nlevel(lt), similarity(t,'x'), t % 'x', uuid_generate_v4(), gen_random_uuid(), digest(t,'sha1') from a
select tsv @@ to_tsquery('a'), to_tsvector(t), ts_rank(tsv, plainto_tsquery($1)), setweight(tsv,'A'), to_tsvector('english', t) @@ websearch_to_tsquery('english', $2) from a
select mo + mo, mo * 2, mo / mo, bi & bi, ~bi, vb || vb, pt <-> pt, bx @> pt, ip << inet '10.0.0.0/8', host(ip), ip + 1, o = 1, nm || 'x', ch = 'a' from a
select pg_catalog.count(*), 1 operator(pg_catalog.+) 2, 'a' operator(pg_catalog.||) 'b' from a
select relname, relkind, oid, reltuples from pg_class where relnamespace = 'public'::regnamespace and relname = $1
select table_name, column_name, is_nullable, ordinal_position from information_schema.columns where table_schema = $1
select ctid, xmin, tableoid::regclass, a.tableoid from a
select i as "select", t "x y", i i2 from a a1
select 1, 1.0, 1e5, 'a', null, true, b'101', x'ff', 2147483648, -2147483648, 9223372036854775808, .5, $$x$$, E'\n', U&'\0061', date '2020-01-01', interval '1' day, timestamp with time zone 'now', '1'::"char"
select $1::text, $2::int + 1, $3::jsonb->'a', lower($4), length($5), upper($6), abs($7::int), round($8::numeric, 2), to_char(now(), $9), date_trunc($10, now())
select nextval('sq'), currval('sq'), setval('sq', $1), pg_sleep(0), pg_advisory_lock($2), set_config('a.b', $3, true), current_setting('a.b', true)
select row(1,'a'), row(a.*), (1,'a')::addr, row(1,2) = row(3,4), row(1,'a') < (2,'b'), (ad).street from a
select array_length(ai,1), cardinality(ai), array_append(ai, $1), array_cat(ai, ai), array_position(at, $2), array_to_string(ai, ','), string_to_array(t, ','), unnest(ai), array_remove(at,'x'), ai @> array[1], ai && $3, array_agg(i) over () from a
select concat(t, i), concat_ws(',', t, i), format('%s', t), quote_literal(t), md5(t), encode(by,'hex'), convert_from(by,'UTF8'), split_part(t,',',1), regexp_replace(t,'a','b','g'), regexp_matches(t,'a'), regexp_split_to_array(t,','), left(t,1), lpad(t,3,'0'), repeat(t,2), reverse(t), replace(t,'a','b'), ascii(t), chr(i), to_hex(i), starts_with(t,'a') from a
select abs(i), ceil(f), floor(n), round(f), round(n,1), trunc(n), sqrt(f), power(i,2), mod(i,2), random(), width_bucket(f,0,1,10), sign(n), ln(n), exp(f), log(2,n), div(n,2), gcd(i,2), pi(), degrees(f)
select abs(i), ceil(f), floor(n), round(f), round(n,1), trunc(n), sqrt(f), power(i,2), mod(i,2), random(), width_bucket(f,0,1,10), sign(n), ln(n), exp(f), log(2,n), div(n,2), gcd(i,2), pi(), degrees(f) from a
call proc(1, $1)
explain select 1
show search_path
explain (format json) select * from a where id = $1
select xmlelement(name foo, xmlattributes(i as bar), t), xmlforest(i, t as tt), xmlparse(document '<a/>'), xpath('/a', x), xmlserialize(content x as text), x is document, xmlconcat(x,x), xmlagg(x) from a group by i,t,x
select * from xmltable('/a' passing xml '<a/>' columns k int path '@k', v text, n for ordinality)
select i from a where i = $1 and t = $2 and m = $3 and tz > $4 and u = $5 and b = $6 and d = $7 and jb @> $8 and by = $9 and n = $10 and f = $11 and iv = $12 and p = $13 and ci = $14
select i from a where ($1::text is null or t = $1) and ($2::int is null or i = $2)
select i from a where t = any($1::text[]) or id = any($2) or m = any($3::mood[])
select i from a limit $1 offset $2
select sum(i) filter (where b), count(*) filter (where t = $1) from a
select a.* from a where (a.i, a.t) > ($1, $2) order by a.i, a.t fetch first $3 rows only
select i from a order by 1, t nulls last, f desc nulls first
select max(i) from a group by t order by max(i), t
select t, sum(sum(i)) over (order by t) from a group by t
select (select count(*) from b where b.a_id = a.id) from a order by (select max(q) from b)
select b.k from a left join b on a.id = b.a_id and b.q > $1 where a.i = $2 or b.k is null
select p.* from p where region = $1
select * from ch
select * from only b
table a
select min(ip), max(ip), min(d), max(m), min(ai), max(iv), sum(iv), avg(iv), sum(mo), min(ci), max(o), bool_or(b), json_object_agg(i,t), range_agg(ir), xmlagg(x), stddev(f), regr_slope(f,f), bit_or(s), string_agg(by,by) from a
select json_build_object('k', array_agg(json_build_object('id', a.id, 't', a.t))) from a
select now() - interval '1 day', now() + $1::interval, $2 * interval '1 day', make_interval(days => $3), date '2020-01-01' + $4::int, tz + ($5 || ' days')::interval from a
select to_timestamp($1), to_date(t,'YYYY'), to_number(t,'99'), make_date(2020,1,1), justify_days(iv), isfinite(d), (ts, ts) overlaps (ts, iv), timezone('utc', tz), date_bin('1 day', tz, tz) from a
select octet_length(by), get_byte(by,1), sha256(by), gen_random_bytes(3), crypt(t, gen_salt('bf')), pgp_sym_encrypt(t,'x') from a
select id, $1 as lit, 'x' as l2 from a
select coalesce($1, i), coalesce($2, t), greatest($3, 1.5), nullif($4, t), array[$5, 1], case when true then $6 else 1 end from a
insert into a (i, n, f, v, c, d, ts, iv, u, by, ir, x, ip, ci, p, s, r, j) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)
insert into a (i, n) values (1.5, 2), ('3', '4'), ($1, $2)
insert into a (t) values (1)
insert into a (i) values ('x')
insert into a (tz) values ('now')
update a set i = '5', t = i
update a set t = 5
update a set b = 1
select i = '1', t = 1 from a
select i || i from a
select sum(t) from a
select t + t from a
select m = 'nope' from a
select m = t from a
select m < 'ok', m::text = t, m in ('sad', $1) from a
select u = t from a
select u = '00000000-0000-0000-0000-000000000000', u = $1::text::uuid from a
select jb = 'x' from a
select d > '2020-01-01', d = $1, ts > d, tz > d, d > now() from a
select * from a where i
select * from a where t
select not i from a
select count(*) from a where count(*) > 1
select i from a group by t
select a.id, b.k from a, b group by a.id
select id from a join b on true
select nope.id from a
select a.id from a x
select * from a a1 join a a1 on true
select 1 limit 'a'
select distinct i from a order by t
select i from a union select t from a
select i, t from a union select 1
values (1), (1,2)
insert into a (i, i) values (1, 2)
insert into a (i) values (1, 2)
insert into a (i, t) values (1)
insert into a (g) values (1)
insert into b (id, g) values (1, 2)
update b set g = 1
update va set t = 'x'
delete from mv
select row_number() from a
select sum(i) over (partition by nope) from a
select sum(sum(i)) from a
select add(1,2,3)
select add('a')
select add(z => 1)
select nosuch(1)
select (i).x from a
select (ad).nope from a
select ai['x'] from a
select i[1] from a
select t::nope from a
select $1
select $1 + $2
select $2::int
select $1::int, $1::text
select lower(1)
select length(i) from a
select now() + 1
select d + '1 day' from a
select * from generate_series(1, 'x')
select unnest(1)
select * from unnest(1)
select array[1,'a']
select array[1,true]
select case when 1 then 2 end
select case when true then 1 else 'a' end
select coalesce(1,'a')
select coalesce(i, t) from a
select i from a where id in ('a')
select i from a where id in (select t from a)
select i from a where id = (select id, i from a)
select exists(select * from nope)
select max(distinct i), count(distinct i, t) from a
select i from a having i > 1
with x as (select 1) select * from y
with x(a,b) as (select 1) select * from x
with x as (delete from b) select * from x
with recursive t as (select 1 as n union all select 'a' from t) select * from t
select * from a for update of b
select a.i, a.* , * from a
select "A".i from a
select current_date + $1, $1::int
select interval '1 nope'
select date 'abc'
select 'abc'::int
select '{1,a}'::int[]
select 'x'::mood
select true and 1
select 1 = true
select null = null, null + 1, null || 'a', not null, null is null, null and true
select -$1, -$1::int, @ $2::float8, $3 % 2, 2 ^ $4, $5 || $6
select (a).id from a
select (ad).zip from a
select (ad).* from a
select i+1 from a
select i+1.5 from a
select i+f from a
select s+s from a
select s*i from a
select n/i from a
select i/2 from a
select i%2 from a
select -i from a
select +i from a
select @i from a
select i^2 from a
select |/f from a
select ||/f from a
select n^2 from a
select t||'x' from a
select t||i from a
select v||v from a
select c||t from a
select at||at from a
select at||'x'::text from a
select 'x'||at from a
select ai||1 from a
select 1||ai from a
select jb||'{}' from a
select by||by from a
select t||$1 from a
select $1||t from a
select i+$1 from a
select $1+i from a
select f*$1 from a
select n-$1 from a
select d+$1 from a
select ts-$1 from a
select tz-$1 from a
select iv*$1 from a
select d-d from a
select d-1 from a
select d+iv from a
select ts-ts from a
select tz-tz from a
select tz-iv from a
select d+tm from a
select tm-tm from a
select ts-d from a
select age(ts) from a
select age(tz,tz) from a
select current_date
select current_time
select current_timestamp
select localtime
select localtimestamp(3)
select current_user
select session_user
select current_catalog
select current_schema
select now()
select coalesce(i, 1.5) from a
select coalesce(t, v) from a
select coalesce(null, $1::int) from a
select nullif(i, 1) from a
select greatest(i, f) from a
select least(d, ts) from a
select coalesce(m, 'sad') from a
select case when b then 1 else 2.5 end from a
select case i when 1 then 'a' when 2 then t end from a
select case when b then null else i end from a
select case when $1 then $1 else t end from a
select i between 1 and 2 from a
select i not between $1 and $1 from a
select t between symmetric 'a' and $1 from a
select tz between $1 and $1 from a
select t like 'a%' from a
select t not like $1 from a
select t ilike $1 escape '\' from a
select t similar to 'a' from a
select t ~ 'x' from a
select t !~* $1 from a
select v ~~ 'a' from a
select i::text from a
select t::int from a
select i::bigint from a
select f::numeric(5,1) from a
select t::mood from a
select m::text from a
select jb::text from a
select t::jsonb from a
select '1'::int from a
select cast($1 as date) from a
select $1::int[] from a
select i::bool from a
select u::text from a
select d::timestamptz from a
select iv::text from a
select '{1,2}'::int[] from a
select jb->'a' from a
select jb->>'a' from a
select jb->0 from a
select jb#>'{a,b}' from a
select jb#>>$1 from a
select jb@>$1 from a
select jb?'a' from a
select jb?|at from a
select jb-'a' from a
select jb-1 from a
select jb-at from a
select j->'a' from a
select j->>0 from a
select jb @? '$.a' from a
select jb @@ '$.a' from a
select ai[1] from a
select ai[1:2] from a
select at[i] from a
select ai[$1] from a
select jb['a'] from a
select jb['a'][1] from a
select (array[1,2,3])[2] from a
select array[[1,2],[3,4]] from a
select array[1,2.5] from a
select array[]::int[] from a
select array[$1, t] from a
select count(*) from a
select count(distinct i) from a
select sum(i) from a
select sum(s) from a
select sum(id) from a
select sum(n) from a
select sum(f) from a
select avg(i) from a
select avg(f) from a
select min(t) from a
select max(tz) from a
select array_agg(i) from a
select array_agg(ai) from a
select string_agg(t, ',') from a
select bool_and(b) from a
select json_agg(a) from a
select jsonb_object_agg(t, i) from a
select percentile_cont(0.5) within group (order by f) from a
select mode() within group (order by t) from a
select variance(i) from a
select corr(f,f) from a
select every(b) from a
select bit_and(i) from a
select mysum(i) from a
select rows(1)
select outs(1)
select (outs(1)).a
select (rows(2)).*
select add(1)
select add(1,2)
select add(y => 2, x => 1)
select pick(1, array[1])
select pick('a'::text, array['b'])
select va_sum(1,2,3)
select va_sum(variadic array[1])
select jsonb_build_object('a', 1) from a
select to_jsonb(a) from a
select row_to_json(a) from a
select json_build_array(1,'a') from a
select jsonb_set(jb, '{a}', '1') from a
select jsonb_path_query(jb, '$') from a
select ir @> 3 from a
select ir && int4range(1,2) from a
select lower(ir) from a
select upper(fr) from a
select ir * ir from a
select frange(1.0,2.0) from a
select int4range($1,$1) from a
select ir @> $1 from a
select isempty(ir) from a
select range_merge(ir, ir) from a
select frange(1,2) @> 1.5::float8 from a
select hs->'a' from a
select hs?'a' from a
select hs||hs from a
select hs @> 'a=>1' from a
select akeys(hs) from a
select each(hs) from a
select lt ~ '*.a' from a
select lt @> 'a' from a
select subpath(lt,0,1) from a
select nlevel(lt) from a
select similarity(t,'x') from a
select t % 'x' from a
select uuid_generate_v4() from a
select gen_random_uuid() from a
select digest(t,'sha1') from a
select tsv @@ to_tsquery('a') from a
select to_tsvector(t) from a
select ts_rank(tsv, plainto_tsquery($1)) from a
select setweight(tsv,'A') from a
select to_tsvector('english', t) @@ websearch_to_tsquery('english', $1) from a
select mo + mo from a
select mo * 2 from a
select mo / mo from a
select bi & bi from a
select ~bi from a
select vb || vb from a
select pt <-> pt from a
select bx @> pt from a
select ip << inet '10.0.0.0/8' from a
select host(ip) from a
select ip + 1 from a
select o = 1 from a
select nm || 'x' from a
select ch = 'a' from a
select pg_catalog.count(*) from a
select 1 operator(pg_catalog.+) 2 from a
select 'a' operator(pg_catalog.||) 'b' from a
select ctid from a
select xmin from a
select tableoid::regclass from a
select a.tableoid from a
select 1
select 1.0
select 1e5
select 'a'
select null
select true
select b'101'
select x'ff'
select 2147483648
select -2147483648
select 9223372036854775808
select .5
select $$x$$
select E'\n'
select U&'\0061'
select date '2020-01-01'
select interval '1' day
select timestamp with time zone 'now'
select '1'::"char"
select $1::text
select $1::int + 1
select $1::jsonb->'a'
select lower($1)
select length($1)
select upper($1)
select abs($1::int)
select round($1::numeric, 2)
select to_char(now(), $1)
select date_trunc($1, now())
select nextval('sq')
select currval('sq')
select setval('sq', $1)
select pg_sleep(0)
select pg_advisory_lock($1)
select set_config('a.b', $1, true)
select current_setting('a.b', true)
select row(1,'a') from a
select row(a.*) from a
select (1,'a')::addr from a
select row(1,2) = row(3,4) from a
select row(1,'a') < (2,'b') from a
select (ad).street from a
select array_length(ai,1) from a
select cardinality(ai) from a
select array_append(ai, $1) from a
select array_cat(ai, ai) from a
select array_position(at, $1) from a
select array_to_string(ai, ',') from a
select string_to_array(t, ',') from a
select unnest(ai) from a
select array_remove(at,'x') from a
select ai @> array[1] from a
select ai && $1 from a
select array_agg(i) over () from a
select concat(t, i) from a
select concat_ws(',', t, i) from a
select format('%s', t) from a
select quote_literal(t) from a
select md5(t) from a
select encode(by,'hex') from a
select convert_from(by,'UTF8') from a
select split_part(t,',',1) from a
select regexp_replace(t,'a','b','g') from a
select regexp_matches(t,'a') from a
select regexp_split_to_array(t,',') from a
select left(t,1) from a
select lpad(t,3,'0') from a
select repeat(t,2) from a
select reverse(t) from a
select replace(t,'a','b') from a
select ascii(t) from a
select chr(i) from a
select to_hex(i) from a
select starts_with(t,'a') from a
select abs(i)
select ceil(f)
select floor(n)
select round(f)
select round(n,1)
select trunc(n)
select sqrt(f)
select power(i,2)
select mod(i,2)
select random()
select width_bucket(f,0,1,10)
select sign(n)
select ln(n)
select exp(f)
select log(2,n)
select div(n,2)
select gcd(i,2)
select pi()
select degrees(f)
select abs(i) from a
select ceil(f) from a
select floor(n) from a
select round(f) from a
select round(n,1) from a
select trunc(n) from a
select sqrt(f) from a
select power(i,2) from a
select mod(i,2) from a
select random() from a
select width_bucket(f,0,1,10) from a
select sign(n) from a
select ln(n) from a
select exp(f) from a
select log(2,n) from a
select div(n,2) from a
select gcd(i,2) from a
select pi() from a
select degrees(f) from a
select min(ip) from a
select max(ip) from a
select min(d) from a
select max(m) from a
select min(ai) from a
select max(iv) from a
select sum(iv) from a
select avg(iv) from a
select sum(mo) from a
select min(ci) from a
select max(o) from a
select bool_or(b) from a
select json_object_agg(i,t) from a
select range_agg(ir) from a
select xmlagg(x) from a
select stddev(f) from a
select regr_slope(f,f) from a
select bit_or(s) from a
select string_agg(by,by) from a
select now() - interval '1 day' from a
select now() + $1::interval from a
select $1 * interval '1 day' from a
select make_interval(days => $1) from a
select date '2020-01-01' + $1::int from a
select tz + ($1 || ' days')::interval from a
select to_timestamp($1) from a
select to_date(t,'YYYY') from a
select to_number(t,'99') from a
select make_date(2020,1,1) from a
select justify_days(iv) from a
select isfinite(d) from a
select (ts, ts) overlaps (ts, iv) from a
select timezone('utc', tz) from a
select date_bin('1 day', tz, tz) from a
select octet_length(by) from a
select get_byte(by,1) from a
select sha256(by) from a
select gen_random_bytes(3) from a
select crypt(t, gen_salt('bf')) from a
select pgp_sym_encrypt(t,'x') from a
select id from a
select $1 as lit from a
select 'x' as l2 from a
select coalesce($1, i) from a
select coalesce($1, t) from a
select greatest($1, 1.5) from a
select nullif($1, t) from a
select array[$1, 1] from a
select case when true then $1 else 1 end from a
select m < 'ok' from a
select m::text = t from a
select m in ('sad', $1) from a
select d > '2020-01-01' from a
select d = $1 from a
select ts > d from a
select tz > d from a
select d > now() from a
select a.i from a
select a.* from a
select null = null
select null + 1
select null || 'a'
select not null
select null is null
select null and true
select -$1
select -$1::int
select @ $1::float8
select $1 % 2
select 2 ^ $1
select $1 || $1
SELECT count(u.*), count(DISTINCT u.*), concat(u.*, 'x'), coalesce(u.*, NULL), to_jsonb(u.*) FROM a u
SELECT array_agg(u.*), array[u.*], u.* IS NULL, (u.*) IS NOT NULL, ROW(u.*) IS NULL FROM a u
SELECT 1 FROM a u WHERE u.* IS NOT NULL GROUP BY u.* ORDER BY u.*
SELECT concat((u).*) FROM a u
SELECT coalesce((u).*) FROM a u
SELECT concat(x.*) FROM a u
SELECT lower(u.*) FROM a u
INSERT INTO b (id) WITH d AS (DELETE FROM b RETURNING *) SELECT id FROM d
SELECT * FROM (WITH d AS (DELETE FROM b RETURNING *) SELECT * FROM d) x
WITH x AS (WITH d AS (DELETE FROM b RETURNING *) SELECT * FROM d) SELECT * FROM x
(WITH d AS (DELETE FROM b RETURNING *) SELECT id FROM d) UNION ALL SELECT 1
WITH d AS (DELETE FROM b RETURNING *) SELECT id FROM d UNION ALL SELECT 1
((WITH d AS (DELETE FROM b RETURNING *) SELECT * FROM d))
UPDATE b SET q = 1 WHERE id IN (WITH d AS (DELETE FROM b RETURNING *) SELECT id FROM d)
SELECT * FROM unnest((SELECT array_agg((SELECT $1::uuid)) FROM generate_series(1, 3))::uuid[])
SELECT coalesce((SELECT array_agg(x) FROM unnest(ai) x), '{}'), sum((SELECT count(*) FROM generate_series(1, 2))) OVER () FROM a
SELECT * FROM unnest((SELECT generate_series(1, 2))::text)
SELECT count(generate_series(1, 2)) FROM a
SELECT coalesce(generate_series(1, 2), 1) FROM a
SELECT case when b then generate_series(1, 2) end FROM a
SELECT '{}'::jsonb, ' [1, {"a": null}] '::json, '"x"'::jsonb, '1.5e3'::jsonb FROM a WHERE jb @> '{"a": 1}' AND j::jsonb = 'null'
SELECT 1 FROM a WHERE jb @> '{a: 1}'
SELECT 'abc'::jsonb
SELECT ''::json
SELECT '{1,2,NULL}'::int[], '{}'::text[], '{{1,2},{3,4}}'::int[], '[0:1]={1,2}'::int[], ' { 1 , 2 } '::int[], '{"a b",c}'::text[] FROM a WHERE ai = '{1}'
SELECT 'abc'::int[]
SELECT '{a}'::int[]
SELECT '1,2'::text[]
SELECT 1 FROM a WHERE at = 'x'
SELECT 'now'::timestamptz, 'today'::date, 'tomorrow'::timestamp, 'epoch'::timestamp, '-infinity'::date, 'allballs'::time, ' Infinity '::timestamptz, 'January 8, 1999'::date, '04:05 PM'::time
SELECT 1 FROM a WHERE d = 'abc'
SELECT ''::timestamptz
SELECT 'day'::interval
SELECT '1 day'::interval, '@ 1 hour ago'::interval, 'P1Y'::interval, '1-2'::interval
SELECT '[1,2)'::int4range, 'empty'::int4range, '(,)'::int4range, ' [1,5] '::int4range, '{[1,2),[5,6)}'::int4multirange, '{}'::int4multirange
SELECT 'abc'::int4range
SELECT '1,2'::int4range
SELECT '[1,2]'::int4multirange
SELECT '\x1F'::bytea, '\\a\101'::bytea, 'abc'::bytea, '\x'::bytea, '\x1f 2a'::bytea
SELECT '\x1'::bytea
SELECT '\xzz'::bytea
SELECT 'a\b'::bytea
SELECT t is, t like, t notnull, id isnull FROM a
SELECT a.count, a.max, count(b.id) FROM a LEFT JOIN b ON b.a_id = a.id GROUP BY a.id
SELECT a.count, count(b.id) FROM a LEFT JOIN b ON b.a_id = a.id
SELECT b.array_agg FROM b
SELECT 1 FROM b WHERE b.count > 1
SELECT (SELECT '1010')::bigint, ((SELECT 1 LIMIT 1))::bigint, (SELECT i FROM a LIMIT 1)::bigint, (VALUES (1))::bigint, (SELECT 1 UNION SELECT 2)::bigint, CASE WHEN true THEN 1 ELSE (SELECT 2) END
SELECT DISTINCT $1, '1' UNION SELECT 'a'::name, '1'
SELECT ('a', '1') IN (SELECT DISTINCT $1, '1' UNION SELECT 'a'::name, '1')
SELECT 'a' UNION VALUES ('a'::name) UNION SELECT DISTINCT $1
SELECT DISTINCT $1 UNION SELECT 1
SELECT DISTINCT NULL UNION SELECT 1
(SELECT $1 ORDER BY 1) UNION SELECT 'a'::name
INSERT INTO b (id) SELECT DISTINCT $1
SELECT FROM a WHERE $1 IN (n, 1, 1)
SELECT FROM a WHERE $1 IN (1, n, 2)
SELECT FROM a WHERE $1 IN (n, 1)
SELECT (i) is FROM a
SELECT i and FROM a WHERE i > 0
SELECT i like, t in, (SELECT 1 between) FROM a ORDER BY 1
SELECT t || t at FROM a
SELECT - i at FROM a
SELECT NOT b is FROM a
SELECT 1 + (ts, ts) OVERLAPS (ts, ts) FROM a
SELECT true AND (ts, ts) OVERLAPS (ts, ts) AND b FROM a
SELECT * FROM 1
SELECT * FROM ('{}')
SELECT * FROM count(*) OVER ()
SELECT numeric(5, 1), i FROM a
SELECT between(1)
WITH recursive AS (SELECT 1 AS n) SELECT n FROM recursive
WITH RECURSIVE recursive(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM recursive) SELECT n FROM recursive
SELECT DISTINCT FROM a
SELECT 1 LIMIT 1 LIMIT 1
SELECT interval '1' day, interval(3) '1'
SELECT interval day '1'
SELECT IS.* FROM a
SELECT '1'::double, 1::interval(3)
SELECT NULL::interval(3), NULL::interval second(3), NULL::interval year to month, NULL::varchar(3), NULL::char(2), NULL::timestamp(0)
INSERT INTO w_v1 (id, a) VALUES ($1, $2)
INSERT INTO w_v1 (id, b1) VALUES ($1, $2)
INSERT INTO w_v1 VALUES (1, 'a')
INSERT INTO w_v1 VALUES (1, 'a', 2)
INSERT INTO w_v1 DEFAULT VALUES
INSERT INTO w_v1 (id, c) VALUES (1, 2)
INSERT INTO w_v1 (id, c) VALUES (1, DEFAULT)
UPDATE w_v1 SET a = $1, b = $2 WHERE b1 = $3 RETURNING b1
UPDATE w_v1 SET b1 = 1
UPDATE w_v2 SET aa = $1 WHERE b1 > 1
UPDATE w_v2 SET b1 = 1
DELETE FROM w_v2 WHERE aa = $1
INSERT INTO w_v2 (aa, id) VALUES ('a', 1) ON CONFLICT (id) DO UPDATE SET aa = excluded.aa
INSERT INTO w_v2 (aa, id) VALUES ('a', 1) ON CONFLICT (id) DO UPDATE SET b1 = 3
INSERT INTO w_vj (id) VALUES (1)
UPDATE w_vj SET id = 1
DELETE FROM w_vj
INSERT INTO w_vd VALUES ('a')
DELETE FROM w_vg
UPDATE w_vl SET a = 'x'
UPDATE w_vu SET id = 1
UPDATE w_vw SET a = 'x'
UPDATE w_vs SET a = 'x'
UPDATE w_vwin SET a = 'x'
INSERT INTO w_vc VALUES (1, 'a')
DELETE FROM w_vc
UPDATE w_vc SET one = 1
DELETE FROM w_vv
DELETE FROM w_vf
DELETE FROM w_vh
UPDATE w_vsys SET a = 'x'
UPDATE w_vsys SET ctid = '(0,1)'
UPDATE w_vcross SET a = 'x'
INSERT INTO w_vt (id, k) VALUES (1, 'a')
UPDATE w_vt SET k = 'a'
DELETE FROM w_vt
INSERT INTO w_vt2 VALUES (1, 'a')
DELETE FROM w_vt2
INSERT INTO w_vr VALUES (1)
UPDATE w_vr SET a = 1
DELETE FROM w_vm
UPDATE w_vm SET id = 1
MERGE INTO w_v1 USING w_u ON w_u.id = w_v1.id WHEN MATCHED THEN UPDATE SET a = w_u.k WHEN NOT MATCHED THEN INSERT (id, a) VALUES (w_u.id, $1)
MERGE INTO w_v1 USING w_u ON w_u.id = w_v1.id WHEN MATCHED THEN UPDATE SET b1 = 1
MERGE INTO w_vj USING w_u ON w_u.id = w_vj.id WHEN MATCHED THEN DELETE
MERGE INTO w_vj USING w_u ON w_u.id = w_vj.id WHEN MATCHED THEN DO NOTHING
MERGE INTO w_vt USING w_u ON w_u.id = w_vt.id WHEN MATCHED THEN UPDATE SET k = 'a'
(SELECT $1 ORDER BY $1) UNION SELECT 'a'::name
(SELECT $1 GROUP BY $1) UNION SELECT 'a'::name
SELECT DISTINCT ON ($1) $1 UNION SELECT 'a'::name
(SELECT NULL ORDER BY NULL) UNION SELECT 1
SELECT substring(a similar 'a' escape '#'), substring(a || 'x' similar $1 escape $2) FROM w_t
SELECT 1 FROM w_v1 FOR UPDATE
SELECT 1 FROM w_vg FOR UPDATE
INSERT INTO w_x (id, k) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT w_x_pkey DO UPDATE SET k = excluded.k
INSERT INTO w_x (id, k) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT w_x_new DO NOTHING
INSERT INTO w_x (id, k) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT w_x_old DO NOTHING
SELECT k FROM w_x GROUP BY id
SELECT JSON_OBJECTAGG(a: id), JSON_ARRAYAGG(a ORDER BY id RETURNING jsonb), JSON_OBJECTAGG(KEY a VALUE n ABSENT ON NULL WITH UNIQUE KEYS RETURNING jsonb) FROM w_j
SELECT n, JSON_ARRAYAGG(a RETURNING text) FILTER (WHERE id > $1) FROM w_j GROUP BY n
SELECT JSON_ARRAYAGG(id) OVER (PARTITION BY a) FROM w_j
SELECT a, JSON_ARRAYAGG(id) FROM w_j
SELECT JSON_ARRAYAGG($1::text) FROM w_j
SELECT JSON_ARRAYAGG($1) FROM w_j
SELECT JSON_ARRAYAGG('x'), JSON_OBJECTAGG('k': NULL), JSON_ARRAYAGG(j FORMAT JSON) FROM w_j
SELECT JSON_ARRAYAGG(JSON_ARRAYAGG(a)) FROM w_j
SELECT * FROM w_j WHERE JSON_ARRAYAGG(a) IS NULL
SELECT JSON_ARRAYAGG(a RETURNING varchar(10)), JSON_ARRAYAGG(w_j.*) , JSON_OBJECTAGG(id: w_j) FROM w_j
SELECT a FROM w_j GROUP BY a HAVING JSON_ARRAYAGG(id)::text > $1 ORDER BY JSON_ARRAYAGG(id)::text
SELECT JSON_ARRAY(j), JSON_OBJECT('a': j), JSON_OBJECT(a: 1), JSON_ARRAY(1, j RETURNING text), JSON_ARRAY(SELECT j FROM w_j), JSON_ARRAY(), JSON_OBJECT(), JSON_OBJECT('a' VALUE j, 'b': a) FROM w_j
SELECT JSON_OBJECTAGG($1: id) FROM w_j
SELECT JSON_OBJECTAGG(a: $1) FROM w_j
SELECT JSON_OBJECTAGG(a: j), JSON_ARRAYAGG(j), JSON_ARRAYAGG(j) OVER () FROM w_j GROUP BY j
SELECT JSON_OBJECT($1: $2, 'a': $3), JSON_ARRAY($4, $5::jsonb)
SELECT JSON_OBJECT($1::text: $2, 'a': $3), JSON_ARRAY($4, $5::jsonb)
SELECT * FROM JSON_TABLE($1, '$' COLUMNS (a int))
SELECT JSON_EXISTS($1, $2), JSON_OBJECTAGG('k': a) FROM w_j
SELECT JSON_SCALAR($1), JSON($2), JSON_SERIALIZE($3), JSON_VALUE($4, '$'), JSON_QUERY($5, $6)
SELECT JSON_SCALAR(j), JSON(j), JSON_SERIALIZE(j RETURNING bytea), JSON(a) FROM w_j
SELECT tm + $1 FROM w_t9
SELECT tm - tm FROM w_t9
SELECT tm - $1 FROM w_t9
SELECT ttz = $1 FROM w_t9
SELECT iv * 2 FROM w_t9
SELECT iv / $1 FROM w_t9
SELECT $1 * iv FROM w_t9
SELECT iv < $1 FROM w_t9
SELECT tm + iv FROM w_t9
SELECT iv + tm FROM w_t9
SELECT -iv FROM w_t9
SELECT date '2020-01-01' + tm FROM w_t9
SELECT extract(hour from tm) FROM w_t9
SELECT tm::interval FROM w_t9
SELECT iv::time FROM w_t9
SELECT m * 2 FROM w_t9
SELECT m / 2 FROM w_t9
SELECT m / m FROM w_t9
SELECT m + $1 FROM w_t9
SELECT 2 * m FROM w_t9
SELECT m::numeric FROM w_t9
SELECT m > $1 FROM w_t9
SELECT 1.5 * m FROM w_t9
SELECT m * $1 FROM w_t9
SELECT ch || 'a' FROM w_t9
SELECT ch = $1 FROM w_t9
SELECT vc = $1 FROM w_t9
SELECT nm = $1 FROM w_t9
SELECT nm || 'a' FROM w_t9
SELECT ch = vc FROM w_t9
SELECT ch::text = a FROM w_t9
SELECT length(ch) FROM w_t9
SELECT upper(vc) FROM w_t9
SELECT nm LIKE $1 FROM w_t9
SELECT vc IN ($1, 'x') FROM w_t9
SELECT ch IN ('a', $1) FROM w_t9
SELECT a = nm FROM w_t9
SELECT coalesce(ch, vc) FROM w_t9
SELECT coalesce(vc, ch) FROM w_t9
SELECT coalesce(nm, a) FROM w_t9
SELECT case when true then ch else vc end FROM w_t9
SELECT greatest(vc, nm) FROM w_t9
SELECT s + s FROM w_t9
SELECT s + 1 FROM w_t9
SELECT s + bi FROM w_t9
SELECT s * f4 FROM w_t9
SELECT f4 + f8 FROM w_t9
SELECT f4 * 2 FROM w_t9
SELECT bi / s FROM w_t9
SELECT bi % $1 FROM w_t9
SELECT s = $1 FROM w_t9
SELECT f4 = $1 FROM w_t9
SELECT s + $1 FROM w_t9
SELECT f4 + $1 FROM w_t9
SELECT f4 > 1.5 FROM w_t9
SELECT s IN (1, $1) FROM w_t9
SELECT s / 2.0 FROM w_t9
SELECT bi * 1.5 FROM w_t9
SELECT sum(s) FROM w_t9
SELECT sum(bi) FROM w_t9
SELECT avg(s) FROM w_t9
SELECT avg(f4) FROM w_t9
SELECT sum(f4) FROM w_t9
SELECT max(s) FROM w_t9
SELECT stddev(f8) FROM w_t9
SELECT var_pop(bi) FROM w_t9
SELECT b & $1 FROM w_t9
SELECT b || vb FROM w_t9
SELECT vb = $1 FROM w_t9
SELECT ~b FROM w_t9
SELECT b << 1 FROM w_t9
SELECT b::int FROM w_t9
SELECT substring(b from 1 for 2) FROM w_t9
SELECT get_bit(b, 1) FROM w_t9
SELECT position(b'1' in b) FROM w_t9
SELECT length(vb) FROM w_t9
SELECT c << $1 FROM w_t9
SELECT c = $1 FROM w_t9
SELECT host(c) FROM w_t9
SELECT c + 1 FROM w_t9
SELECT c && $1 FROM w_t9
SELECT inet '1.1.1.1' = c FROM w_t9
SELECT c::text FROM w_t9
SELECT set_masklen(c, $1) FROM w_t9
SELECT network(c) FROM w_t9
SELECT family(c) FROM w_t9
SELECT c > $1 FROM w_t9
SELECT mac = $1 FROM w_t9
SELECT trunc(mac) FROM w_t9
SELECT o = $1 FROM w_t9
SELECT o = 1 FROM w_t9
SELECT rc = $1 FROM w_t9
SELECT rc::text FROM w_t9
SELECT rc = 'w_t9'::regclass FROM w_t9
SELECT o::regclass FROM w_t9
SELECT q = $1 FROM w_t9
SELECT q || 'a' FROM w_t9
SELECT q::int FROM w_t9
SELECT u = $1 FROM w_t9
SELECT u::text = $1 FROM w_t9
SELECT u < $1 FROM w_t9
SELECT gen_random_uuid() = u FROM w_t9
SELECT h || $1 FROM w_t9
SELECT h || 'a' FROM w_t9
SELECT $1 || h FROM w_t9
SELECT h || ARRAY['b'] FROM w_t9
SELECT h[1] FROM w_t9
SELECT h[$1] FROM w_t9
SELECT h[1:$1] FROM w_t9
SELECT array_append(h, $1) FROM w_t9
SELECT 'a' = ANY (h) FROM w_t9
SELECT $1 = ALL (h) FROM w_t9
SELECT h @> ARRAY[$1] FROM w_t9
SELECT h && $1 FROM w_t9
SELECT array_to_string(h, $1) FROM w_t9
SELECT unnest(h) FROM w_t9
SELECT cardinality(h) FROM w_t9
SELECT h = $1 FROM w_t9
SELECT array_agg(h) FROM w_t9
SELECT p <-> $1 FROM w_t9
SELECT p = $1 FROM w_t9
SELECT p <@ box '((0,0),(1,1))' FROM w_t9
SELECT ln ?# $1 FROM w_t9
SELECT p + $1 FROM w_t9
SELECT p[0] FROM w_t9
SELECT circle(p, 1) FROM w_t9
SELECT p ~= $1 FROM w_t9
SELECT e @@ $1 FROM w_t9
SELECT e || $1 FROM w_t9
SELECT to_tsquery($1) && $2 FROM w_t9
SELECT ts_headline(a, $1) FROM w_t9
SELECT setweight(e, $1) FROM w_t9
SELECT e @@ to_tsquery('a') FROM w_t9
SELECT a @@ 'b' FROM w_t9
SELECT a @@ $1 FROM w_t9
SELECT tsvector_to_array(e) FROM w_t9
SELECT length(e) FROM w_t9
SELECT by || $1 FROM w_t9
SELECT by = $1 FROM w_t9
SELECT substring(by from 1) FROM w_t9
SELECT get_byte(by, $1) FROM w_t9
SELECT encode(by, $1) FROM w_t9
SELECT by::text FROM w_t9
SELECT sha256(by) FROM w_t9
SELECT by || '\x00' FROM w_t9
SELECT by > $1 FROM w_t9
SELECT position($1 in by) FROM w_t9
SELECT convert_to(a, $1) FROM w_t9
SELECT decode(a, 'hex') FROM w_t9
SELECT w_ret_void9()
SELECT w_out29(1, 'a')
SELECT (w_out29(1, $1)).c
SELECT w_defs9(1)
SELECT w_defs9(1, c => false)
SELECT w_defs9(a => $1, b => $2)
SELECT w_srf9($1)
SELECT (w_srf9(1)).*
SELECT w_defs9()
SELECT w_defs9(1, 'a', true, 1)
SELECT w_defs9(b => 'x')
SELECT w_defs9(1, a => 2)
SELECT w_defs9('1')
SELECT w_defs9(1.5)
SELECT w_trig9()
SELECT w_pr9(1, 'a')
SELECT x IS DOCUMENT FROM w_t9
SELECT xmlconcat(x, x) FROM w_t9
SELECT xmlelement(name "a b", xmlattributes(a), x) FROM w_t9
SELECT xmlparse(content $1) FROM w_t9
SELECT xmlserialize(document x as varchar(10)) FROM w_t9
SELECT xpath($1, x) FROM w_t9
SELECT x::text FROM w_t9
SELECT xmlagg(x) FROM w_t9
SELECT xml_is_well_formed(a) FROM w_t9
SELECT xmlcomment($1) FROM w_t9
SELECT a LIKE $1 || '%' FROM w_t9
SELECT a NOT ILIKE ALL (ARRAY[$1]) FROM w_t9
SELECT a SIMILAR TO 'x' ESCAPE '!' FROM w_t9
SELECT a ~~ $1 FROM w_t9
SELECT a !~~* $1 FROM w_t9
SELECT a ~* ANY ($1) FROM w_t9
SELECT regexp_like(a, $1) FROM w_t9
SELECT a BETWEEN SYMMETRIC $1 AND 'x' FROM w_t9
SELECT a IS NFKC NORMALIZED FROM w_t9
SELECT w_t9.ctid = $1 FROM w_t9
SELECT xmin FROM w_t9
SELECT cmax FROM w_t9
SELECT tableoid = $1 FROM w_t9
SELECT w_t9.tableoid::regclass FROM w_t9
SELECT ctid::text FROM w_t9
SELECT "w_t9"."id" FROM public.w_t9
SELECT T.ID FROM public.w_t9
SELECT public.w_t9.a FROM public.w_t9
SELECT (w_t9).a FROM public.w_t9
SELECT (public.w_t9).a FROM public.w_t9
SELECT w_t9.a FROM w_t9 AS u
SELECT u.* FROM w_t9 u(x1, x2) ORDER BY x2, u.x1
SELECT count(DISTINCT (id, a)) FROM w_t9
SELECT count((id, a)) FROM w_t9
SELECT array_agg(ROW(id, a)) FROM w_t9
SELECT json_agg(w_t9) FROM w_t9
SELECT max(ROW(id)::record) FROM w_t9
SELECT a AS "A b" FROM w_t9
SELECT id AS select FROM w_t9
SELECT 1 AS "1" FROM w_t9
SELECT a "q" FROM w_t9
SELECT (SELECT 1, 2)
SELECT (SELECT id, a FROM w_t9 LIMIT 1) = (1, 'a')
SELECT ROW((SELECT 1), 2) = ROW($1, $2) FROM w_t9
SELECT (1, 2) = (SELECT id, s FROM w_t9) FROM w_t9
SELECT (1, $1) = (SELECT id, a FROM w_t9) FROM w_t9
SELECT (id, a) = (SELECT 1, $1) FROM w_t9
SELECT EXISTS (SELECT $1) FROM w_t9
SELECT NOT EXISTS (SELECT FROM w_t9 WHERE id = $1) FROM w_t9
SELECT id IN (SELECT $1) FROM w_t9
SELECT id = ANY (SELECT $1::int) FROM w_t9
SELECT a > ALL (SELECT $1) FROM w_t9
SELECT CAST($1 AS char(3))
SELECT $1::varchar(2)[]
SELECT $1::numeric(3, 1)
SELECT CAST(ARRAY[$1, 1] AS text[])
SELECT $1::interval day to second
SELECT '1'::interval(2)
SELECT $1::time(2) with time zone
SELECT $1::bit(3)
SELECT $1::bit varying
SELECT $1::double precision
SELECT $1::national character varying(3)
SELECT $1::float(10)
SELECT $1::dec
SELECT $1::timestamp(3) without time zone
SELECT $1::public.w_t9
SELECT $1::w_t9[]
SELECT $1::pg_catalog.int4
SELECT $1::_int4
SELECT $1::"char"
SELECT $1::record
SELECT $1::nosuch
SELECT $1::int.x
SELECT 1::int4range
SELECT true::int
SELECT 1::bool
SELECT 'x'::text::name::varchar
SELECT 1.5::int
SELECT '2020-01-01'::date::timestamptz
SELECT 1::money
SELECT 1::text::oid
SELECT now()::date::text
SELECT ROW(1)::w_t9
SELECT NULL::w_t9
SELECT ARRAY[1]::text[]
SELECT ARRAY['1']::int[]
SELECT '{}'::int[]::text
SELECT 1::bit(8)
SELECT 'a'::bytea
SELECT true::text
SELECT 1::date
SELECT now()::int
SELECT ARRAY[1, 'a']
SELECT ARRAY[1, true]
SELECT 1 = 'a'
SELECT 1 = true
SELECT 1 + 'a'
SELECT 1 + true
SELECT 'a' + 'b'
SELECT 'a' || 'b' || 1 || NULL || 1.5
SELECT $1 = $2
SELECT $1 + $2
SELECT $1 IS NULL
SELECT $1 IS NULL OR id = $1 FROM w_t9
SELECT id = $1 OR $1 IS NULL FROM w_t9
SELECT lower($1)
SELECT $1
SELECT sum($1) FROM w_t9
SELECT count($1) FROM w_t9
SELECT max($1) FROM w_t9
SELECT array_agg($1) FROM w_t9
SELECT $1 LIKE 'a' FROM 1
SELECT $1 ~ $2 FROM 1
SELECT $1 AND $2 FROM 1
SELECT NOT $1 FROM 1
SELECT $1 BETWEEN 1 AND $2 FROM 1
SELECT $1 IN ($2, $3) FROM 1
SELECT $1 IS TRUE FROM 1
SELECT $1 IS DISTINCT FROM 1
SELECT - $1
SELECT @ $1
SELECT $1[1]
SELECT ($1).x
SELECT ($1::w_t9).a
SELECT xmlelement(name foo, $1) FROM w_t9
SELECT xmlelement(name foo, a, id, x, 'x', NULL, now()) FROM w_t9
SELECT xmlelement(name foo, xmlattributes($1 as b), a) FROM w_t9
SELECT xmlforest($1 as b, a) FROM w_t9
SELECT xmlconcat($1, x, '<a/>') FROM w_t9
SELECT xmlconcat(a, x) FROM w_t9
SELECT xmlelement(name foo, w_t9) FROM w_t9
SELECT xmlelement(name foo, ROW(1)) FROM w_t9
SELECT * FROM "generate_series"(1, 2)
SELECT * FROM "public"."rows"(1)
SELECT a.i, r.k FROM a CROSS JOIN LATERAL "rows"(a.i) r
SELECT r.* FROM ROWS FROM ("rows"(1), "generate_series"(1, 2)) r
INSERT INTO w_x (id, k) VALUES (1, 'x') ON CONFLICT (id DESC) DO NOTHING
INSERT INTO w_x (id, k) VALUES (1, 'x') ON CONFLICT (id NULLS FIRST) DO NOTHING
SELECT i FROM a WHERE i = 'in_progress'
SELECT i FROM a WHERE i = '1_000'
SELECT i FROM a WHERE i = '0x1F'
SELECT i FROM a WHERE n = '1_0.5'
SELECT i FROM a WHERE f = '1_0'
SELECT i FROM a WHERE i = '0x_'
SELECT '{1,x_y}'::int[]
SELECT x FROM nn_a
SELECT x FROM nn_b
SELECT x, y FROM nn_c
INSERT INTO nn_v (x) VALUES (1) RETURNING x
UPDATE nn_v SET x = 2 RETURNING x
INSERT INTO nn_r (x) VALUES (1) RETURNING x
INSERT INTO nn_rv (x) VALUES (1) RETURNING x
SELECT b.a_id FROM b WHERE EXISTS (SELECT 1 FROM a WHERE a.id = b.a_id)
SELECT b.a_id FROM b WHERE EXISTS (SELECT count(*) FROM a WHERE a.id = b.a_id)
SELECT b.a_id FROM b WHERE EXISTS (SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM p WHERE p.id = b.a_id))
SELECT b.a_id, b.k FROM b WHERE EXISTS (SELECT 1 FROM a WHERE a.id = b.a_id) OR EXISTS (SELECT 1 FROM p WHERE p.id = b.a_id AND p.region = b.k)
SELECT b.a_id FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE a.id = b.a_id)
SELECT b.a_id FROM b WHERE EXISTS (SELECT 1 FROM a WHERE a.id = b.a_id UNION SELECT 2)
SELECT b.a_id FROM b WHERE EXISTS (SELECT 1 FROM a GROUP BY a.i HAVING count(*) > 0 AND b.a_id IS NULL)
SELECT t, s FROM a WHERE NOT (t IS NULL)
SELECT t, s FROM a WHERE NOT (t IS NULL OR s IS NULL)
SELECT t, s FROM a WHERE NOT (t IS NULL AND s IS NULL)
SELECT t, s FROM a WHERE (s > 0) IS NOT UNKNOWN
SELECT t, s FROM a WHERE (s > 0) IS UNKNOWN
SELECT t, s FROM a WHERE (s IS NULL) IS FALSE
SELECT t, s FROM a WHERE (s > 0 AND t = 'x') IS FALSE
SELECT current_database(), pg_is_in_recovery(), hashtext('a'), pg_try_advisory_xact_lock(1), array_cat(array[1], array[2]), jsonb_set('{}', '{a}', '1')
SELECT string_agg(DISTINCT name, ', ' ORDER BY name) FROM x_o
SELECT string_agg(DISTINCT n, ', ' ORDER BY n) FROM x_n
SELECT string_agg(DISTINCT name::text, ', ' ORDER BY name::text) FROM x_o
SELECT string_agg(DISTINCT name::text, ', ' ORDER BY name) FROM x_o
SELECT string_agg(DISTINCT name, ', ' ORDER BY name::text) FROM x_o
SELECT string_agg(DISTINCT upper(name), ', ' ORDER BY upper(name) DESC) FROM x_o
SELECT string_agg(DISTINCT 'a', ', ' ORDER BY 'a') FROM x_o
SELECT string_agg(DISTINCT $1, ', ' ORDER BY $1) FROM x_o
SELECT string_agg(DISTINCT name, $1 ORDER BY name, $1) FROM x_o
SELECT string_agg(DISTINCT name, ', ' ORDER BY name, ', ') FROM x_o
SELECT count(DISTINCT name ORDER BY name), max(DISTINCT name ORDER BY name), array_agg(DISTINCT name ORDER BY name), count(DISTINCT n ORDER BY n) FROM x_o, x_n
SELECT sum(DISTINCT s ORDER BY s), avg(DISTINCT s ORDER BY s::int), array_agg(DISTINCT c ORDER BY c) FROM a
SELECT sum(DISTINCT s ORDER BY s), avg(DISTINCT s ORDER BY s), array_agg(DISTINCT c ORDER BY c) FROM a
SELECT count(DISTINCT $1), jsonb_object_agg(DISTINCT $2, 'abc'), count(DISTINCT 'x') FROM a
SELECT json_agg(DISTINCT $1 ORDER BY $1) FROM a
SELECT count($1) FROM a
SELECT array_agg(DISTINCT $1) FROM a
MERGE INTO w_t USING (SELECT 14 AS sdid, 'x' AS sk) s ON w_t.id = sdid WHEN MATCHED THEN UPDATE SET a = 'x' RETURNING *
MERGE INTO w_t t USING w_u s ON t.id = s.id WHEN MATCHED THEN DELETE RETURNING *, merge_action(), t.*, s.*
MERGE INTO x_o USING (VALUES (1, 'x')) s (i, j) ON id = i WHEN NOT MATCHED THEN INSERT (id, a) OVERRIDING SYSTEM VALUE VALUES (i, j)
MERGE INTO x_o USING (VALUES (1, 'x')) s (i, j) ON id = i WHEN NOT MATCHED THEN INSERT (id, a) OVERRIDING USER VALUE VALUES (i, j)
MERGE INTO x_o USING (VALUES (1, 'x')) s (i, j) ON id = i WHEN NOT MATCHED THEN INSERT (id, a) VALUES (i, j)
UPDATE w_t SET (id, a) = ROW(v.*) FROM (VALUES (21, 'x')) v (i, j)
UPDATE w_t SET (id, a) = (v.*) FROM (VALUES (21, 'x')) v (i, j)
UPDATE w_t SET (id, a) = ROW(v.*, 1) FROM (VALUES (21, 'x')) v (i, j)
INSERT INTO w_x (id, k) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET (id, k) = ROW(excluded.*)
INSERT INTO a (ai[1], ai[2], i) SELECT 7, $1, 1
INSERT INTO a (ad.street, ad.zip, i) SELECT $1, $2, 1
INSERT INTO a (ad.street, ad.zip, i) SELECT 'x', '1', 1
INSERT INTO a (ad.zip, i) SELECT 'x', 1
INSERT INTO x_d (id, ints[1], pts[1].zip) SELECT 1, $1, $2
INSERT INTO x_d (id, ints[1:2]) SELECT 1, $1
SELECT (a.*)::text FROM w_t a
SELECT (SELECT (a.*)::text) FROM w_t a
SELECT (a)::text, ((a.*))::text, (a.*) IS NULL FROM w_t a
SELECT concat(VARIADIC tags), concat_ws(',', VARIADIC tags), jsonb_build_array(VARIADIC tags), json_build_object(VARIADIC tags), format('%s', VARIADIC tags) FROM x_o
SELECT concat(a, id), concat_ws(',', a, id), jsonb_build_array(a), json_build_object(id, a), concat(VARIADIC ARRAY[a]) FROM x_o
SELECT random(), random($1::int, 10), random(1, 10)
SELECT uuidv7(), uuidv7($1::interval), uuidv7('1 day'::interval)
INSERT INTO x_p VALUES (1, 'x') RETURNING b
UPDATE x_p SET b = 'x' RETURNING b
UPDATE x_p SET a = 1, b = 'x' WHERE a = 2 RETURNING a, b
DELETE FROM x_p WHERE b = 'x' RETURNING b
INSERT INTO x_i VALUES (1, 'x') RETURNING a, b
UPDATE x_i SET b = 'x' RETURNING b
SELECT i FROM a WHERE i <@ '(,)'::int4range
SELECT s FROM a WHERE s::int <@ '(,)'::int4range
SELECT s FROM a WHERE '(,)'::int4range @> s::int
SELECT s FROM a WHERE elem_contained_by_range(s::int, '(,)')
SELECT ir FROM a WHERE ir @> 2
SELECT a, d, grouping(a,b,c) FROM x_g GROUP BY GROUPING SETS ((a,b), (a,c))
SELECT a, d FROM x_g GROUP BY GROUPING SETS ((a,b), (c))
SELECT a, d FROM x_g GROUP BY a, GROUPING SETS ((b), (c), ())
SELECT a, d FROM x_g GROUP BY ROLLUP (a)
SELECT a, d FROM x_g GROUP BY GROUPING SETS ((a))
SELECT a, d FROM x_g GROUP BY a, ROLLUP (b, c)
SELECT a, d FROM x_g GROUP BY GROUPING SETS (a, CUBE (a, b))
SELECT a, d FROM x_g GROUP BY GROUPING SETS (a, GROUPING SETS ((a, b), (a, c)))
SELECT x_poly(1), x_poly(a => 'x'::text), x_poly(1, 2), x_poly(1, flag => false), x_poly(a => 1.5, flag => true)
SELECT x_poly(1, 'x'::text)
SELECT id, x_nl(x_pts), x_nl(x_pts.*), (x_pts::x_pt).name FROM x_pts
SELECT x_nl(ROW(1, 'x'))
WITH RECURSIVE a AS (SELECT 1 AS b UNION ALL SELECT * FROM a) CYCLE b SET c USING p SELECT * FROM a
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SEARCH DEPTH FIRST BY n SET ord SELECT x.*, t.ord FROM (SELECT * FROM t) x, t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SEARCH DEPTH FIRST BY n SET ord SELECT x.* FROM (SELECT t.*, t.ord AS o FROM t) x
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SEARCH BREADTH FIRST BY n SET ord SELECT (SELECT row_to_json(x) FROM (SELECT * FROM t JOIN (SELECT 1 m) m ON true) x LIMIT 1), * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SEARCH DEPTH FIRST BY n SET ord SELECT * FROM t UNION ALL SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SEARCH DEPTH FIRST BY n SET ord TABLE t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SEARCH DEPTH FIRST BY n SET ord, u AS (SELECT * FROM t) SELECT * FROM u
WITH RECURSIVE w (c) AS (WITH w (c) AS (SELECT 1) SELECT * FROM w) SELECT * FROM w
WITH RECURSIVE w (c) AS (WITH v AS (SELECT 1), w (c) AS (SELECT * FROM v) SELECT * FROM w) SELECT * FROM w
WITH RECURSIVE w (c) AS (WITH w (c) AS (SELECT * FROM w) SELECT * FROM w) SELECT * FROM w
WITH RECURSIVE w (c) AS (SELECT 1 UNION ALL (WITH w (c) AS (SELECT 2) SELECT c FROM w)) SELECT * FROM w
WITH RECURSIVE u AS (SELECT * FROM v), v AS (WITH u AS (SELECT 1 AS x) SELECT * FROM u) SELECT * FROM u
SELECT * FROM JSON_TABLE(jsonb '[]', '$[*]' COLUMNS (NESTED PATH '$.a' COLUMNS (x int PATH '$'), y text PATH '$.y', NESTED PATH '$.b' COLUMNS (NESTED PATH '$.c' COLUMNS (z int PATH '$'), w text PATH '$'), o FOR ORDINALITY)) jt
MERGE INTO w_t USING w_u s ON w_t.id = s.id WHEN MATCHED THEN DELETE RETURNING (SELECT k FROM w_u WHERE k = merge_action() LIMIT 1)
SELECT (SELECT merge_action())
SELECT '0b1'::numeric, '0o17'::numeric, ' +0o1 '::numeric, '0xff'::numeric
SELECT '0b2'::numeric
SELECT '0o8'::numeric
SELECT '0b1'::float8
INSERT INTO x_z SELECT RETURNING ctid
SELECT array_in('{1,2,3}','int4'::regtype,-1)
SELECT anyrange_in('[10,20)','int4range'::regtype,-1)
SELECT int4in('1'), textin($1)
SELECT ROW('ABC','DEF') ~<=~ ROW('DEF','ABC')
SELECT ROW('ABC','DEF') ~<~ ROW('DEF','ABC'), ROW('ABC','DEF') ~>=~ ROW('DEF','ABC')
SELECT ROW(1, 2) + ROW(1, 2)
SELECT ROW('a', 2) ~~ ROW('b', 2)
SELECT (e).key FROM (SELECT jsonb_each('{}') e) s
SELECT (jsonb_each(j)).key, (jsonb_each(j)).value FROM (SELECT '{}'::jsonb j) s
WITH x AS (SELECT outs(1) o) SELECT (o).a, (o).* FROM x
SELECT (x).k FROM (SELECT rows(1) x) s
SELECT (o).a, (o).b FROM (SELECT o FROM (SELECT outs(1) o) s) t
INSERT INTO x_z SELECT ON CONFLICT DO NOTHING
SELECT ROW('ABC','DEF') ~<=~ ROW(1,2)
SELECT ROW('a',1) ~~ ROW('DEF','ABC')
SELECT ROW('a','x') ~~ ROW('DEF','ABC')
SELECT date '2020-02-30'
SELECT date '2020-13-01'
SELECT date '2021-02-29'
SELECT date '0000-01-01'
SELECT date '0001-02-29 BC'
SELECT date '10:00'
SELECT date '25:00'
SELECT date '24:00:01'
SELECT date '24:00:00'
SELECT date '23:59:60'
SELECT date '10:60'
SELECT date '2020-01-01 24:00:00.5'
SELECT date '2020-01-01 24:30'
SELECT date '2020-01-01T25:00'
SELECT date '2020-01-01'
SELECT date '2020-1-32'
SELECT date '20201301'
SELECT date '20200230'
SELECT date '20201231'
SELECT date '1:2:3:4'
SELECT date '2020-13'
SELECT date '2020-11'
SELECT date '10:00:61'
SELECT date '100:00'
SELECT date '100:70'
SELECT date '100:10:70'
SELECT date '2020-01-01 10:70:00+02'
SELECT date '2020-00-10'
SELECT date '2020-10-00'
SELECT date '2020-01-01 10:59 PM'
SELECT date '2020-01-01 10:30.5'
SELECT date 'now'
SELECT date 'epoch'
SELECT date '2020-1-1 allballs'
SELECT date '1999-01-08 04:05:06 -8:00'
SELECT date 'January 8, 1999'
SELECT date '1/8/1999'
SELECT date '1999-Jan-08'
SELECT date '990108'
SELECT date '1999.008'
SELECT date 'J2451187'
SELECT date '2020-123'
SELECT date '040506'
SELECT date '2003-04-12 04:05:06 America/New_York'
SELECT date '10000-01-01'
SELECT date '2020-01-01+02'
SELECT date '2020-01-01 00:00:00+00:00'
SELECT date '2024-02-29T12:00:00Z'
SELECT date '1:30'
SELECT date '2024-01-01 BC'
SELECT timestamptz '2020-02-30'
SELECT timestamptz '2020-13-01'
SELECT timestamptz '2021-02-29'
SELECT timestamptz '0000-01-01'
SELECT timestamptz '0001-02-29 BC'
SELECT timestamptz '10:00'
SELECT timestamptz '25:00'
SELECT timestamptz '24:00:01'
SELECT timestamptz '24:00:00'
SELECT timestamptz '23:59:60'
SELECT timestamptz '10:60'
SELECT timestamptz '2020-01-01 24:00:00.5'
SELECT timestamptz '2020-01-01 24:30'
SELECT timestamptz '2020-01-01T25:00'
SELECT timestamptz '2020-01-01'
SELECT timestamptz '2020-1-32'
SELECT timestamptz '20201301'
SELECT timestamptz '20200230'
SELECT timestamptz '20201231'
SELECT timestamptz '1:2:3:4'
SELECT timestamptz '2020-13'
SELECT timestamptz '2020-11'
SELECT timestamptz '10:00:61'
SELECT timestamptz '100:00'
SELECT timestamptz '100:70'
SELECT timestamptz '100:10:70'
SELECT timestamptz '2020-01-01 10:70:00+02'
SELECT timestamptz '2020-00-10'
SELECT timestamptz '2020-10-00'
SELECT timestamptz '2020-01-01 10:59 PM'
SELECT timestamptz '2020-01-01 10:30.5'
SELECT timestamptz 'now'
SELECT timestamptz 'epoch'
SELECT timestamptz '2020-1-1 allballs'
SELECT timestamptz '1999-01-08 04:05:06 -8:00'
SELECT timestamptz 'January 8, 1999'
SELECT timestamptz '1/8/1999'
SELECT timestamptz '1999-Jan-08'
SELECT timestamptz '990108'
SELECT timestamptz '1999.008'
SELECT timestamptz 'J2451187'
SELECT timestamptz '2020-123'
SELECT timestamptz '040506'
SELECT timestamptz '2003-04-12 04:05:06 America/New_York'
SELECT timestamptz '10000-01-01'
SELECT timestamptz '2020-01-01+02'
SELECT timestamptz '2020-01-01 00:00:00+00:00'
SELECT timestamptz '2024-02-29T12:00:00Z'
SELECT timestamptz '1:30'
SELECT timestamptz '2024-01-01 BC'
SELECT time '2020-02-30'
SELECT time '2020-13-01'
SELECT time '2021-02-29'
SELECT time '0000-01-01'
SELECT time '10:00'
SELECT time '25:00'
SELECT time '24:00:01'
SELECT time '24:00:00'
SELECT time '23:59:60'
SELECT time '10:60'
SELECT time '2020-01-01 24:00:00.5'
SELECT time '2020-01-01 24:30'
SELECT time '2020-01-01'
SELECT time '2020-1-32'
SELECT time '1:2:3:4'
SELECT time '2020-13'
SELECT time '2020-11'
SELECT time '10:00:61'
SELECT time '100:00'
SELECT time '100:70'
SELECT time '100:10:70'
SELECT time '2020-01-01 10:70:00+02'
SELECT time '10:00:61.5'
SELECT time '2020-00-10'
SELECT time '2020-10-00'
SELECT time '2020-01-01 10:59 PM'
SELECT time '10:30.5'
SELECT time '2020-01-01 10:30.5'
SELECT time 'now'
SELECT time '1999-01-08 04:05:06 -8:00'
SELECT time '2020-123'
SELECT time '040506'
SELECT time 'T040506'
SELECT time '04:05:06.789-8'
SELECT time '04:05 AM'
SELECT time '2003-04-12 04:05:06 America/New_York'
SELECT time '2020-01-01 00:00:00+00:00'
SELECT time '1:30'
SELECT time '12:30:45.678'
SELECT time '24:00:00.0'
SELECT interval '2020-02-30'
SELECT interval '2020-13-01'
SELECT interval '2021-02-29'
SELECT interval '0000-01-01'
SELECT interval '10:00'
SELECT interval '25:00'
SELECT interval '24:00:01'
SELECT interval '24:00:00'
SELECT interval '23:59:60'
SELECT interval '2020-01-01'
SELECT interval '2020-1-32'
SELECT interval '20201301'
SELECT interval '20200230'
SELECT interval '20201231'
SELECT interval '1:2:3:4'
SELECT interval '2020-13'
SELECT interval '2020-11'
SELECT interval '10:00:61'
SELECT interval '100:00'
SELECT interval '100:70'
SELECT interval '100:10:70'
SELECT interval '2020-00-10'
SELECT interval '2020-10-00'
SELECT interval '1 10:70'
SELECT interval '1 day 10:70'
SELECT interval '-1 day +02:03'
SELECT interval '1.5 hours'
SELECT interval '@ 1 minute'
SELECT interval '10:30.5'
SELECT interval 'now'
SELECT interval 'epoch'
SELECT interval '990108'
SELECT interval '1999.008'
SELECT interval '2020-123'
SELECT interval '040506'
SELECT interval '040506-08:00'
SELECT interval '1-2'
SELECT interval '3 4:05:06'
SELECT interval 'P1Y2M3DT4H5M6S'
SELECT interval 'P0001-02-03T04:05:06'
SELECT interval '10000-01-01'
SELECT interval '1-13'
SELECT interval '1:30'
SELECT interval '12:30:45.678'
SELECT interval '-1-2 +3 -4:05:06'
SELECT interval '24:00:00.0'
SELECT i FROM a ORDER BY NULL
SELECT i FROM a ORDER BY true
SELECT i FROM a ORDER BY 'x'
SELECT i FROM a ORDER BY 1.5
SELECT i FROM a ORDER BY B'1'
SELECT i FROM a ORDER BY -1
SELECT i FROM a ORDER BY 1::int
SELECT i FROM a ORDER BY 'x'::text
SELECT i FROM a ORDER BY ('x')
SELECT i FROM a ORDER BY date '2020-01-01'
SELECT i FROM a ORDER BY NULL::int, $1
SELECT i FROM a ORDER BY 99999999999
SELECT count(*) FROM a GROUP BY NULL
SELECT count(*) FROM a GROUP BY true
SELECT count(*) FROM a GROUP BY 'x'
SELECT count(*) FROM a GROUP BY 1.5
SELECT count(*) FROM a GROUP BY ROLLUP (NULL)
SELECT DISTINCT ON (NULL) i FROM a
SELECT DISTINCT ON (true) i FROM a
SELECT DISTINCT ON ('x') i FROM a
SELECT row_number() OVER (ORDER BY NULL) FROM a
SELECT row_number() OVER (ORDER BY 'x', 1.5, true) FROM a
SELECT row_number() OVER (PARTITION BY 'x') FROM a
SELECT array_agg(i ORDER BY 'x') FROM a
SELECT array_agg(i ORDER BY 1, NULL) FROM a
SELECT i FROM a UNION SELECT q FROM b ORDER BY 'x'
SELECT i FROM a UNION SELECT q FROM b ORDER BY NULL
SELECT i FROM a UNION SELECT q FROM b ORDER BY true
VALUES (1) ORDER BY 'x'
SELECT i FROM a ORDER BY - 2
SELECT i FROM a ORDER BY +1
SELECT i FROM a ORDER BY -1.5
SELECT i FROM a ORDER BY U&'x'
SELECT i FROM a ORDER BY interval '1 day'
SELECT * FROM a JOIN b USING (id) AS a
SELECT * FROM a a1 JOIN b USING (id) AS a1
SELECT * FROM a JOIN b USING (id) AS j
SELECT j.id FROM a JOIN b USING (id) AS j
SELECT * FROM a JOIN b USING (id) AS j, w_t j
SELECT * FROM w_t j, a JOIN b USING (id) AS j
SELECT * FROM a JOIN b USING (id) AS j JOIN w_t j ON true
SELECT * FROM (a JOIN b USING (id) AS j) AS j
SELECT * FROM (a JOIN b USING (id) AS a) AS j
SELECT * FROM (SELECT 1 INTO f) x
SELECT (SELECT 1 INTO f)
WITH x AS (SELECT 1 INTO f) SELECT * FROM x
INSERT INTO w_x (id) SELECT 1 INTO f
SELECT 1 INTO f UNION SELECT 2
SELECT 1 UNION SELECT 2 INTO f
SELECT i FROM a ORDER BY i FETCH FIRST 1 ROW WITH TIES FOR UPDATE SKIP LOCKED
SELECT i FROM a ORDER BY i FETCH FIRST 1 ROW WITH TIES FOR UPDATE NOWAIT
SELECT i FROM a ORDER BY i FETCH FIRST 1 ROW WITH TIES FOR UPDATE
SELECT i FROM a ORDER BY i FETCH FIRST 1 ROW ONLY FOR UPDATE SKIP LOCKED
SELECT rank(3) WITHIN GROUP (ORDER BY i, t) FROM a
SELECT rank(3, 'x') WITHIN GROUP (ORDER BY i, t) FROM a
SELECT rank(3, 4) WITHIN GROUP (ORDER BY i) FROM a
SELECT rank() WITHIN GROUP (ORDER BY i) FROM a
SELECT dense_rank(3) WITHIN GROUP (ORDER BY i), percent_rank(3) WITHIN GROUP (ORDER BY i), cume_dist(3, 4) WITHIN GROUP (ORDER BY i, s) FROM a
SELECT percentile_cont(0.5, 0.6) WITHIN GROUP (ORDER BY f) FROM a
SELECT percentile_cont(0.5 ORDER BY f) WITHIN GROUP (ORDER BY f) FROM a
SELECT percentile_cont(DISTINCT 0.5) WITHIN GROUP (ORDER BY f) FROM a
SELECT rank(VARIADIC ARRAY[1]) WITHIN GROUP (ORDER BY i) FROM a
SELECT mode() WITHIN GROUP (ORDER BY i, t) FROM a
SELECT * FROM a, LATERAL (SELECT 1 INTO f) x
SELECT i INTO f FROM a ORDER BY 1
SELECT 1 INTO f UNION SELECT 2 INTO g
(SELECT 1 INTO f ORDER BY 1) UNION SELECT 2 ORDER BY 1
SELECT 1 UNION (SELECT 2 INTO f)
DECLARE c CURSOR FOR SELECT 1 INTO f
WITH RECURSIVE x AS (SELECT 1 AS n INTO f UNION ALL SELECT n + 1 FROM x) SELECT * FROM x
INSERT INTO x_v2 (a, b) VALUES (1, 2)
INSERT INTO x_v2 (a) VALUES (1)
INSERT INTO x_v2 VALUES (1, DEFAULT)
INSERT INTO x_v2 VALUES (DEFAULT, DEFAULT)
UPDATE x_v2 SET a = 1, b = 2
UPDATE x_v2 SET b = 2
INSERT INTO x_v2 (a, b) VALUES (1, 2), (3, 4)
INSERT INTO x_v2 SELECT 1, 2
MERGE INTO x_v2 USING w_u s ON a = s.id WHEN NOT MATCHED THEN INSERT (a, b) VALUES (1, 2)
MERGE INTO x_v2 USING w_u s ON a = s.id WHEN MATCHED THEN UPDATE SET a = 1, b = 2
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT t.n FROM b LEFT JOIN t ON t.n = b.id) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT t.n FROM t LEFT JOIN b ON t.n = b.id) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT t.n FROM b RIGHT JOIN t ON t.n = b.id) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT t.n FROM t FULL JOIN b ON t.n = b.id) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT t.n FROM b, t WHERE t.n = b.id) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT 1 FROM b WHERE id IN (SELECT n FROM t)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT 1 FROM b WHERE EXISTS (SELECT 1 FROM t)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT (SELECT n FROM t)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT x.n FROM (SELECT n FROM t) x) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT t.n FROM t, t t2) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL (SELECT n FROM t EXCEPT SELECT 2)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL (SELECT n FROM t EXCEPT ALL SELECT 2)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL (SELECT 2 EXCEPT SELECT n FROM t)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL (SELECT 2 INTERSECT SELECT n FROM t)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL (SELECT 2 INTERSECT ALL SELECT n FROM t)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL (SELECT n FROM t UNION ALL SELECT n FROM t)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n FROM t UNION ALL SELECT n FROM t) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT n FROM t) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t ORDER BY 1) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 3) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t OFFSET 3) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t FOR UPDATE) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL (SELECT n + 1 FROM t ORDER BY 1 LIMIT 1)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT 2 ORDER BY 1 LIMIT 1) SELECT * FROM t
WITH RECURSIVE t (n) AS ((SELECT 1 UNION ALL SELECT n + 1 FROM t) ORDER BY 1) SELECT * FROM t
WITH RECURSIVE t (n) AS ((SELECT 1 UNION ALL SELECT n + 1 FROM t)) SELECT * FROM t
WITH RECURSIVE t (n) AS (WITH x AS (SELECT * FROM t) SELECT 1 UNION ALL SELECT * FROM x) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL (WITH x AS (SELECT * FROM t) SELECT * FROM x)) SELECT * FROM t
WITH RECURSIVE t (n) AS (WITH x AS (SELECT 1) SELECT * FROM x UNION ALL SELECT n + 1 FROM t) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SEARCH DEPTH FIRST BY n, n SET ord SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) CYCLE n, n SET c USING p SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) CYCLE n SET c USING c SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SEARCH DEPTH FIRST BY n SET c CYCLE n SET c USING p SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SEARCH DEPTH FIRST BY n SET p CYCLE n SET c USING p SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SEARCH DEPTH FIRST BY n SET s CYCLE n SET c USING p SELECT * FROM t
WITH RECURSIVE t AS (SELECT 1 AS n) MERGE INTO w_t USING t ON w_t.id = t.n WHEN MATCHED THEN DELETE
WITH t AS (SELECT 1 AS n) MERGE INTO w_t USING t ON w_t.id = t.n WHEN MATCHED THEN DELETE
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT t.n FROM t JOIN b ON b.id = (SELECT max(id) FROM a) LEFT JOIN a ON a.id = t.n WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.id = t.n)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT l.n FROM b LEFT JOIN LATERAL (SELECT n FROM t) l ON true) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT l.n FROM t, LATERAL (SELECT t.n + 1 AS n) l) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT n FROM t UNION ALL SELECT 1) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n FROM t WHERE n IN (WITH t AS (SELECT 2 AS n) SELECT n FROM t)) SELECT * FROM t
VACUUM
VACUUM FULL FREEZE VERBOSE ANALYZE a
VACUUM VERBOSE a, b (id, k)
VACUUM (FULL, VERBOSE false, PARALLEL 2, INDEX_CLEANUP 'auto') a
VACUUM (ANALYZE) a
VACUUM ANALYZE public.a
ANALYZE
ANALYZE VERBOSE a (i, t)
ANALYZE (VERBOSE on, SKIP_LOCKED) a, b
CLUSTER
CLUSTER VERBOSE a USING a_pkey
CLUSTER (VERBOSE) a
CLUSTER a_pkey ON a
REINDEX TABLE a
REINDEX (VERBOSE, TABLESPACE x) INDEX CONCURRENTLY a_pkey
REINDEX DATABASE x
REINDEX SCHEMA public
LOCK TABLE a
LOCK a, ONLY b, b * IN SHARE ROW EXCLUSIVE MODE NOWAIT
LOCK TABLE ONLY (a) IN ACCESS SHARE MODE
LOCK a IN EXCLUSIVE MODE
TRUNCATE a
TRUNCATE TABLE a, ONLY b RESTART IDENTITY CASCADE
TRUNCATE a CONTINUE IDENTITY RESTRICT
REFRESH MATERIALIZED VIEW mv
REFRESH MATERIALIZED VIEW CONCURRENTLY public.mv WITH NO DATA
REFRESH MATERIALIZED VIEW mv WITH DATA
LISTEN chan
NOTIFY chan
NOTIFY chan, 'payload'
UNLISTEN chan
UNLISTEN *
LOAD 'x'
DISCARD ALL
DISCARD TEMP
CHECKPOINT
CLOSE ALL
CLOSE c
DEALLOCATE ALL
DEALLOCATE PREPARE x
DEALLOCATE prepare
SET CONSTRAINTS ALL DEFERRED
SET CONSTRAINTS a.b, c IMMEDIATE
SET search_path = a, b
SET search_path TO 'a', "b"
SET LOCAL statement_timeout = 5000
SET SESSION work_mem TO '1MB'
SET x.y = -1.5
SET x.y TO DEFAULT
SET x FROM CURRENT
SET enable_seqscan TO off
SET enable_seqscan = true
SET TIME ZONE 'UTC'
SET TIME ZONE LOCAL
SET TIME ZONE DEFAULT
SET TIME ZONE utc
SET TIME ZONE -7
SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE
SET TIME ZONE INTERVAL (0) '1'
SET ROLE x
SET ROLE 'x'
SET ROLE NONE
SET role = 'x'
SET role TO x
SET NAMES 'utf8'
SET NAMES
SET NAMES DEFAULT
SET XML OPTION DOCUMENT
SET SCHEMA 'x'
SET names = 'x'
SET xml.y = 1
SET a.b TO on
SET timezone TO 'x'
SET time = 1
SET LOCAL ROLE x
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY DEFERRABLE
SET LOCAL TRANSACTION READ WRITE
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED
SET TRANSACTION SNAPSHOT 'x'
SET SESSION AUTHORIZATION 'x'
SET SESSION AUTHORIZATION DEFAULT
SET SESSION SESSION AUTHORIZATION x
SET session_authorization = x
RESET ALL
RESET a.b
RESET TIME ZONE
RESET SESSION AUTHORIZATION
RESET TRANSACTION ISOLATION LEVEL
BEGIN
BEGIN WORK READ ONLY
BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY
START TRANSACTION READ WRITE NOT DEFERRABLE
COMMIT AND CHAIN
END WORK AND NO CHAIN
ABORT
ROLLBACK TO s
ROLLBACK WORK TO SAVEPOINT s
RELEASE SAVEPOINT s
RELEASE s
SAVEPOINT s
RELEASE savepoint
PREPARE TRANSACTION 'x'
COMMIT PREPARED 'x'
ROLLBACK PREPARED 'x'
ROLLBACK AND CHAIN
- *
COMMIT AND true CHAIN
RESET SELECT a . b
LOCK 1 a
SET TIME - ZONE 7
ROLLBACK * s
DEFAULT SET LOCAL ROLE x
IN PREPARE TRANSACTION 'x'
x START TRANSACTION READ WRITE NOT DEFERRABLE
ANALYZE VERBOSE a ( i , 's' )
ROLLBACK TO NULL
VACUUM VERBOSE , , b ( id , k )
SET 's' time = 1
DEALLOCATE true PREPARE x
RESET TIME ALL ZONE
NOTIFY chan , 'payload' SELECT
TRUNCATE a $1 IDENTITY RESTRICT
SET time , 1
RESET true ALL
RESET * TIME ZONE
SET LOCAL $1 x
DEFAULT SET ROLE x
ROLLBACK ALL AND CHAIN
LOCK a , ONLY b , b * IN SHARE ROW EXCLUSIVE MODE .
NOTIFY chan ALL , 'payload'
ROLLBACK x PREPARED 'x'
LOCK a , ONLY b , b * IN SHARE ROW EXCLUSIVE MODE NOWAIT DEFAULT
SET = AUTHORIZATION DEFAULT
SET TIME ZONE . ( 0 ) '1'
VACUUM VERBOSE a DEFAULT b ( id , k )
ANALYZE VERBOSE a ( i :: , t )
LOCK TABLE ONLY ( a SELECT IN ACCESS SHARE MODE
COMMIT ON AND CHAIN
. VACUUM ( ANALYZE ) a
SET LOCAL statement_timeout TO = 5000
VACUUM ( FULL , VERBOSE - false , PARALLEL 2 , INDEX_CLEANUP 'auto' ) a
SET CONSTRAINTS ALL DEFERRED *
SET time = 1 ALL
$1 END WORK AND NO CHAIN
SET - ZONE INTERVAL ( 0 ) '1'
, NAMES DEFAULT
SET TIME ZONE INTERVAL ( 0 ) . '1'
BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE IN , READ ONLY
SET names = 'x' TO
DEFAULT LOCK a , ONLY b , b * IN SHARE ROW EXCLUSIVE MODE NOWAIT
SET TIME ON ZONE utc
ALL a_pkey ON a
VACUUM ( FULL , VERBOSE false , PARALLEL 2 * , INDEX_CLEANUP 'auto' ) a
LOCK a = , ONLY b , b * IN SHARE ROW EXCLUSIVE MODE NOWAIT
SET LOCAL TRANSACTION 1 WRITE
REFRESH NULL VIEW mv WITH DATA
DEFAULT DEALLOCATE PREPARE x
SET XML OPTION DOCUMENT SELECT
PREPARE ( TRANSACTION 'x'
SET LOCAL NULL statement_timeout = 5000
SET = 'utf8'
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL 1 READ COMMITTED
) TIME ZONE INTERVAL ( 0 ) '1'
BEGIN TRANSACTION ISOLATION ) LEVEL SERIALIZABLE , READ ONLY
SET TIME ZONE true 'UTC'
1 SET session_authorization = x
START TRANSACTION READ ) NOT DEFERRABLE
SET ROLE DEFAULT NONE
START TRANSACTION true WRITE NOT DEFERRABLE
NOTIFY chan true 'payload'
SET ON TO off
VACUUM ( FULL $1 , VERBOSE false , PARALLEL 2 , INDEX_CLEANUP 'auto' ) a
SET CONSTRAINTS a . b , c DEFAULT
ROLLBACK TO s x
LOCK TABLE ONLY ( a ) IN ACCESS - MODE
SET x . y ) DEFAULT
RESET ALL $1
BEGIN SELECT TRANSACTION ISOLATION LEVEL SERIALIZABLE , READ ONLY
BEGIN WORK READ ONLY (
REINDEX , a
REFRESH MATERIALIZED VIEW CONCURRENTLY public . mv NULL WITH NO DATA
COMMIT PREPARED -
BEGIN TRANSACTION ISOLATION TO LEVEL SERIALIZABLE , READ ONLY
SET CONSTRAINTS 's' DEFERRED
SET search_path = 's' a , b
REINDEX DATABASE x )
ANALYZE VERBOSE a ( DEFAULT i , t )
SET TRANSACTION NULL ISOLATION LEVEL SERIALIZABLE , READ ONLY DEFERRABLE
ROLLBACK x AND CHAIN
SET TRANSACTION ISOLATION LEVEL , SERIALIZABLE READ ONLY DEFERRABLE
CLUSTER VERBOSE a USING ) a_pkey
SET enable_seqscan NULL = true
ANALYZE VERBOSE a ( i , t :: )
SET ON role = 'x'
LOCK a , ONLY b , b * IN SHARE ROW EXCLUSIVE MODE IN NOWAIT
VACUUM VERBOSE a , b ( id IN k )
SET search_path TO true , "b"
's' SET NAMES DEFAULT
SELECT SET role TO x
REINDEX ( VERBOSE , TABLESPACE x ) INDEX CONCURRENTLY 1
VACUUM ON ( ANALYZE ) a
ROLLBACK TO )
$1 RELEASE SAVEPOINT s
VACUUM ( , ) a
SET TIME IN ZONE INTERVAL '-08:00' HOUR TO MINUTE
START TRANSACTION READ WRITE ) DEFERRABLE
SET ON x FROM CURRENT
RESET TIME . ZONE
SET CONSTRAINTS a . b , c x
SET SESSION CHARACTERISTICS AS TRANSACTION NULL ISOLATION LEVEL READ COMMITTED
UNLISTEN IN
VACUUM ( FULL , VERBOSE false , PARALLEL 2 IN INDEX_CLEANUP 'auto' ) a
SET SESSION work_mem TO :: '1MB'
VACUUM FULL FREEZE VERBOSE TO a
ANALYZE ( VERBOSE on , SKIP_LOCKED SELECT a , b
true REINDEX ( VERBOSE , TABLESPACE x ) INDEX CONCURRENTLY a_pkey
END WORK AND NO true CHAIN
SET ) session_authorization = x
VACUUM ( FULL , VERBOSE false PARALLEL , 2 , INDEX_CLEANUP 'auto' ) a
REFRESH true MATERIALIZED VIEW mv
SET ROLE NONE 's'
SET search_path 'a' TO , "b"
ROLLBACK WORK TO :: s
DEALLOCATE prepare =
LOCK TABLE ONLY 's' ( a ) IN ACCESS SHARE MODE
x VACUUM ( ANALYZE ) a
SET enable_seqscan TO off ::
SET NULL . y = - 1.5
SET TIME ) DEFAULT
LOCK a , $1 ONLY b , b * IN SHARE ROW EXCLUSIVE MODE NOWAIT
SET SELECT ZONE INTERVAL '-08:00' HOUR TO MINUTE
SET a . b TO ) on
SET SESSION AUTHORIZATION :: 'x'
IN TIME ZONE INTERVAL ( 0 ) '1'
END ON AND NO CHAIN
RESET TRANSACTION ISOLATION ISOLATION LEVEL
TABLE REINDEX a
RELEASE s DEFAULT
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL = COMMITTED
SET :: CONSTRAINTS a . b , c IMMEDIATE
* SET XML OPTION DOCUMENT
ON ROLLBACK PREPARED 'x'
. UNLISTEN *
SET LOCAL $1 statement_timeout = 5000
NULL SET SCHEMA 'x'
NULL DEALLOCATE PREPARE x
SET SESSION AUTHORIZATION 'x' ,
SET LOCAL statement_timeout = ALL 5000
ON TIME ZONE
SET enable_seqscan TO 's'
SELECT VERBOSE a , b ( id , k )
BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE , READ ONLY ,
SET x - y = - 1.5
VACUUM VERBOSE a , b ( id ON k )
SET IN ZONE INTERVAL '-08:00' HOUR TO MINUTE
RELEASE NULL s
, AND CHAIN
COMMIT PREPARED ,
a LOCK , ONLY b , b * IN SHARE ROW EXCLUSIVE MODE NOWAIT
ANALYZE VERBOSE TO a ( i , t )
COMMIT PREPARED 'x' ALL
PREPARE NULL TRANSACTION 'x'
SET x - CURRENT
SET timezone TO .
SELECT TIME ZONE LOCAL
ON SET TIME ZONE LOCAL
ROLLBACK $1 WORK TO SAVEPOINT s
SET CONSTRAINTS a . b , c , IMMEDIATE
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE , READ ONLY IN
VACUUM VERBOSE a , b ( id , k 1 )
1 COMMIT AND CHAIN
ANALYZE VERBOSE ) a ( i , t )
VACUUM VERBOSE a , b ( id , * k )
SET ) TIME ZONE - 7
CLOSE - ALL
PREPARE TRANSACTION (
SET a , b TO on
SET TO LOCAL statement_timeout = 5000
COMMIT AND true
ABORT 's'
SET x . y = - NULL 1.5
TRUNCATE ) TABLE a , ONLY b RESTART IDENTITY CASCADE
SET ) TIME ZONE utc
TRUNCATE TABLE a , ONLY b RESTART ) CASCADE
SET x x . y = - 1.5
END ON WORK AND NO CHAIN
= CONSTRAINTS ALL DEFERRED
SET LOCAL ( = 5000
SET TIME , INTERVAL '-08:00' HOUR TO MINUTE
REINDEX - a
VACUUM ( * FULL , VERBOSE false , PARALLEL 2 , INDEX_CLEANUP 'auto' ) a
BEGIN WORK READ ONLY ON
LOCK TABLE = a
SET SESSION work_mem TO )
SET - CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED
REFRESH MATERIALIZED VIEW mv WITH DATA )
SET CONSTRAINTS ALL DEFERRED ALL
UNLISTEN - *
SET x . y TO .
TRUNCATE TABLE a , ONLY b RESTART IDENTITY CASCADE 1
SET XML OPTION IN DOCUMENT
, a_pkey ON a
CLUSTER a_pkey ON $1 a
, ABORT
NULL x . y TO DEFAULT
SET x FROM true CURRENT
LISTEN :: chan
SET SCHEMA , 'x'
LOCK a IN = EXCLUSIVE MODE
ANALYZE ( VERBOSE on , SKIP_LOCKED ) a , x
SET * TO off
REFRESH MATERIALIZED DEFAULT VIEW mv WITH DATA
BEGIN WORK READ ON ONLY
SET xml . y . 1
IN CONSTRAINTS a . b , c IMMEDIATE
LISTEN ON chan
( REINDEX DATABASE x
VACUUM ( FULL , VERBOSE false , PARALLEL , 2 INDEX_CLEANUP 'auto' ) a
SET SESSION :: AUTHORIZATION x
TRUNCATE a x CONTINUE IDENTITY RESTRICT
SET x . = - 1.5
BEGIN TRANSACTION ISOLATION LEVEL TO SERIALIZABLE , READ ONLY
TRUNCATE TABLE a , ONLY b , IDENTITY CASCADE
SET CONSTRAINTS a . b , SELECT IMMEDIATE
SET enable_seqscan TO off ON
ROLLBACK TO SAVEPOINT
RELEASE SAVEPOINT savepoint
INSERT INTO x_vf VALUES (8, NULL) RETURNING x
UPDATE x_vf SET x = NULL RETURNING x
UPDATE x_vf SET k = 1 RETURNING id, x
DELETE FROM x_vf RETURNING id, x
SELECT id, x FROM x_vf
SELECT id, x FROM x_vf2
INSERT INTO x_vf2 VALUES (8, NULL) RETURNING id, x
SELECT tz::time, tz::timetz, tz::timestamp::time, tz::date, tz::timestamp FROM a
SELECT (CAST(tz AS time)) FROM a WHERE tz IS NOT NULL
SELECT iv::time FROM a WHERE iv IS NOT NULL
SELECT * FROM ((a JOIN b USING (id)) JOIN w_t USING (id)) JOIN w_u USING (id)
SELECT id, j.id FROM (a JOIN b USING (id) AS j) JOIN w_t USING (id)
SELECT a.i, b.k, x.n FROM a JOIN b ON b.a_id = a.id LEFT JOIN LATERAL (SELECT a.i + b.q AS n) x ON x.n > a.i JOIN w_t ON w_t.id = x.n
SELECT * FROM (a JOIN b ON b.a_id = a.id) j JOIN w_t ON w_t.id = j.i
SELECT a.id FROM (a JOIN b ON b.a_id = a.id) j JOIN w_t ON w_t.id = j.i
SELECT i, k, w_t.a FROM a CROSS JOIN b NATURAL JOIN w_t
SELECT sum(i) OVER (ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM a
SELECT sum(i) OVER (ROWS BETWEEN CURRENT ROW AND UNBOUNDED PRECEDING) FROM a
SELECT sum(i) OVER (ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW) FROM a
SELECT sum(i) OVER (ROWS BETWEEN 1 FOLLOWING AND CURRENT ROW) FROM a
SELECT sum(i) OVER (ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM a
SELECT sum(i) OVER (ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) FROM a
SELECT sum(i) OVER (ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM a
SELECT sum(i) OVER (ROWS BETWEEN CURRENT ROW AND CURRENT ROW) FROM a
SELECT sum(i) OVER (ROWS 1 FOLLOWING) FROM a
SELECT sum(i) OVER (ROWS UNBOUNDED FOLLOWING) FROM a
SELECT sum(i) OVER (ROWS UNBOUNDED PRECEDING) FROM a
SELECT sum(i) OVER (ROWS CURRENT ROW) FROM a
SELECT sum(i) OVER (ORDER BY id RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM a
SELECT '12e'::float8
SELECT '12e'::numeric
SELECT '1e5'::float8, '.5'::float8, '5.'::float8, '1e+5'::numeric, '-.5e-3'::numeric
SELECT '1.2.3'::numeric
SELECT 'e5'::float8
SELECT '1e'::float4
SELECT '--1'::numeric
SELECT '1-2'::numeric
SELECT '1e5.5'::numeric
SELECT '.'::numeric
SELECT '1e400'::float8
SELECT '1e40'::float4
SELECT '1e400'::numeric
SELECT '0x1p3'::float8
SELECT i FROM a WHERE f = '5e'
SELECT 'Infinity'::float8, '-inf'::float4, 'nan'::float8, '3.4e38'::float4, '1e308'::float8
SELECT '-1e400'::float8
SELECT 'nope'::regclass
SELECT nextval('sq'), currval('a_id_seq'), nextval('public . sq'), nextval('"sq"'), nextval('SQ')
SELECT nextval('nope')
SELECT nextval('"SQ"')
SELECT 'a_pkey'::regclass, 'pg_class'::regclass, '12345'::regclass, '-'::regclass, 'information_schema.tables'::regclass
SELECT 'a.b.c.d'::regclass
SELECT '{a,b}'::regclass[]
SELECT '{a,nope}'::regclass[]
SELECT 'mood'::regtype, 'int4[]'::regtype, 'varchar(10)'::regtype, 'double precision'::regtype, 'a'::regtype
SELECT 'nope'::regtype
SELECT 'not a type'::regtype
SELECT 'now'::regproc, 'lower(text)'::regprocedure
SELECT 'nope'::regproc
SELECT 'nope(int)'::regprocedure
SELECT 'public'::regnamespace, 'pg_catalog'::regnamespace, 'pg_toast'::regnamespace
SELECT 'nope'::regnamespace
SELECT to_tsvector('simple', t), to_tsvector('pg_catalog.english', t) FROM a
SELECT to_tsvector('nope', t) FROM a
SELECT to_regclass('nope'), pg_get_viewdef('nope')
SELECT * FROM a WHERE tableoid = 'nope'::regclass
delete from w_rt where id = $1 returning *
delete from w_rt where id = $1
delete from w_rt returning id
with x as (delete from w_rt returning id) select 1
insert into w_rv values ($1, $2) returning a, id
insert into w_rv values ($1, $2) on conflict do nothing
update w_rv set a = $1 returning a
update w_rv set a = $1
delete from w_rv returning *
insert into w_ra values (1, $1) returning *
insert into w_ra values (1, $1) on conflict do nothing
insert into w_ra values (1, $1) on conflict (id) do update set a = excluded.a
update w_ra set a = $1 returning a
insert into w_rt values (1) on conflict do nothing returning *
select frange(1, 2)::fmultirange
WITH cte(c) AS MATERIALIZED (SELECT row(1, 2)), cte2(c) AS (SELECT * FROM cte) SELECT (SELECT (SELECT (c1).f1 > $1) FROM (SELECT c AS c1) s) FROM cte2 AS t
WITH r1(r) AS (SELECT row(1, 'x'::text) UNION ALL SELECT row(2, 'y')), r2 AS (SELECT r FROM r1) SELECT (q).f2, (SELECT (q).f1 FROM (SELECT 1) z) FROM (SELECT r AS q FROM r2) s
