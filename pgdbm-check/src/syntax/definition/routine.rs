//! Functions and procedures.

use pgdbm_template::TokenKind;

use super::super::{
    ast::{
        AlterFunction, CreateFunction, FunctionParameter, FunctionSignature, Name, ObjectKind,
        ObjectReference, ParameterMode, Rename, Returns, SetSchema, Span, StatementKind,
        Volatility,
    },
    reader::{Read, Reader},
};

/// An option of a routine, as far as it counts here.
enum RoutineOption {
    Strict(bool),
    Volatility(Volatility),
    Other,
}

impl Reader<'_, '_> {
    pub(super) fn create_function(&mut self, or_replace: bool, start: Span) -> Read<StatementKind> {
        let procedure = self.word() == "procedure";
        self.advance();
        let name = self.any_object_name()?;
        let parameters = self.function_parameters()?;
        let returns = if self.eat(&["returns"]) {
            if self.eat(&["table"]) {
                Returns::Table(self.enclosed(|reader| {
                    let name = reader.parameter_name()?;
                    Ok((name, reader.type_name()?))
                })?)
            } else {
                Returns::Type(self.type_name()?)
            }
        } else {
            Returns::Nothing
        };
        let mut function = CreateFunction {
            name,
            or_replace,
            procedure,
            parameters,
            returns,
            window: false,
            strict: false,
            volatility: Volatility::Volatile,
            language: None,
            body: Vec::new(),
            span: start,
        };
        while !self.at_end() {
            self.function_option(&mut function)?;
        }
        function.span = self.since(start);
        Ok(StatementKind::CreateFunction(Box::new(function)))
    }

    fn function_option(&mut self, function: &mut CreateFunction) -> Read<()> {
        match self.word() {
            "language" => {
                self.advance();
                function.language = Some(if self.is_string() {
                    self.string()?.to_ascii_lowercase()
                } else {
                    self.label()?.text
                });
            }
            "as" => {
                self.advance();
                function.body = self.list(|reader| {
                    let span = reader.here();
                    Ok((reader.string()?, span))
                })?;
            }
            "window" => {
                self.advance();
                function.window = true;
            }
            "begin" | "return" => {
                // The body is SQL itself; what it returns is said by the signature, and what it calls by its text.
                let start = self.here();
                self.position = self.end;
                let span = self.since(start);
                let text = span.of(self.tokens.sql).unwrap_or_default();
                function.body = vec![(text.to_owned(), span)];
                function.language.get_or_insert_with(|| "sql".to_owned());
            }
            "transform" => {
                self.advance();
                while self.eat(&["for", "type"]) || self.eat_comma() {
                    if self.is_column_name() || self.is_function_name() {
                        self.type_name()?;
                    }
                }
            }
            _ => match self.routine_option()? {
                RoutineOption::Strict(strict) => function.strict = strict,
                RoutineOption::Volatility(volatility) => function.volatility = volatility,
                RoutineOption::Other => {}
            },
        }
        Ok(())
    }

    /// An option that CREATE and ALTER share.
    fn routine_option(&mut self) -> Read<RoutineOption> {
        if self.eat(&["strict"]) || self.eat(&["returns", "null", "on", "null", "input"]) {
            return Ok(RoutineOption::Strict(true));
        }
        if self.eat(&["called", "on", "null", "input"]) {
            return Ok(RoutineOption::Strict(false));
        }
        for (word, volatility) in [
            ("immutable", Volatility::Immutable),
            ("stable", Volatility::Stable),
            ("volatile", Volatility::Volatile),
        ] {
            if self.eat(&[word]) {
                return Ok(RoutineOption::Volatility(volatility));
            }
        }
        match self.word() {
            "leakproof" => self.advance(),
            "not" => {
                self.advance();
                self.expect("leakproof")?;
            }
            "external" | "security" => {
                self.eat(&["external"]);
                self.expect("security")?;
                if !self.eat(&["definer"]) {
                    self.expect("invoker")?;
                }
            }
            "cost" | "rows" => {
                self.advance();
                self.number()?;
            }
            "support" => {
                self.advance();
                self.any_object_name()?;
            }
            "parallel" => {
                self.advance();
                self.label()?;
            }
            "set" | "reset" => {
                self.advance();
                self.setting()?;
            }
            _ => return self.stop("an option of the function"),
        }
        Ok(RoutineOption::Other)
    }

    /// `name TO value, …`, `name FROM CURRENT`, `ALL`.
    fn setting(&mut self) -> Read<()> {
        if self.eat(&["time", "zone"]) {
            self.advance();
            return Ok(());
        }
        self.label()?;
        while self.eat_kind(TokenKind::Dot) {
            self.label()?;
        }
        if self.eat(&["from", "current"]) {
            return Ok(());
        }
        if !self.eat(&["to"]) && !self.eat_operator("=") {
            return Ok(());
        }
        loop {
            // A number may have its sign.
            if matches!(self.kind(), Some(TokenKind::Operator { .. })) {
                self.advance();
            }
            if self.at_end() {
                return self.stop("a value");
            }
            if self.is_string() {
                self.string()?;
            } else {
                self.advance();
            }
            if !self.eat_comma() {
                return Ok(());
            }
        }
    }

