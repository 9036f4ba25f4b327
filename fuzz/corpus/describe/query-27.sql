select distinct on (i) i, t from a order by i, tz desc
