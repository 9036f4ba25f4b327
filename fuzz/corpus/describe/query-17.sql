select b is true, b is not false, b is unknown, i is null, t isnull, t notnull, i is distinct from 2, (i,t) is not distinct from (1,'a'), row(i,t) is null from a
