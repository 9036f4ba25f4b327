SELECT $1, $3
--         ^^ parameter-gap
-- help: use $2, or count without it
-- fixed: SELECT $1, $2
%%
SELECT $2
--     ^^ parameter-gap
-- fixed: SELECT $1
%%
SELECT $5, $2, $x
--     ^^ parameter-gap
--         ^^ parameter-gap
%%
SELECT $0, $65536, $99999999999999999999
--     ^^ parameter-out-of-range
--         ^^^^^^ parameter-out-of-range
--                 ^^^^^^^^^^^^^^^^^^^^^ parameter-out-of-range
%%
CREATE FUNCTION f(a int) RETURNS int RETURN $a
--                                          ^^ parameter-not-allowed
%%
SELECT 1, $65535, $1, $x
--        ^^^^^^ parameter-gap
--                    ^^ parameter-out-of-range
