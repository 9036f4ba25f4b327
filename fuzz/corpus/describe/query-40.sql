select * from rows from (generate_series(1,2), unnest(array['a'])) with ordinality as z(a,b,c)
