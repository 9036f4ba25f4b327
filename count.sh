# usage: count.sh name
cd /tmp/sqlx-port/prof
CARGO_BUILD_JOBS=2 cargo check --offline -q -p queries_1000 || exit 1
touch queries_1000/src/lib.rs
CARGO_BUILD_JOBS=2 cargo check --offline -v -p queries_1000 2>&1 | grep "Running.*queries_1000" | sed 's/.*Running `//; s/`$//' > cmd.txt
bash run.sh
PRE="valgrind --tool=callgrind --callgrind-out-file=/tmp/sqlx-port/x_$1.out" bash run.sh
callgrind_annotate --inclusive=yes /tmp/sqlx-port/x_$1.out 2>/dev/null | grep "TOTALS\|pgdbm_macros::query::expand \|describe::Checker::describe \|MacroExpander>::expand_crate\|rustc_ast_lowering::lower_to_hir \|TyCtxt>::finish \|resolve_crate::{closure#0} \|mir_for_ctfe::make\|resolver_for_lowering_raw \|passes::analysis " | cut -c1-150
