select * from generate_series(1, 10) g, generate_series(now(), now(), '1 day') h, unnest(array[1,2], array['a','b']) u(x, y)
