select i::text, t::int, i::bigint, f::numeric(5,1), t::mood, m::text, jb::text, t::jsonb, '1'::int, cast($1 as date), $2::int[], i::bool, u::text, d::timestamptz, iv::text, '{1,2}'::int[] from a
