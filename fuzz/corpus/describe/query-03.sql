select * from mv
