//! Types, domains, operators, casts and aggregates.

use pgdbm_template::TokenKind;

use super::super::{
    ast::{
        AggregateSignature, AlterDomain, AlterDomainAction, AlterType, AlterTypeAction,
        CastContext, CastMethod, CreateAggregate, CreateCast, CreateDomain, CreateOperator,
        CreateType, CreateTypeKind, DefinitionOption, DefinitionValue, EnumLabel, LabelPlace,
        ObjectKind, ObjectName, ObjectReference, Rename, SetSchema, Span, StatementKind,
    },
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    pub(super) fn create_type(&mut self) -> Read<StatementKind> {
        self.advance();
        let name = self.any_object_name()?;
        let kind = if self.at_end() {
            CreateTypeKind::Shell
        } else if self.is_open() {
            base_type(self.definition_options()?)
        } else {
            self.expect("as")?;
            if self.eat(&["enum"]) {
                self.open()?;
                let labels = if self.is_close() {
                    Vec::new()
                } else {
                    self.list(Self::enum_label)?
                };
                self.close()?;
                CreateTypeKind::Enum(labels)
            } else if self.eat(&["range"]) {
                range_type(self.definition_options()?)
            } else {
                self.open()?;
                let attributes = if self.is_close() {
                    Vec::new()
                } else {
                    self.list(|reader| {
                        let name = reader.column_name()?;
                        let type_name = reader.type_name()?;
                        if reader.eat(&["collate"]) {
                            reader.any_object_name()?;
                        }
                        Ok((name, type_name))
                    })?
                };
                self.close()?;
                CreateTypeKind::Composite(attributes)
            }
        };
        Ok(StatementKind::CreateType(Box::new(CreateType {
            name,
            kind,
        })))
    }

    fn enum_label(&mut self) -> Read<EnumLabel> {
        let span = self.here();
        Ok(EnumLabel {
            text: self.string()?,
            span,
        })
    }

    /// `(name = value, …)`
    pub(super) fn definition_options(&mut self) -> Read<Vec<DefinitionOption>> {
        self.enclosed(|reader| {
            let start = reader.here();
            let name = reader.label()?.text;
            let value = if reader.eat_operator("=") {
                Some(reader.definition_value()?)
            } else {
                None
            };
            Ok(DefinitionOption {
                name,
                value,
                span: reader.since(start),
            })
        })
    }

    fn definition_value(&mut self) -> Read<DefinitionValue> {
        if self.is_string() {
            return Ok(DefinitionValue::Text(self.string()?));
        }
        match self.kind() {
            // A sign before a number, or an operator.
            Some(TokenKind::Operator { .. }) => {
                let operator = self.take_operator();
                if matches!(
                    self.kind(),
                    Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Real)
                ) {
                    let text = format!("{}{}", operator.name, self.text());
                    self.advance();
                    return Ok(DefinitionValue::Text(text));
                }
                Ok(DefinitionValue::Operator(operator))
            }
            Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Real) => {
                let text = self.text().to_owned();
                self.advance();
                Ok(DefinitionValue::Text(text))
            }
            _ if self.word() == "operator"
                && self.kind_at(1) == Some(TokenKind::OpenParenthesis) =>
            {
                Ok(DefinitionValue::Operator(self.qualified_operator()?))
            }
            _ if self.is_column_name() || self.is_function_name() => {
                Ok(DefinitionValue::Type(self.type_name()?))
            }
            _ => Ok(DefinitionValue::Text(self.label()?.text)),
        }
    }

    /// ALTER TYPE; the cursor is behind those words.
    pub(super) fn alter_type(&mut self) -> Read<StatementKind> {
        let name = self.any_object_name()?;
        if self.eat(&["rename", "to"]) {
            return Ok(StatementKind::Rename(Box::new(Rename {
                kind: ObjectKind::Type,
                owner: None,
                object: ObjectReference::Name(name),
                if_exists: false,
                to: self.column_name()?,
            })));
        }
        if self.eat(&["set", "schema"]) {
            return self.set_schema_of(ObjectKind::Type, name);
        }
        if self.eat(&["rename", "attribute"]) {
            let old = self.column_name()?;
            self.expect("to")?;
            let to = self.column_name()?;
            self.drop_behavior();
            return Ok(StatementKind::Rename(Box::new(Rename {
                kind: ObjectKind::Column,
                owner: Some(ObjectKind::Type),
                object: ObjectReference::Member {
                    of: name,
                    name: old,
                },
                if_exists: false,
                to,
            })));
        }
        let actions = self.list(Self::alter_type_action)?;
        Ok(StatementKind::AlterType(Box::new(AlterType {
            name,
            actions,
        })))
    }

    fn set_schema_of(&mut self, kind: ObjectKind, name: ObjectName) -> Read<StatementKind> {
        Ok(StatementKind::SetSchema(Box::new(SetSchema {
            kind,
            object: ObjectReference::Name(name),
            if_exists: false,
            schema: self.column_name()?,
        })))
    }

    fn alter_type_action(&mut self) -> Read<AlterTypeAction> {
        if self.eat(&["add", "value"]) {
            let if_not_exists = self.if_not_exists();
            let label = self.enum_label()?;
            let place = if self.eat(&["before"]) {
                Some(LabelPlace::Before(self.enum_label()?))
            } else if self.eat(&["after"]) {
                Some(LabelPlace::After(self.enum_label()?))
            } else {
                None
            };
            return Ok(AlterTypeAction::AddValue {
                label,
                if_not_exists,
                place,
            });
        }
        if self.eat(&["rename", "value"]) {
            let from = self.enum_label()?;
            self.expect("to")?;
            return Ok(AlterTypeAction::RenameValue {
                from,
                to: self.enum_label()?,
            });
        }
        let action = if self.eat(&["add", "attribute"]) {
            AlterTypeAction::AddAttribute {
                name: self.column_name()?,
                type_name: self.type_name()?,
            }
        } else if self.eat(&["drop", "attribute"]) {
            AlterTypeAction::DropAttribute {
                if_exists: self.if_exists(),
                name: self.column_name()?,
            }
        } else if self.eat(&["alter", "attribute"]) {
            let name = self.column_name()?;
            self.eat(&["set", "data"]);
            self.expect("type")?;
            AlterTypeAction::SetAttributeType {
                name,
                type_name: self.type_name()?,
            }
        } else {
            self.position = self.end;
            return Ok(AlterTypeAction::Other);
        };
        if self.eat(&["collate"]) {
            self.any_object_name()?;
        }
        self.drop_behavior();
        Ok(action)
    }

    pub(super) fn create_domain(&mut self) -> Read<StatementKind> {
        self.advance();
        let name = self.any_object_name()?;
        self.eat(&["as"]);
        let base = self.type_name()?;
        Ok(StatementKind::CreateDomain(Box::new(CreateDomain {
            name,
            base,
            constraints: self.column_constraints()?,
        })))
    }

    /// ALTER DOMAIN; the cursor is behind those words.
    pub(super) fn alter_domain(&mut self) -> Read<StatementKind> {
        let name = self.any_object_name()?;
        if self.eat(&["rename", "to"]) {
            return Ok(StatementKind::Rename(Box::new(Rename {
                kind: ObjectKind::Domain,
                owner: None,
                object: ObjectReference::Name(name),
                if_exists: false,
                to: self.column_name()?,
            })));
        }
        if self.eat(&["set", "schema"]) {
            return self.set_schema_of(ObjectKind::Domain, name);
        }
        if self.eat(&["rename", "constraint"]) {
            let old = self.column_name()?;
            self.expect("to")?;
            return Ok(StatementKind::Rename(Box::new(Rename {
                kind: ObjectKind::Constraint,
                owner: Some(ObjectKind::Domain),
                object: ObjectReference::Member {
                    of: name,
                    name: old,
                },
                if_exists: false,
                to: self.column_name()?,
            })));
        }
        let action = if self.eat(&["set", "default"]) {
            AlterDomainAction::SetDefault(self.expression()?)
        } else if self.eat(&["drop", "default"]) {
            AlterDomainAction::DropDefault
        } else if self.eat(&["set", "not", "null"]) {
            AlterDomainAction::SetNotNull
        } else if self.eat(&["drop", "not", "null"]) {
            AlterDomainAction::DropNotNull
        } else if self.eat(&["add"]) {
            let constraint = if self.eat(&["constraint"]) {
                Some(self.column_name()?)
            } else {
                None
            };
            let check = if self.eat(&["not", "null"]) {
                None
            } else {
                self.expect("check")?;
                self.open()?;
                let check = self.expression()?;
                self.close()?;
                Some(check)
            };
            AlterDomainAction::AddConstraint {
                name: constraint,
                check,
                not_valid: self.eat(&["not", "valid"]),
            }
        } else if self.eat(&["drop", "constraint"]) {
            let if_exists = self.if_exists();
            let name = self.column_name()?;
            self.drop_behavior();
            AlterDomainAction::DropConstraint { name, if_exists }
        } else if self.eat(&["validate", "constraint"]) {
            AlterDomainAction::ValidateConstraint(self.column_name()?)
        } else {
            self.position = self.end;
            AlterDomainAction::Other
        };
        Ok(StatementKind::AlterDomain(Box::new(AlterDomain {
            name,
            action,
        })))
    }

    pub(super) fn create_operator(&mut self, start: Span) -> Read<StatementKind> {
        self.advance();
        let (schema, name) = self.operator_name()?;
        let options = self.definition_options()?;
        Ok(StatementKind::CreateOperator(Box::new(CreateOperator {
            schema,
            name,
            options,
            span: self.since(start),
        })))
    }

    pub(super) fn create_cast(&mut self) -> Read<StatementKind> {
        self.advance();
        self.open()?;
        let source = self.type_name()?;
        self.expect("as")?;
        let target = self.type_name()?;
        self.close()?;
        let method = if self.eat(&["without", "function"]) {
            CastMethod::Binary
        } else if self.eat(&["with", "inout"]) {
            CastMethod::InOut
        } else {
            self.expect("with")?;
            self.expect("function")?;
            self.any_object_name()?;
            if self.is_open() {
                self.skip_enclosed()?;
            }
            CastMethod::Function
        };
        let context = if self.eat(&["as", "assignment"]) {
            CastContext::Assignment
        } else if self.eat(&["as", "implicit"]) {
            CastContext::Implicit
        } else {
            CastContext::Explicit
        };
        Ok(StatementKind::CreateCast(Box::new(CreateCast {
            source,
            target,
            context,
            method,
        })))
    }

    pub(super) fn create_aggregate(&mut self, or_replace: bool) -> Read<StatementKind> {
        self.advance();
        let name = self.any_object_name()?;
        let start = self.position;
        // The old way has no arguments, only options of which one is the base type.
        if self.kind_at(1) == Some(TokenKind::Identifier)
            && self
                .kind_at(2)
                .is_some_and(|kind| matches!(kind, TokenKind::Operator { .. }))
        {
            let options = self.definition_options()?;
            let direct = options
                .iter()
                .find(|option| option.name == "basetype")
                .and_then(|option| match &option.value {
                    Some(DefinitionValue::Type(type_name)) if type_name.name.name() != "any" => {
                        Some(super::super::ast::FunctionParameter {
                            mode: super::super::ast::ParameterMode::In,
                            name: None,
                            type_name: type_name.clone(),
                            default: None,
                        })
                    }
                    _ => None,
                })
                .into_iter()
                .collect();
            return Ok(StatementKind::CreateAggregate(Box::new(CreateAggregate {
                name,
                or_replace,
                signature: AggregateSignature {
                    direct,
                    ordered: None,
                },
                options,
            })));
        }
        self.position = start;
        let signature = self.aggregate_signature()?;
        let options = self.definition_options()?;
        Ok(StatementKind::CreateAggregate(Box::new(CreateAggregate {
            name,
            or_replace,
            signature,
            options,
        })))
    }

    /// `(*)`, `(a int)`, `(a int ORDER BY b text)`, `(ORDER BY b text)`
    pub(super) fn aggregate_signature(&mut self) -> Read<AggregateSignature> {
        self.open()?;
        let mut signature = AggregateSignature {
            direct: Vec::new(),
            ordered: None,
        };
        if !self.eat_operator("*") {
            if self.word() != "order" && !self.is_close() {
                signature.direct = self.list(Self::function_parameter)?;
            }
            if self.eat(&["order", "by"]) {
                signature.ordered = Some(self.list(Self::function_parameter)?);
            }
        }
        self.close()?;
        Ok(signature)
    }
}

