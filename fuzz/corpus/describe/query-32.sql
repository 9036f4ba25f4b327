select x.* from (select i, t from a) x(y, z)
