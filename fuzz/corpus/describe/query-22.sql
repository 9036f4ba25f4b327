select i, count(*) from a group by i having count(*) > $1 order by count(*) desc limit $2 offset $3
