CREATE TYPE frange AS RANGE (subtype = float8);
