select coalesce(i, 1.5), coalesce(t, v), coalesce(null, $1::int), nullif(i, 1), greatest(i, f), least(d, ts), coalesce(m, 'sad') from a
