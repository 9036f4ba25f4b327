select t like 'a%', t not like $1, t ilike $2 escape '\', t similar to 'a', t ~ 'x', t !~* $3, v ~~ 'a' from a