    fn function_parameters(&mut self) -> Read<Vec<FunctionParameter>> {
        self.open()?;
        let parameters = if self.is_close() {
            Vec::new()
        } else {
            self.list(Self::function_parameter)?
        };
        self.close()?;
        Ok(parameters)
    }

    /// `[mode] [name] type [DEFAULT value]`; the mode may also follow the name.
    pub(super) fn function_parameter(&mut self) -> Read<FunctionParameter> {
        let mut mode = self.parameter_mode();
        let mut name = None;
        if self.is_parameter_name() {
            name = Some(self.parameter_name()?);
            if mode.is_none() {
                mode = self.parameter_mode();
            }
        }
        let type_name = self.type_name()?;
        let default = if self.eat(&["default"]) || self.eat_operator("=") {
            Some(self.expression()?)
        } else {
            None
        };
        Ok(FunctionParameter {
            mode: mode.unwrap_or(ParameterMode::In),
            name,
            type_name,
            default,
        })
    }

    fn parameter_mode(&mut self) -> Option<ParameterMode> {
        let mode = match self.word() {
            "in" if self.word_at(1) == "out" => {
                self.advance();
                ParameterMode::InOut
            }
            "in" => ParameterMode::In,
            "out" => ParameterMode::Out,
            "inout" => ParameterMode::InOut,
            "variadic" => ParameterMode::Variadic,
            _ => return None,
        };
        self.advance();
        Some(mode)
    }

    /// Whether a name stands here, with a type behind it, and not a type alone.
    fn is_parameter_name(&self) -> bool {
        if !self.is_function_name() {
            return false;
        }
        let next = self.word_at(1);
        match self.kind_at(1) {
            Some(TokenKind::QuotedIdentifier { .. } | TokenKind::UnicodeIdentifier { .. }) => true,
            Some(TokenKind::Identifier) => match next {
                // `double precision`, `a int DEFAULT 1`, `int ORDER BY`, `int ARRAY`
                "precision" => false,
                "default" | "order" | "array" | "with" | "without" => false,
                "varying" => false,
                _ => true,
            },
            _ => false,
        }
    }

    fn parameter_name(&mut self) -> Read<Name> {
        if self.is_function_name() || self.is_column_name() {
            Ok(self.take_name())
        } else {
            self.stop("a parameter's name")
        }
    }

    /// `name(types)` or `name` alone.
    pub(in crate::syntax) fn function_signature(&mut self) -> Read<FunctionSignature> {
        let name = self.any_object_name()?;
        let parameters = if self.is_open() {
            Some(self.function_parameters()?)
        } else {
            None
        };
        Ok(FunctionSignature { name, parameters })
    }

    /// An aggregate's arguments, direct and ordered in one list.
    pub(super) fn aggregate_reference(&mut self) -> Read<FunctionSignature> {
        let name = self.any_object_name()?;
        let signature = self.aggregate_signature()?;
        let mut parameters = signature.direct;
        parameters.extend(signature.ordered.unwrap_or_default());
        Ok(FunctionSignature {
            name,
            parameters: Some(parameters),
        })
    }

    /// ALTER FUNCTION, PROCEDURE, ROUTINE, AGGREGATE; the cursor is behind those words.
    pub(super) fn alter_function(&mut self, kind: ObjectKind) -> Read<StatementKind> {
        let function = if kind == ObjectKind::Aggregate {
            self.aggregate_reference()?
        } else {
            self.function_signature()?
        };
        if self.eat(&["rename", "to"]) {
            return Ok(StatementKind::Rename(Box::new(Rename {
                kind,
                owner: None,
                object: ObjectReference::Function(function),
                if_exists: false,
                to: self.label()?,
            })));
        }
        if self.eat(&["set", "schema"]) {
            return Ok(StatementKind::SetSchema(Box::new(SetSchema {
                kind,
                object: ObjectReference::Function(function),
                if_exists: false,
                schema: self.column_name()?,
            })));
        }
        if matches!(self.word(), "owner" | "depends" | "no") {
            self.position = self.end;
        }
        let (mut strict, mut volatility) = (None, None);
        while !self.at_end() {
            if self.eat(&["restrict"]) {
                continue;
            }
            match self.routine_option()? {
                RoutineOption::Strict(said) => strict = Some(said),
                RoutineOption::Volatility(said) => volatility = Some(said),
                RoutineOption::Other => {}
            }
        }
        Ok(StatementKind::AlterFunction(Box::new(AlterFunction {
            kind,
            function,
            strict,
            volatility,
        })))
    }
}
