select i, t, sum(f) from a group by grouping sets ((i,t),(i),()) 
