CREATE TYPE addr AS (street text, zip int);
