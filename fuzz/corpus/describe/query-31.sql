select id from a full join b using (id)
