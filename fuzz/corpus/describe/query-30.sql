select a.id, b.id from a full join b using (id)
