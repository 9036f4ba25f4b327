select d-d, d-1, d+iv, ts-ts, tz-tz, tz-iv, d+tm, tm-tm, ts-d, age(ts), age(tz,tz) from a
