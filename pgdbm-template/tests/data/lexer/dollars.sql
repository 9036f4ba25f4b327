$$$$
$$a$$
$$a$b$$
$$a$b$c$$
$$ $1 $$
$$ $a $$
$$ $a$ $$
$$'$$
$$"$$
$$--$$
$$/*$$
$$⏎$$
$$$
$$
$$a
$$a$
$$a$a$
$a$$a$
$a$x$a$
$a$$$a$
$a$ $b$ $a$
$a$ $b$a$
$a$ $$a$
$a$ $A$ $a$
$a$ $aa$ $a$
$a$ $a $a$
$a$a$a$
$a$b$
$a$
$a$a
$a$a$
$ab$x$ab$
$a1$x$a1$
$_$x$_$
$_1$x$_1$
$é$x$é$
$😀$x$😀$
$A$x$A$
$A$x$a$
$select$x$select$
$1
$12
$1$2
$1 $2
$1$
$1$$
$1$$$
$1$$a$$
$1$a$b$a$
$1$1$
$0
$00
$01
$2147483647
$2147483648
$99999999999
$1+$2
$1-$2
$1::int
$1,$2
($1)
$1.a
$1[1]
$1=$2
a=$1
a$1
a$b
a$
a$b$c
a$$b$$
a$$
a $$b$$
1$$b$$
é$1
_$1
"a"$1
'a'$1
$1'a'
$1"a"
$1--c
$1/*c*/
DO $$ BEGIN RAISE NOTICE 'x'; END $$
DO $do$ BEGIN PERFORM $$x$$; END $do$
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $fn$ SELECT $1 $fn$
-- $$ ⏎ SELECT $$a$$
/* $$ */ SELECT $$a$$ /* $$ */
$$ /* $$ */
$$ -- $$ ⏎ '
'$$' $$'$$
"$$" $$"$$
