select * from unnest($1::int[]) with ordinality as t(v, n)
