select i in (1,2,3), i in ($1,$2), t in ('a', $3), i not in (select q from b), (i,t) in (select q,k from b), i = any(ai), i = any($4), t like any(at), i <> all(array[1,2]) from a
