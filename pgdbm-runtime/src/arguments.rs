//! The argument values of a query: owned, in a tuple, one for each parameter.

use tokio_postgres::types::ToSql;

use crate::record::Joined;

/// A list of argument values, whatever their types.
///
/// Implemented for tuples of up to 32 values that implement [`ToSql`]; the unit `()` is the empty list.
/// This is the form in which a query keeps its arguments until it runs, so it can be boxed.
pub trait ArgumentList: Send + Sync {
    /// Appends a reference to each value, in the order of the parameters `$1`, `$2`, ….
    fn append_to<'a>(&'a self, list: &mut Vec<&'a (dyn ToSql + Sync)>);
}

/// A list of exactly `N` argument values: what [`UnboundQuery::bind`](crate::UnboundQuery::bind) takes.
///
/// Sealed by its construction: a tuple of `N` values that implement [`ToSql`] has it, nothing else does.
#[diagnostic::on_unimplemented(
    message = "this query takes {N} argument(s), and `{Self}` is no tuple of that many values that PostgreSQL can take",
    label = "expected a tuple of {N} value(s)",
    note = "one argument is written as a tuple too, with a comma: `.bind((id,))`; two as `.bind((id, email))`",
    note = "each value must implement `ToSql`, `Send` and `Sync`"
)]
pub trait Arguments<const N: usize>: ArgumentList {}

impl ArgumentList for () {
    fn append_to<'a>(&'a self, _: &mut Vec<&'a (dyn ToSql + Sync)>) {}
}

#[diagnostic::do_not_recommend]
impl Arguments<0> for () {}

/// More values than a tuple has room for: those of checked queries.
impl<A: ArgumentList, B: ArgumentList> ArgumentList for Joined<A, B> {
    fn append_to<'a>(&'a self, list: &mut Vec<&'a (dyn ToSql + Sync)>) {
        self.0.append_to(list);
        self.1.append_to(list);
    }
}

/// Values whose number is known only when the program runs: those of [`Sql`](crate::Sql).
impl<'v> ArgumentList for Vec<Box<dyn ToSql + Send + Sync + 'v>> {
    fn append_to<'a>(&'a self, list: &mut Vec<&'a (dyn ToSql + Sync)>) {
        list.extend(self.iter().map(|value| &**value as &(dyn ToSql + Sync)));
    }
}

macro_rules! tuples {
    ($($count:literal: $($name:ident)+;)+) => {$(
        impl<$($name: ToSql + Send + Sync),+> ArgumentList for ($($name,)+) {
            fn append_to<'a>(&'a self, list: &mut Vec<&'a (dyn ToSql + Sync)>) {
                #[allow(non_snake_case, reason = "the type's name names the value too")]
                let ($($name,)+) = self;
                list.extend([$($name as &(dyn ToSql + Sync)),+]);
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($name: ToSql + Send + Sync),+> Arguments<$count> for ($($name,)+) {}
    )+};
}

tuples! {
    1: A; 2: A B; 3: A B C; 4: A B C D; 5: A B C D E; 6: A B C D E F; 7: A B C D E F G; 8: A B C D E F G H;
    9: A B C D E F G H I; 10: A B C D E F G H I J; 11: A B C D E F G H I J K; 12: A B C D E F G H I J K L;
    13: A B C D E F G H I J K L M; 14: A B C D E F G H I J K L M N; 15: A B C D E F G H I J K L M N O;
    16: A B C D E F G H I J K L M N O P; 17: A B C D E F G H I J K L M N O P Q;
    18: A B C D E F G H I J K L M N O P Q R; 19: A B C D E F G H I J K L M N O P Q R S;
    20: A B C D E F G H I J K L M N O P Q R S T; 21: A B C D E F G H I J K L M N O P Q R S T U;
    22: A B C D E F G H I J K L M N O P Q R S T U V; 23: A B C D E F G H I J K L M N O P Q R S T U V W;
    24: A B C D E F G H I J K L M N O P Q R S T U V W X; 25: A B C D E F G H I J K L M N O P Q R S T U V W X Y;
    26: A B C D E F G H I J K L M N O P Q R S T U V W X Y Z;
    27: A B C D E F G H I J K L M N O P Q R S T U V W X Y Z A1;
    28: A B C D E F G H I J K L M N O P Q R S T U V W X Y Z A1 B1;
    29: A B C D E F G H I J K L M N O P Q R S T U V W X Y Z A1 B1 C1;
    30: A B C D E F G H I J K L M N O P Q R S T U V W X Y Z A1 B1 C1 D1;
    31: A B C D E F G H I J K L M N O P Q R S T U V W X Y Z A1 B1 C1 D1 E1;
    32: A B C D E F G H I J K L M N O P Q R S T U V W X Y Z A1 B1 C1 D1 E1 F1;
}

/// A value that can be the argument of a query.
///
/// Everything that implements [`ToSql`], `Send` and `Sync` has it.
#[diagnostic::on_unimplemented(
    message = "a value of the type `{Self}` cannot be an argument of a query",
    label = "`{Self}` is not `ToSql`, or not `Send` and `Sync`",
    note = "the types that can be arguments are listed at `pgdbm::types`"
)]
pub trait Argument: ToSql + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: ToSql + Send + Sync> Argument for T {}

/// Called by generated code, once for each argument, so that the message about an unfit value points at the value.
#[doc(hidden)]
pub fn argument<T: Argument>(value: &T) -> &(dyn ToSql + Sync) {
    value
}

/// Called by generated code: the list of a query without arguments.
#[doc(hidden)]
pub fn no_arguments<'a>((): &'a (), _: &mut Vec<&'a (dyn ToSql + Sync)>) {}
