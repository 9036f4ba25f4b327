//! [`parameter`] and `required` for the first parameters, of which a program has the most: a number between angle brackets is a body of
//! its own to the compiler, whose checks take as long as those of a function. They are written out, because a message about an argument
//! shows the function, and would show the macro that makes it.

use super::codec::{Given, Parameter, Required, parameter};
use super::sql::SqlType;

pub fn parameter_1<S: SqlType, T: Parameter<S, S::Expected, 1>>(value: T) -> Given<T> {
    parameter::<S, 1, T>(value)
}

pub fn required_1<S: SqlType, T: Required<S, S::Expected, 1>>(value: T) -> Given<T> {
    parameter::<S, 1, T>(value)
}

pub fn parameter_2<S: SqlType, T: Parameter<S, S::Expected, 2>>(value: T) -> Given<T> {
    parameter::<S, 2, T>(value)
}

pub fn required_2<S: SqlType, T: Required<S, S::Expected, 2>>(value: T) -> Given<T> {
    parameter::<S, 2, T>(value)
}

pub fn parameter_3<S: SqlType, T: Parameter<S, S::Expected, 3>>(value: T) -> Given<T> {
    parameter::<S, 3, T>(value)
}

pub fn required_3<S: SqlType, T: Required<S, S::Expected, 3>>(value: T) -> Given<T> {
    parameter::<S, 3, T>(value)
}

pub fn parameter_4<S: SqlType, T: Parameter<S, S::Expected, 4>>(value: T) -> Given<T> {
    parameter::<S, 4, T>(value)
}

pub fn required_4<S: SqlType, T: Required<S, S::Expected, 4>>(value: T) -> Given<T> {
    parameter::<S, 4, T>(value)
}

pub fn parameter_5<S: SqlType, T: Parameter<S, S::Expected, 5>>(value: T) -> Given<T> {
    parameter::<S, 5, T>(value)
}

pub fn required_5<S: SqlType, T: Required<S, S::Expected, 5>>(value: T) -> Given<T> {
    parameter::<S, 5, T>(value)
}

pub fn parameter_6<S: SqlType, T: Parameter<S, S::Expected, 6>>(value: T) -> Given<T> {
    parameter::<S, 6, T>(value)
}

pub fn required_6<S: SqlType, T: Required<S, S::Expected, 6>>(value: T) -> Given<T> {
    parameter::<S, 6, T>(value)
}

pub fn parameter_7<S: SqlType, T: Parameter<S, S::Expected, 7>>(value: T) -> Given<T> {
    parameter::<S, 7, T>(value)
}

pub fn required_7<S: SqlType, T: Required<S, S::Expected, 7>>(value: T) -> Given<T> {
    parameter::<S, 7, T>(value)
}

pub fn parameter_8<S: SqlType, T: Parameter<S, S::Expected, 8>>(value: T) -> Given<T> {
    parameter::<S, 8, T>(value)
}

pub fn required_8<S: SqlType, T: Required<S, S::Expected, 8>>(value: T) -> Given<T> {
    parameter::<S, 8, T>(value)
}
