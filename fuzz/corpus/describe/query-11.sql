select current_date, current_time, current_timestamp, localtime, localtimestamp(3), current_user, session_user, current_catalog, current_schema, now()
