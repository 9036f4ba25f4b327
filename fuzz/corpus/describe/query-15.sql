select i between 1 and 2, i not between $1 and $2, t between symmetric 'a' and $3, tz between $4 and $5 from a
