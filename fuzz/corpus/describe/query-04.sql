select a, b from a join b on b.a_id=a.id
