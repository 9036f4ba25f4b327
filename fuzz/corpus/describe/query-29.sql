select * from a natural join b
