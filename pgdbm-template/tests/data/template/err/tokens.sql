SELECT 'abc
--     ^ unterminated-string
%%
SELECT E'abc\'
--     ^^ unterminated-string
%%
SELECT U&'abc
--     ^^^ unterminated-string
%%
SELECT 'a'
  'b
--^ unterminated-string
%%
SELECT $$ a
--     ^^ unterminated-string
%%
SELECT $a$b
--     ^^^ unterminated-string
-- help: write `$a$` at its end; for two parameters, write a space between them
%%
SELECT 1 /* a
--       ^^ unterminated-comment
%%
SELECT 1 /* /* */
--       ^^ unterminated-comment
%%
SELECT E'\u12', E'\xff', E'\ud83d'
--     ^^^^^^^ invalid-escape
--              ^^^^^^^ invalid-escape
--                       ^^^^^^^^^ invalid-escape
%%
SELECT 1abc, 0x, 1e+
--     ^^^^ malformed-number
--           ^^ malformed-number
--               ^^^ malformed-number
%%
SELECT $1abc
--     ^^^^^ malformed-parameter
%%
SELECT \d, $ a
--     ^ unexpected-character
--         ^ unexpected-character
%%
SELECT a ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ b
--       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ operator-too-long
