select case when b then 1 else 2.5 end, case i when 1 then 'a' when 2 then t end, case when b then null else i end, case when $1 then $2 else t end from a
