//! Calls of functions, aggregates and window functions. After `parse_func.c`.

use std::sync::Arc;

use pgdbm_template::{Code, nearest};

use super::Analyzer;
use super::coerce::is_complex;
use super::generic::resolve_generic;
use super::overload::{self, CallShape, FunctionFound, Match};
use super::scope::Place;
use crate::catalog::{
    Aggregate, AggregateKind, CastContext, Function, FunctionKind, PG_CATALOG, Type, TypeId,
    extension_with, format_type, oid,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Span};
use crate::tree::{Expr, ExprKind, FunctionCall};

/// A call after its function was found and its arguments were converted.
pub(super) struct Resolved {
    pub(super) function: Arc<Function>,
    pub(super) arguments: Vec<Expr>,
    pub(super) result: TypeId,
    pub(super) variadic: bool,
}

impl Analyzer<'_> {
    /// Any call that is written as one.
    pub(super) fn call(&mut self, call: &ast::Call, span: Span) -> Result<Expr> {
        if call.ignore_nulls.is_some() {
            return Err(Failure::cannot_check(
                span,
                "IGNORE NULLS is newer than what the checker knows",
            ));
        }
        // The arguments of WITHIN GROUP follow the others.
        let calls_before = self.set_returning_calls;
        let mut arguments = Vec::with_capacity(call.arguments.len());
        let mut names: Vec<String> = Vec::new();
        for argument in &call.arguments {
            match &argument.name {
                Some(name) => {
                    if names.contains(&name.text) {
                        return Err(Failure::error(
                            Code::AmbiguousName,
                            name.span,
                            format!("the argument `{}` stands twice", name.text),
                        ));
                    }
                    names.push(name.text.clone());
                }
                None if !names.is_empty() => {
                    return Err(Failure::error(
                        Code::SyntaxError,
                        argument.value.span,
                        "an argument without a name cannot follow one with a name",
                    ));
                }
                None => {}
            }
            arguments.push(self.expr(&argument.value)?);
        }
        let direct = arguments.len();
        for order in &call.within_group {
            arguments.push(self.expr(&order.expr)?);
        }
        let filter = match &call.filter {
            Some(filter) => Some(self.at(Place::Filter, |this| {
                let filter = this.expr(filter)?;
                this.coerce_to_boolean(filter, "FILTER")
            })?),
            None => None,
        };
        // A column written like a function of its row: `name(users)`.
        let decorated = !call.order_by.is_empty()
            || !call.within_group.is_empty()
            || filter.is_some()
            || call.star
            || call.distinct
            || call.over.is_some()
            || call.variadic
            || !names.is_empty()
            || call.name.parts.len() > 1;
        let types: Vec<TypeId> = arguments.iter().map(|argument| argument.type_id).collect();
        let shape = CallShape {
            schema: call.name.schema(),
            name: call.name.name(),
            arguments: &types,
            names: &names,
            spread: !call.variadic,
            call: false,
            constant: is_constant(arguments.first()),
        };
        let matched = match overload::function(self.catalog, shape) {
            FunctionFound::One(matched) => matched,
            FunctionFound::Cast(target) => {
                return self.call_as_cast(call, target, arguments, span);
            }
            FunctionFound::Several(all) => {
                return Err(self.several_functions(call, &types, &all));
            }
            FunctionFound::None(all) => {
                if !decorated
                    && let [row] = arguments.as_slice()
                    && (row.type_id == oid::RECORD || is_complex(self.catalog, row.type_id))
                    && let Some(found) = self.projection(call.name.name(), row, span)
                {
                    return Ok(found);
                }
                return Err(self.unknown_function(call, &types, &all));
            }
        };
        let kind = matched.function.kind;
        match kind {
            FunctionKind::Procedure => Err(Failure::error(
                Code::WrongKind,
                call.name.span,
                format!("`{}` is a procedure", call.name.name()),
            )
            .help(format!("write CALL {}(…)", call.name.name()))),
            FunctionKind::Plain => self.plain_call(call, &matched, arguments, span),
            FunctionKind::Aggregate => {
                let aggregate = matched.function.aggregate.unwrap_or(Aggregate {
                    kind: AggregateKind::Normal,
                    direct: 0,
                });
                self.aggregate_call(
                    call,
                    &matched,
                    aggregate,
                    (arguments, direct),
                    filter,
                    calls_before,
                    span,
                )
            }
            FunctionKind::Window => self.window_call(
                call,
                &matched,
                arguments,
                filter.as_ref(),
                calls_before,
                span,
            ),
        }
    }

    fn call_as_cast(
        &mut self,
        call: &ast::Call,
        target: TypeId,
        mut arguments: Vec<Expr>,
        span: Span,
    ) -> Result<Expr> {
        self.not_decorated(call, "is a type")?;
        let Some(argument) = arguments.pop() else {
            return Err(Failure::cannot_check(span, "a cast without a value"));
        };
        let value = self.coerce(argument, target, -1, CastContext::Explicit)?;
        Ok(Expr { span, ..value })
    }

    /// What only aggregates and window functions take.
    fn not_decorated(&self, call: &ast::Call, what: &str) -> Result<()> {
        let decoration = if call.star {
            "(*)"
        } else if call.distinct {
            "DISTINCT"
        } else if !call.within_group.is_empty() {
            "WITHIN GROUP"
        } else if !call.order_by.is_empty() {
            "ORDER BY"
        } else if call.filter.is_some() {
            "FILTER"
        } else if call.over.is_some() {
            "OVER"
        } else {
            return Ok(());
        };
        Err(Failure::error(
            Code::WrongKind,
            call.name.span,
            format!(
                "{decoration} is for aggregates, and `{}` {what}",
                call.name.name()
            ),
        ))
    }

    fn plain_call(
        &mut self,
        call: &ast::Call,
        matched: &Match,
        arguments: Vec<Expr>,
        span: Span,
    ) -> Result<Expr> {
        self.not_decorated(call, "is none")?;
        if matched.function.returns_set {
            self.set_returning_place(call, span)?;
        }
        let resolved = self.convert_arguments(matched, arguments, call.variadic, call.name.span)?;
        if resolved.function.returns_set {
            self.set_returning_calls += 1;
            self.level().has_set_returning = true;
        }
        Ok(function_expr(resolved, span))
    }

    /// Where a set-returning function may stand. After `check_srf_call_placement`.
    fn set_returning_place(&mut self, call: &ast::Call, span: Span) -> Result<()> {
        match self.place() {
            Place::Other
            | Place::FromFunction
            | Place::SelectTarget
            | Place::OrderBy
            | Place::GroupBy
            | Place::DistinctOn
            | Place::ValuesOfInsert
            | Place::WindowPartition
            | Place::WindowOrder => Ok(()),
            place => Err(Failure::error(
                Code::MisplacedCall,
                span,
                format!(
                    "`{}` gives a set of rows and cannot stand {}",
                    call.name.name(),
                    place.words()
                ),
            )
            .help("call it in FROM")),
        }
    }

    /// Converts the arguments to what the function takes. After the end of `ParseFuncOrColumn`.
    pub(super) fn convert_arguments(
        &mut self,
        matched: &Match,
        arguments: Vec<Expr>,
        variadic_written: bool,
        span: Span,
    ) -> Result<Resolved> {
        let function = Arc::clone(&matched.function);
        let mut actual: Vec<TypeId> = arguments.iter().map(|argument| argument.type_id).collect();
        // Parameters that a default fills have the type of that, if they are polymorphic.
        let first_default = function.parameters.len() - function.defaults;
        let mut open_defaults = false;
        for (place, declared) in matched.declared.iter().enumerate().skip(arguments.len()) {
            let parameter = match &matched.order {
                Some(order) => order.get(place).copied(),
                None => Some(place),
            };
            let own = parameter
                .and_then(|parameter| parameter.checked_sub(first_default))
                .and_then(|default| function.default_types.get(default).copied());
            actual.push(match own {
                _ if !Type::is_polymorphic(*declared) => *declared,
                Some(own) if own != oid::INVALID => own,
                _ => {
                    open_defaults = true;
                    oid::UNKNOWN
                }
            });
        }
        let mut declared = matched.declared.clone();
        let result = resolve_generic(self.catalog, &actual, &mut declared, function.returns)
            .map_err(|why| {
                if open_defaults {
                    return Failure::cannot_check(
                        span,
                        format!("`{}`: {why}, or a default does", function.name),
                    )
                    .help("write a cast");
                }
                Failure::error(
                    Code::TypeMismatch,
                    span,
                    format!("`{}`: {why}", function.name),
                )
                .help("write a cast")
            })?;
        let given = arguments.len();
        let mut converted = Vec::with_capacity(given);
        for (argument, target) in arguments.into_iter().zip(&declared) {
            converted.push(self.coerce(argument, *target, -1, CastContext::Implicit)?);
        }
        let mut variadic = variadic_written;
        if matched.variadic_count > 0 && function.variadic != Some(oid::ANY) {
            // The spread arguments are one array.
            let rest = converted.split_off(given - matched.variadic_count);
            let element = rest.first().map_or(oid::UNKNOWN, |first| first.type_id);
            let place = rest
                .first()
                .zip(rest.last())
                .map_or(span, |(first, last)| first.span.to(last.span));
            let array = self.array_for(element).ok_or_else(|| {
                Failure::error(
                    Code::TypeMismatch,
                    place,
                    format!(
                        "there is no type for arrays of `{}`",
                        format_type(self.catalog, element)
                    ),
                )
            })?;
            converted.push(Expr::new(
                ExprKind::Array {
                    elements: rest,
                    nested: false,
                },
                array,
                place,
            ));
            variadic = true;
        }
        if variadic_written
            && function.variadic == Some(oid::ANY)
            && let Some(last) = converted.last()
            && last.type_id != oid::UNKNOWN
            && self
                .catalog
                .element_of(self.catalog.base_type(last.type_id).0)
                .is_none()
        {
            return Err(Failure::error(
                Code::TypeMismatch,
                last.span,
                "VARIADIC takes an array",
            ));
        }
        if let Some(order) = &matched.order {
            converted = in_parameter_order(converted, order);
        }
        Ok(Resolved {
            function,
            arguments: converted,
            result,
            variadic,
        })
    }

    /// A call of a function of `pg_catalog` that the grammar makes.
    pub(super) fn builtin_call(
        &mut self,
        name: &str,
        arguments: Vec<Expr>,
        span: Span,
    ) -> Result<Expr> {
        let types: Vec<TypeId> = arguments.iter().map(|argument| argument.type_id).collect();
        let shape = CallShape {
            schema: Some(PG_CATALOG),
            name,
            arguments: &types,
            names: &[],
            spread: true,
            call: false,
            constant: false,
        };
        match overload::function(self.catalog, shape) {
            FunctionFound::One(matched) => {
                let resolved = self.convert_arguments(&matched, arguments, false, span)?;
                Ok(function_expr(resolved, span))
            }
            FunctionFound::Cast(target) => {
                let mut arguments = arguments;
                match arguments.pop() {
                    Some(argument) => self.coerce(argument, target, -1, CastContext::Explicit),
                    None => Err(Failure::cannot_check(span, "a cast without a value")),
                }
            }
            FunctionFound::None(_) => Err(Failure::error(
                Code::UnknownFunction,
                span,
                format!("there is no function `{name}({})`", self.type_list(&types)),
            )),
            FunctionFound::Several(_) => Err(Failure::error(
                Code::AmbiguousFunction,
                span,
                format!("several functions fit `{name}({})`", self.type_list(&types)),
            )
            .help("write a cast, so that only one fits")),
        }
    }

    /// `value.name` where `name` is a function that takes the value: None if there is none.
    pub(super) fn function_as_column(
        &mut self,
        name: &str,
        operand: Expr,
        span: Span,
    ) -> Result<Option<Expr>> {
        let types = [operand.type_id];
        let shape = CallShape {
            schema: None,
            name,
            arguments: &types,
            names: &[],
            spread: true,
            call: false,
            constant: false,
        };
        match overload::function(self.catalog, shape) {
            FunctionFound::One(matched) if matched.function.kind == FunctionKind::Plain => {
                let resolved = self.convert_arguments(&matched, vec![operand], false, span)?;
                if resolved.function.returns_set {
                    self.set_returning_calls += 1;
                    self.level().has_set_returning = true;
                }
                Ok(Some(function_expr(resolved, span)))
            }
            // `users.count` is `count(users)`.
            FunctionFound::One(matched) if matched.function.kind == FunctionKind::Aggregate => {
                let aggregate = matched.function.aggregate.unwrap_or(Aggregate {
                    kind: AggregateKind::Normal,
                    direct: 0,
                });
                let call = ast::Call::plain(name, span);
                let calls_before = self.set_returning_calls;
                let arguments = (vec![operand], 1);
                self.aggregate_call(
                    &call,
                    &matched,
                    aggregate,
                    arguments,
                    None,
                    calls_before,
                    span,
                )
                .map(Some)
            }
            FunctionFound::Cast(target) => {
                let value = self.coerce(operand, target, -1, CastContext::Explicit)?;
                Ok(Some(Expr { span, ..value }))
            }
            _ => Ok(None),
        }
    }

    // ---- CALL ----

    /// The procedure of a CALL with its arguments converted.
    pub(super) fn procedure_call(&mut self, call: &ast::Call, span: Span) -> Result<Expr> {
        let mut arguments = Vec::new();
        let mut names = Vec::new();
        for argument in &call.arguments {
            if let Some(name) = &argument.name {
                names.push(name.text.clone());
            }
            arguments.push(self.at(Place::CallArgument, |this| this.expr(&argument.value))?);
        }
        let types: Vec<TypeId> = arguments.iter().map(|argument| argument.type_id).collect();
        let shape = CallShape {
            schema: call.name.schema(),
            name: call.name.name(),
            arguments: &types,
            names: &names,
            spread: !call.variadic,
            call: true,
            constant: false,
        };
        match overload::function(self.catalog, shape) {
            FunctionFound::One(matched) if matched.function.kind == FunctionKind::Procedure => {
                let resolved =
                    self.convert_arguments(&matched, arguments, call.variadic, call.name.span)?;
                Ok(function_expr(resolved, span))
            }
            FunctionFound::One(_) | FunctionFound::Cast(_) => Err(Failure::error(
                Code::WrongKind,
                call.name.span,
                format!("`{}` is not a procedure", call.name.name()),
            )
            .help(format!("write SELECT {}(…)", call.name.name()))),
            FunctionFound::None(all) => Err(self.unknown_function(call, &types, &all)),
            FunctionFound::Several(all) => Err(self.several_functions(call, &types, &all)),
        }
    }

    // ---- messages ----

    fn type_list(&self, types: &[TypeId]) -> String {
        types
            .iter()
            .map(|id| format_type(self.catalog, *id))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn signature(&self, function: &Function) -> String {
        format!(
            "{}({})",
            function.name,
            self.type_list(&function.parameters)
        )
    }

    pub(super) fn unknown_function(
        &self,
        call: &ast::Call,
        types: &[TypeId],
        all: &[Arc<Function>],
    ) -> Box<Failure> {
        let name = call.name.name();
        if let Some(schema) = call.name.schema()
            && !self.catalog.schema_exists(schema)
        {
            return Failure::error(
                Code::UnknownSchema,
                call.name.span,
                format!("there is no schema `{schema}`"),
            );
        }
        let failure = Failure::error(
            Code::UnknownFunction,
            call.name.span,
            format!("there is no function `{name}({})`", self.type_list(types)),
        );
        if !all.is_empty() {
            let mut known: Vec<String> = all
                .iter()
                .take(6)
                .map(|function| format!("`{}`", self.signature(function)))
                .collect();
            if all.len() > known.len() {
                known.push("…".to_owned());
            }
            let failure = failure.help(format!("there is {}", known.join(", ")));
            return match all {
                [only] => failure.made(&only.name, only.origin),
                _ => failure,
            };
        }
        if let Some(gone) = self.catalog.gone(name, None) {
            return failure.gone(gone);
        }
        if let Some(extension) = extension_with("functions", name) {
            return failure.help(format!(
                "the extension `{extension}` has it: `CREATE EXTENSION \"{extension}\"`"
            ));
        }
        let own = self
            .catalog
            .search_path()
            .iter()
            .filter_map(|schema| self.catalog.schema(schema))
            .flat_map(|schema| schema.functions.keys().map(String::as_str));
        match nearest(name, own) {
            Some(near) => {
                let functions = self.catalog.functions(None, near);
                let origin = functions.first().and_then(|(_, function)| function.origin);
                failure.near(near).made(near, origin)
            }
            None => match self.catalog.builtin.nearest_function(name) {
                Some(near) => failure.near(near),
                None => failure,
            },
        }
    }

    fn several_functions(
        &self,
        call: &ast::Call,
        types: &[TypeId],
        all: &[Arc<Function>],
    ) -> Box<Failure> {
        let known: Vec<String> = all
            .iter()
            .take(6)
            .map(|function| format!("`{}`", self.signature(function)))
            .collect();
        Failure::error(
            Code::AmbiguousFunction,
            call.name.span,
            format!(
                "several functions fit `{}({})`",
                call.name.name(),
                self.type_list(types)
            ),
        )
        .help(format!(
            "write a cast, so that only one of {} fits",
            known.join(", ")
        ))
    }

    /// The columns of a function's result, with polymorphic types resolved.
    pub(super) fn call_outputs(&self, call: &FunctionCall) -> Option<Vec<(String, TypeId)>> {
        let function = &call.function;
        let actual: Vec<TypeId> = call
            .arguments
            .iter()
            .map(|argument| argument.type_id)
            .collect();
        let mut outputs = Vec::with_capacity(function.outputs.len());
        for (index, (name, type_id)) in function.outputs.iter().enumerate() {
            let mut declared = function.parameters.clone();
            declared.truncate(actual.len());
            let resolved = resolve_generic(self.catalog, &actual, &mut declared, *type_id).ok()?;
            let name = if name.is_empty() {
                format!("column{}", index + 1)
            } else {
                name.clone()
            };
            outputs.push((name, resolved));
        }
        Some(outputs)
    }
}

fn function_expr(resolved: Resolved, span: Span) -> Expr {
    Expr::new(
        ExprKind::Function(Box::new(FunctionCall {
            function: resolved.function,
            arguments: resolved.arguments,
            variadic: resolved.variadic,
        })),
        resolved.result,
        span,
    )
}

/// Puts named arguments where their parameters are; a default in between is left as `Default`.
fn in_parameter_order(arguments: Vec<Expr>, order: &[usize]) -> Vec<Expr> {
    let last = order
        .iter()
        .take(arguments.len())
        .max()
        .map_or(0, |last| last + 1);
    let mut placed: Vec<Option<Expr>> = vec![None; last];
    for (argument, index) in arguments.into_iter().zip(order) {
        if let Some(slot) = placed.get_mut(*index) {
            *slot = Some(argument);
        }
    }
    placed
        .into_iter()
        .map(|argument| {
            argument.unwrap_or_else(|| Expr::new(ExprKind::Default, oid::UNKNOWN, Span::default()))
        })
        .collect()
}

pub(super) fn is_constant(argument: Option<&Expr>) -> bool {
    argument.is_some_and(|argument| matches!(argument.kind, ExprKind::Constant(_)))
}
