SELECT a123456789b123456789c123456789d123456789e123456789f123456789g123
--     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ identifier-too-long
%%
SELECT "a123456789b123456789c123456789d123456789e123456789f123456789g123"
--     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ identifier-too-long
%%
SELECT U&"a123456789b123456789c123456789d123456789e123456789f123456789g123"
--     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ identifier-too-long
%%
SELECT ééééééééééééééééééééééééééééééééé
--     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ identifier-too-long
%%
SELECT * FROM {{tables.a123456789b123456789c123456789d123456789e123456789f123456789g123}}
--                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ identifier-too-long
%%
SELECT '{{tables.a123456789b123456789c123456789d123456789e123456789f123456789g123}}'
--               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ identifier-too-long
%%
SELECT "", U&""
--     ^^ empty-identifier
--         ^^^^ empty-identifier
%%
SELECT "a
--     ^ unterminated-identifier
%%
SELECT U&"a
--     ^^^ unterminated-identifier
%%
SELECT a⍽b
--      ^ invisible-character
-- fixed: SELECT a b
%%
SELECT 1␀
--      ^ nul-character
%%
SELECT '␀', "a␀"
--      ^ nul-character
--            ^ nul-character
