select i, t, count(*), grouping(i,t) from a group by rollup(i, t)
