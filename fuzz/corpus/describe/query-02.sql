select * from va
