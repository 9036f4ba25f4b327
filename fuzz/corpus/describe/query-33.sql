select * from a, lateral (select q from b where b.a_id = a.id limit 1) l
