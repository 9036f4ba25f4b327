select t||$1, $1||t, i+$1, $1+i, f*$1, n-$1, d+$1, ts-$1, tz-$1, iv*$1 from a
