select a.id, a.t, count(b.id) from a left join b on b.a_id = a.id group by a.id
