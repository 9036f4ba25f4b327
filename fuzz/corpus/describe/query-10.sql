select extract(year from ts), date_part('day', tz), date_trunc('hour', tz), extract(epoch from iv), tz at time zone 'UTC', ts at time zone $1 from a