fn base_type(options: Vec<DefinitionOption>) -> CreateTypeKind {
    let mut category = None;
    let mut preferred = false;
    let mut element = None;
    let mut like = None;
    for option in options {
        match (option.name.as_str(), option.value) {
            ("category", Some(value)) => category = Some(text_of(value)),
            ("preferred", Some(value)) => preferred = text_of(value) == "true",
            ("element", Some(DefinitionValue::Type(type_name))) => element = Some(type_name),
            ("like", Some(DefinitionValue::Type(type_name))) => like = Some(type_name),
            _ => {}
        }
    }
    CreateTypeKind::Base {
        category,
        preferred,
        element,
        like,
    }
}

fn text_of(value: DefinitionValue) -> String {
    match value {
        DefinitionValue::Text(text) => text,
        DefinitionValue::Type(type_name) => type_name.name.name().to_owned(),
        DefinitionValue::Operator(operator) => operator.name,
    }
}

fn range_type(options: Vec<DefinitionOption>) -> CreateTypeKind {
    let mut subtype = None;
    let mut multirange = None;
    for option in options {
        match (option.name.as_str(), option.value) {
            ("subtype", Some(DefinitionValue::Type(type_name))) => subtype = Some(type_name),
            ("multirange_type_name", Some(DefinitionValue::Type(type_name))) => {
                multirange = Some(type_name.name);
            }
            _ => {}
        }
    }
    CreateTypeKind::Range {
        subtype,
        multirange,
    }
}
