//! Functions, procedures and aggregates.

use std::sync::Arc;

use pgdbm_template::Code;

use super::{Replay, called, exists, missing};
use crate::analyze;
use crate::catalog::{
    Aggregate, AggregateKind, Function, FunctionId, FunctionKind, Makes, Type, TypeId, TypeKind,
    oid,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{
    AlterFunction, CreateAggregate, CreateFunction, DefinitionValue, FunctionParameter,
    FunctionSignature, ObjectKind, ParameterMode, Returns, Span, TypeName, Volatility,
};

impl Replay<'_> {
    pub(super) fn create_function(&mut self, new: &CreateFunction) -> Result<()> {
        let schema = self.creation_schema(&new.name, false)?;
        let mut parameters = Vec::new();
        let mut names = Vec::new();
        let mut outputs = Vec::new();
        let mut out_parameters = Vec::new();
        let mut default_types = Vec::new();
        let mut variadic = None;
        for parameter in &new.parameters {
            let (type_id, _) = self.resolve(&parameter.type_name)?;
            let name = parameter
                .name
                .as_ref()
                .map_or_else(String::new, |name| name.text.clone());
            let is_output = matches!(parameter.mode, ParameterMode::Out | ParameterMode::InOut);
            if is_output {
                outputs.push((name.clone(), type_id));
            }
            // A procedure's call names its OUT parameters too.
            if parameter.mode != ParameterMode::Out || new.procedure {
                if parameter.mode == ParameterMode::Out {
                    out_parameters.push(parameters.len());
                }
                parameters.push(type_id);
                names.push(name);
                default_types.extend(parameter.default.as_ref().map(|default| {
                    analyze::constant(self.catalog, default)
                        .map_or(oid::INVALID, |default| default.type_id)
                }));
            }
            if parameter.mode == ParameterMode::Variadic {
                variadic = Some(if type_id == oid::ANY {
                    oid::ANY
                } else {
                    self.element_of(type_id)
                });
            }
        }
        let defaults = default_types.len();
        if !parameters.iter().any(|of| Type::is_polymorphic(*of)) {
            default_types.clear();
        }
        let mut returns_set = false;
        let returns = match &new.returns {
            Returns::Type(type_name) => {
                returns_set = type_name.set_of;
                self.result_type(type_name, new.language.as_deref())?
            }
            Returns::Table(columns) => {
                returns_set = true;
                for (name, type_name) in columns {
                    let (type_id, _) = self.resolve(type_name)?;
                    outputs.push((name.text.clone(), type_id));
                }
                result_of(&outputs)
            }
            Returns::Nothing if outputs.is_empty() => oid::VOID,
            Returns::Nothing if new.procedure => oid::RECORD,
            Returns::Nothing => result_of(&outputs),
        };
        // The validator of PL/pgSQL says so, and nobody else.
        if returns == oid::TRIGGER
            && !parameters.is_empty()
            && new.language.as_deref() == Some("plpgsql")
            && self.catalog.checks_bodies()
        {
            return Err(Failure::error(
                Code::InvalidDefinition,
                new.name.span,
                "a function for triggers has no parameters",
            )
            .help("read `TG_ARGV` in it"));
        }
        if names.iter().all(String::is_empty) {
            names.clear();
        }
        let kind = if new.procedure {
            FunctionKind::Procedure
        } else if new.window {
            FunctionKind::Window
        } else {
            FunctionKind::Plain
        };
        let makes = new
            .body
            .iter()
            .filter(|(body, _)| super::block::defines(body))
            .map(|(body, _)| super::unreadable::of_body(body))
            .fold(Makes::NOTHING, Makes::and);
        if !makes.is_nothing() {
            self.catalog.add_maker();
        }
        let function = Function {
            id: FunctionId(self.catalog.next_object()),
            schema,
            name: new.name.name().to_owned(),
            kind,
            parameters,
            out_parameters,
            parameter_names: names,
            defaults,
            default_types,
            variadic,
            returns,
            returns_set,
            outputs,
            strict: new.strict,
            volatility: new.volatility,
            inlined: new.language.as_deref() == Some("sql"),
            aggregate: None,
            makes,
            calls: called::called_once(&new.body),
            origin: Some(self.origin(new.span)),
        };
        self.add_function(function, new.or_replace, new.name.span)
    }

    /// The type that a function gives back. One in C may be the first to name a base type, whose input it reads.
    fn result_type(&mut self, type_name: &TypeName, language: Option<&str>) -> Result<TypeId> {
        let failure = match self.resolve(type_name) {
            Ok((id, _)) => return Ok(id),
            Err(failure) => failure,
        };
        let makes_shell = failure.code == Code::UnknownType
            && failure.is_error()
            && !type_name.column_type
            && type_name.array_dimensions == 0
            && matches!(language, Some("c" | "internal"));
        if !makes_shell {
            return Err(failure);
        }
        let schema = self.creation_schema(&type_name.name, false)?;
        let name = type_name.name.name().to_owned();
        let shell = Type::new(schema, name, TypeKind::Base);
        Ok(self.catalog.add_type_with_array(shell))
    }

    fn element_of(&self, array: TypeId) -> TypeId {
        match array {
            oid::ANYARRAY => oid::ANYELEMENT,
            oid::ANYCOMPATIBLEARRAY => oid::ANYCOMPATIBLE,
            _ => self.catalog.element_of(array).unwrap_or(oid::INVALID),
        }
    }

    fn add_function(&mut self, function: Function, or_replace: bool, span: Span) -> Result<()> {
        let types = |function: &Function| function.inputs().map(|(_, of)| of).collect::<Vec<_>>();
        let inputs = types(&function);
        let is_same = |other: &Arc<Function>| types(other) == inputs;
        let own = self
            .catalog
            .schema(&function.schema)
            .and_then(|schema| schema.functions.get(&function.name));
        let same = own.and_then(|own| own.iter().find(|other| is_same(other)));
        let Some(same) = same else {
            self.put_function(function);
            return Ok(());
        };
        let checked = if or_replace {
            check_replacement(same, &function, span)
        } else if self.tolerant {
            return Ok(());
        } else {
            let what = "function with these arguments";
            Err(exists(what, &function.name, span))
        };
        let failure = self.unless_gone(checked)?;
        let same = Arc::clone(same);
        self.change_function(&same, |old| {
            let id = old.id;
            *old = Function { id, ..function };
        });
        failure.map_or(Ok(()), Err)
    }

    pub(super) fn create_aggregate(&mut self, new: &CreateAggregate, span: Span) -> Result<()> {
        let schema = self.creation_schema(&new.name, false)?;
        let mut parameters = Vec::new();
        let mut names = Vec::new();
        let mut variadic = None;
        let ordered = new.signature.ordered.as_deref().unwrap_or_default();
        for parameter in new.signature.direct.iter().chain(ordered) {
            let (type_id, _) = self.resolve(&parameter.type_name)?;
            if parameter.mode == ParameterMode::Variadic {
                variadic = Some(self.element_of(type_id));
            }
            parameters.push(type_id);
            names.push(
                parameter
                    .name
                    .as_ref()
                    .map_or_else(String::new, |name| name.text.clone()),
            );
        }
        let mut state = None;
        let mut last = None;
        let mut hypothetical = false;
        for option in &new.options {
            match (option.name.as_str(), &option.value) {
                ("stype" | "stype1", Some(DefinitionValue::Type(type_name))) => {
                    state = Some(self.resolve(type_name)?.0);
                }
                ("finalfunc", Some(DefinitionValue::Type(function))) => {
                    last = Some(function.name.clone());
                }
                ("hypothetical", _) => hypothetical = true,
                _ => {}
            }
        }
        let Some(state) = state else {
            return Err(Failure::error(
                Code::InvalidDefinition,
                span,
                "an aggregate needs the type of its state (`stype`)",
            ));
        };
        // The final function gives the result; which one it is follows from the state's type.
        let returns = match &last {
            Some(name) => {
                let candidates = self.catalog.functions(name.schema(), name.name());
                let fitting = candidates
                    .iter()
                    .find(|(_, function)| function.parameters.first() == Some(&state))
                    .or_else(|| candidates.first());
                match fitting {
                    Some((_, function)) => self.final_type(function, state, &parameters),
                    None => {
                        return Err(missing(
                            Code::UnknownFunction,
                            "function",
                            name.name(),
                            name.span,
                        ));
                    }
                }
            }
            None => state,
        };
        let aggregate = Aggregate {
            kind: match (&new.signature.ordered, hypothetical) {
                (None, _) => AggregateKind::Normal,
                (Some(_), false) => AggregateKind::OrderedSet,
                (Some(_), true) => AggregateKind::Hypothetical,
            },
            direct: match &new.signature.ordered {
                Some(_) => new.signature.direct.len(),
                None => 0,
            },
        };
        if names.iter().all(String::is_empty) {
            names.clear();
        }
        let function = Function {
            id: FunctionId(self.catalog.next_object()),
            schema,
            name: new.name.name().to_owned(),
            kind: FunctionKind::Aggregate,
            parameters,
            out_parameters: Vec::new(),
            parameter_names: names,
            defaults: 0,
            default_types: Vec::new(),
            variadic,
            returns,
            returns_set: false,
            outputs: Vec::new(),
            strict: false,
            volatility: Volatility::Immutable,
            inlined: false,
            aggregate: Some(aggregate),
            makes: Makes::NOTHING,
            calls: Arc::default(),
            origin: Some(self.origin(span)),
        };
        self.add_function(function, new.or_replace, new.name.span)
    }

    /// The result of a final function; a polymorphic one follows the state where that is not polymorphic itself.
    fn final_type(&self, function: &Function, state: TypeId, parameters: &[TypeId]) -> TypeId {
        match function.returns {
            oid::ANYARRAY if state != oid::ANYARRAY => {
                if self.catalog.element_of(state).is_some() {
                    state
                } else {
                    oid::ANYARRAY
                }
            }
            oid::ANYELEMENT if !parameters.contains(&oid::ANYELEMENT) => {
                self.catalog.element_of(state).unwrap_or(state)
            }
            other => other,
        }
    }

    pub(super) fn alter_function(&mut self, alter: &AlterFunction) -> Result<()> {
        let found = self.function(alter.kind, &alter.function)?;
        if let Some(strict) = alter.strict {
            self.change_function(&found, |function| function.strict = strict);
        }
        if let Some(volatility) = alter.volatility {
            self.change_function(&found, |function| function.volatility = volatility);
        }
        Ok(())
    }

    /// Changes a function in place.
    pub(super) fn change_function(&mut self, found: &Function, change: impl FnOnce(&mut Function)) {
        let own = self
            .catalog
            .schema_mut(&found.schema.clone())
            .functions
            .get_mut(&found.name)
            .and_then(|own| own.iter_mut().find(|function| function.id == found.id));
        if let Some(function) = own {
            change(Arc::make_mut(function));
        }
    }

    /// Takes a function away, and gives it.
    pub(super) fn take_function(&mut self, found: &Function) -> Option<Arc<Function>> {
        let schema = self.catalog.schema_mut(&found.schema.clone());
        let own = schema.functions.get_mut(&found.name)?;
        let position = own.iter().position(|function| function.id == found.id)?;
        let taken = own.remove(position);
        if own.is_empty() {
            schema.functions.remove(&found.name);
        }
        Some(taken)
    }

    /// The function that ALTER or DROP names.
    pub(super) fn function(
        &self,
        kind: ObjectKind,
        signature: &FunctionSignature,
    ) -> Result<Arc<Function>> {
        let name = &signature.name;
        let candidates = self
            .catalog
            .functions(name.schema(), name.name())
            .into_iter()
            .map(|(_, function)| function)
            .filter(|function| match kind {
                ObjectKind::Procedure => function.kind == FunctionKind::Procedure,
                ObjectKind::Aggregate => function.kind == FunctionKind::Aggregate,
                ObjectKind::Function => function.kind != FunctionKind::Procedure,
                _ => true,
            })
            .collect::<Vec<_>>();
        let found = match &signature.parameters {
            None => match candidates.as_slice() {
                [one] => Some(Arc::clone(one)),
                [] => None,
                _ => {
                    return Err(Failure::error(
                        Code::AmbiguousFunction,
                        name.span,
                        format!("there are several functions `{}`", name.name()),
                    )
                    .help("say which one by the types of its arguments"));
                }
            },
            Some(parameters) => {
                let inputs = self.types_of(parameters, false)?;
                let all = self.types_of(parameters, true)?;
                // A procedure is called what it takes, or else all that its call names. After `LookupFuncWithArgs`.
                let takes = |function: &&Arc<Function>| {
                    function
                        .inputs()
                        .map(|(_, of)| of)
                        .eq(inputs.iter().copied())
                };
                let named = |function: &&Arc<Function>| function.parameters == all;
                candidates
                    .iter()
                    .find(takes)
                    .or_else(|| candidates.iter().find(named))
                    .cloned()
            }
        };
        found.ok_or_else(|| {
            missing(
                Code::UnknownFunction,
                "function with these arguments called",
                name.name(),
                name.span,
            )
        })
    }

    fn types_of(&self, parameters: &[FunctionParameter], all: bool) -> Result<Vec<TypeId>> {
        parameters
            .iter()
            .filter(|parameter| all || parameter.mode != ParameterMode::Out)
            .map(|parameter| {
                analyze::resolve_type(self.catalog, &parameter.type_name).map(|found| found.0)
            })
            .collect()
    }
}

