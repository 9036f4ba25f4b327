select jb->'a', jb->>'a', jb->0, jb#>'{a,b}', jb#>>$1, jb@>$2, jb?'a', jb?|at, jb-'a', jb-1, jb-at, j->'a', j->>0, jb @? '$.a', jb @@ '$.a' from a
