select * from rec() as (x int, y text)