/// Whether one function may take the place of another: callers must see no difference. After `ProcedureCreate`.
fn check_replacement(old: &Function, new: &Function, span: Span) -> Result<()> {
    let name = |function: &Function, index: usize| {
        function
            .parameter_names
            .get(index)
            .cloned()
            .unwrap_or_default()
    };
    let renamed = old
        .inputs()
        .zip(new.inputs())
        .map(|((place, _), (new_place, _))| (name(old, place), name(new, new_place)))
        .find(|(old, new)| !old.is_empty() && old != new);
    let why = if old.kind != new.kind {
        "another kind of routine".to_owned()
    } else if old.returns != new.returns
        || old.returns_set != new.returns_set
        || (old.returns == oid::RECORD && old.outputs != new.outputs)
    {
        "another result".to_owned()
    } else if let Some((old, _)) = renamed {
        format!("another name for its parameter `{old}`")
    } else if new.defaults < old.defaults {
        "fewer defaults".to_owned()
    } else {
        return Ok(());
    };
    Err(Failure::error(
        Code::InvalidDefinition,
        span,
        format!("replacing `{}` cannot give it {why}", old.name),
    )
    .help("drop the function first"))
}

/// What a function with these output parameters returns.
fn result_of(outputs: &[(String, TypeId)]) -> TypeId {
    match outputs {
        [(_, one)] => *one,
        _ => oid::RECORD,
    }
}
