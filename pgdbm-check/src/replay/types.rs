//! Types, domains, operators, casts, extensions.

use std::sync::Arc;

use pgdbm_template::Code;

use super::{Replay, exists, missing};
use crate::analyze;
use crate::catalog::{
    Attribute, Cast, CastContext, CastMethod, Domain, ExtensionOutcome, Function, FunctionId,
    FunctionKind, Makes, Operator, OperatorId, Relation, RelationKind, Type, TypeId, TypeKind, oid,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{
    self, AlterDomain, AlterDomainAction, AlterType, AlterTypeAction, ColumnConstraintKind,
    CreateCast, CreateDomain, CreateExtension, CreateOperator, CreateType, CreateTypeKind,
    DefinitionValue, LabelPlace, ObjectName, Span,
};

impl Replay<'_> {
    fn new_type(&mut self, name: &ObjectName) -> Result<Option<String>> {
        let schema = self.creation_schema(name, false)?;
        // An array type gives way: nobody chose its name.
        let is_array = |id: TypeId| {
            let element = self.catalog.element_of(id);
            element.is_some_and(|element| self.catalog.array_of(element) == Some(id))
        };
        let taken = self
            .catalog
            .schema(&schema)
            .and_then(|schema| schema.types.get(name.name()))
            .is_some_and(|id| !is_array(*id));
        if taken {
            if self.tolerant {
                return Ok(None);
            }
            return Err(exists("type", name.name(), name.name_span()));
        }
        Ok(Some(schema))
    }

    pub(super) fn create_type(&mut self, new: &CreateType, span: Span) -> Result<()> {
        // A base type's shell comes first and is then filled.
        if let CreateTypeKind::Base { .. } = &new.kind
            && let Some(shell) = self.catalog.type_named(new.name.schema(), new.name.name())
        {
            self.fill(shell, &new.kind);
            return Ok(());
        }
        let Some(schema) = self.new_type(&new.name)? else {
            return Ok(());
        };
        let name = new.name.name().to_owned();
        match &new.kind {
            CreateTypeKind::Enum(labels) => {
                let labels = labels.iter().map(|label| label.text.clone()).collect();
                self.catalog.add_type_with_array(Type {
                    origin: Some(self.origin(span)),
                    ..Type::enumeration(schema, name, labels)
                });
            }
            CreateTypeKind::Composite(attributes) => {
                let mut relation = Relation::new(&schema, &name, RelationKind::CompositeType);
                relation.origin = Some(self.origin(span));
                for (name, type_name) in attributes {
                    let (type_id, modifier) = self.resolve(type_name)?;
                    relation
                        .attributes
                        .push(Attribute::new(&name.text, type_id, modifier));
                }
                self.catalog.add_relation(relation);
            }
            CreateTypeKind::Range {
                subtype,
                multirange,
            } => {
                let Some(subtype) = subtype else {
                    return Err(Failure::error(
                        Code::InvalidDefinition,
                        span,
                        "a range type needs a subtype",
                    ));
                };
                let (subtype, _) = analyze::resolve_type(self.catalog, subtype)?;
                let multirange = multirange
                    .as_ref()
                    .map_or_else(|| multirange_name(&name), |given| given.name().to_owned());
                self.range_type(&schema, &name, &multirange, subtype);
            }
            CreateTypeKind::Shell | CreateTypeKind::Base { .. } => {
                let id = self
                    .catalog
                    .add_type_with_array(Type::new(schema, name, TypeKind::Base));
                self.fill(id, &new.kind);
            }
        }
        Ok(())
    }

    /// Gives a base type the properties that its definition names.
    fn fill(&mut self, id: TypeId, kind: &CreateTypeKind) {
        let CreateTypeKind::Base {
            category,
            preferred,
            ..
        } = kind
        else {
            return;
        };
        if let Some(made) = self.catalog.type_mut(id) {
            if let Some(category) = category.as_ref().and_then(|text| text.bytes().next()) {
                made.category = category;
            }
            made.preferred = *preferred;
        }
    }

    fn range_type(&mut self, schema: &str, name: &str, multirange: &str, subtype: TypeId) {
        let made = |name: &str, kind| Type {
            category: b'R',
            ..Type::new(schema.to_owned(), name.to_owned(), kind)
        };
        let many = self.catalog.add_type_with_array({
            made(
                multirange,
                TypeKind::Multirange {
                    range: oid::INVALID,
                },
            )
        });
        let range = self.catalog.add_type_with_array({
            made(
                name,
                TypeKind::Range {
                    subtype,
                    multirange: many,
                },
            )
        });
        if let Some(many) = self.catalog.type_mut(many) {
            many.kind = TypeKind::Multirange { range };
        }
        self.catalog.add_cast(
            range,
            many,
            Cast {
                context: CastContext::Explicit,
                volatility: ast::Volatility::Immutable,
                method: CastMethod::Function { strict: true },
            },
        );
        let array = self.catalog.array_of(range);
        for (name, parameters, returns, variadic) in [
            (name, vec![subtype, subtype], range, None),
            (name, vec![subtype, subtype, oid::TEXT], range, None),
            (multirange, Vec::new(), many, None),
            (multirange, vec![range], many, None),
            (multirange, array.into_iter().collect(), many, Some(range)),
        ] {
            let strict = returns == many;
            let function = Function {
                id: FunctionId(self.catalog.next_object()),
                schema: schema.to_owned(),
                name: name.to_owned(),
                kind: FunctionKind::Plain,
                parameters,
                out_parameters: Vec::new(),
                parameter_names: Vec::new(),
                defaults: 0,
                default_types: Vec::new(),
                variadic,
                returns,
                returns_set: false,
                outputs: Vec::new(),
                strict,
                volatility: ast::Volatility::Immutable,
                inlined: false,
                aggregate: None,
                makes: Makes::NOTHING,
                calls: Arc::default(),
                origin: None,
            };
            self.put_function(function);
        }
    }

    pub(super) fn put_function(&mut self, function: Function) {
        let schema = function.schema.clone();
        self.catalog
            .schema_mut(&schema)
            .functions
            .entry(function.name.clone())
            .or_default()
            .push(Arc::new(function));
    }

    pub(super) fn create_domain(&mut self, domain: &CreateDomain) -> Result<()> {
        let Some(schema) = self.new_type(&domain.name)? else {
            return Ok(());
        };
        let (base, modifier) = self.resolve(&domain.base)?;
        let of = self.catalog.type_(base).clone();
        let mut made = Domain {
            base,
            modifier,
            not_null: matches!(&of.kind, TypeKind::Domain(below) if below.not_null),
            has_default: false,
            constraints: Vec::new(),
        };
        super::constraint::check_places(&domain.constraints)?;
        for constraint in &domain.constraints {
            match &constraint.kind {
                ColumnConstraintKind::NotNull => made.not_null = true,
                ColumnConstraintKind::Default(default) => {
                    made.has_default = !super::column::is_null(&default.kind);
                }
                ColumnConstraintKind::Check(_) => {
                    made.constraints.push(constraint.name.as_ref().map_or_else(
                        || format!("{}_check", domain.name.name()),
                        |name| name.text.clone(),
                    ));
                }
                _ => {}
            }
        }
        let name = domain.name.name().to_owned();
        self.catalog.add_type_with_array(Type {
            category: of.category,
            collatable: of.collatable,
            origin: Some(self.origin(domain.name.span)),
            ..Type::new(schema, name, TypeKind::Domain(Box::new(made)))
        });
        Ok(())
    }

    pub(super) fn alter_domain(&mut self, alter: &AlterDomain) -> Result<()> {
        let Some(id) = self
            .catalog
            .type_named(alter.name.schema(), alter.name.name())
        else {
            return Err(missing(
                Code::UnknownType,
                "domain",
                alter.name.name(),
                alter.name.span,
            ));
        };
        if let Some(Type {
            kind: TypeKind::Domain(domain),
            ..
        }) = self.catalog.type_mut(id)
        {
            match &alter.action {
                AlterDomainAction::SetNotNull => domain.not_null = true,
                AlterDomainAction::DropNotNull => domain.not_null = false,
                AlterDomainAction::SetDefault(_) => domain.has_default = true,
                AlterDomainAction::DropDefault => domain.has_default = false,
                AlterDomainAction::AddConstraint {
                    name: Some(name), ..
                } => domain.constraints.push(name.text.clone()),
                AlterDomainAction::DropConstraint { name, .. } => {
                    domain.constraints.retain(|own| *own != name.text);
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn alter_type(&mut self, alter: &AlterType, span: Span) -> Result<()> {
        let name = ast::TypeName {
            name: alter.name.clone(),
            modifiers: Vec::new(),
            array_dimensions: 0,
            set_of: false,
            column_type: false,
            span: alter.name.span,
        };
        let (id, _) = analyze::resolve_type(self.catalog, &name)?;
        for action in &alter.actions {
            self.alter_type_action(id, action, span)?;
        }
        Ok(())
    }

    fn alter_type_action(
        &mut self,
        id: TypeId,
        action: &AlterTypeAction,
        span: Span,
    ) -> Result<()> {
        match action {
            AlterTypeAction::AddValue {
                label,
                if_not_exists,
                place,
            } => {
                let tolerant = self.tolerant;
                let Some(labels) = self.labels(id) else {
                    return Ok(());
                };
                if labels.contains(&label.text) {
                    if *if_not_exists || tolerant {
                        return Ok(());
                    }
                    return Err(exists("label", &label.text, label.span));
                }
                let position = match place {
                    None => labels.len(),
                    Some(LabelPlace::Before(other) | LabelPlace::After(other)) => {
                        let found = labels.iter().position(|own| *own == other.text);
                        let Some(found) = found else {
                            return Err(missing(
                                Code::UnknownObject,
                                "label",
                                &other.text,
                                other.span,
                            ));
                        };
                        found + usize::from(matches!(place, Some(LabelPlace::After(_))))
                    }
                };
                labels.insert(position, label.text.clone());
                Ok(())
            }
            AlterTypeAction::RenameValue { from, to } => {
                let Some(labels) = self.labels(id) else {
                    return Ok(());
                };
                let Some(label) = labels.iter_mut().find(|own| **own == from.text) else {
                    return Err(missing(Code::UnknownObject, "label", &from.text, from.span));
                };
                label.clone_from(&to.text);
                let of = self.catalog.type_(id);
                let (schema, name) = (of.schema.clone(), of.name.clone());
                self.remember(&schema, &name, Some(&from.text), Some(&to.text), span);
                Ok(())
            }
            AlterTypeAction::AddAttribute { name, type_name } => {
                let (type_id, modifier) = self.resolve(type_name)?;
                if let Some(relation) = self.catalog.relation_mut(id) {
                    relation
                        .attributes
                        .push(Attribute::new(&name.text, type_id, modifier));
                }
                Ok(())
            }
            AlterTypeAction::DropAttribute { name, .. } => {
                if let Some(relation) = self.catalog.relation_mut(id) {
                    relation
                        .attributes
                        .retain(|attribute| attribute.name != name.text);
                    let (schema, of) = (relation.schema.clone(), relation.name.clone());
                    self.remember(&schema, &of, Some(&name.text), None, span);
                }
                Ok(())
            }
            AlterTypeAction::SetAttributeType { name, type_name } => {
                let (type_id, modifier) = self.resolve(type_name)?;
                if let Some(attribute) = self.catalog.relation_mut(id).and_then(|relation| {
                    relation
                        .attributes
                        .iter_mut()
                        .find(|attribute| attribute.name == name.text)
                }) {
                    attribute.type_id = type_id;
                    attribute.modifier = modifier;
                }
                Ok(())
            }
            AlterTypeAction::Other => Ok(()),
        }
    }

    fn labels(&mut self, id: TypeId) -> Option<&mut Vec<String>> {
        match &mut self.catalog.type_mut(id)?.kind {
            TypeKind::Enum(labels) => Some(labels),
            _ => None,
        }
    }

    pub(super) fn create_operator(&mut self, new: &CreateOperator) -> Result<()> {
        let mut left = None;
        let mut right = None;
        let mut function = None;
        for option in &new.options {
            if let Some(DefinitionValue::Type(type_name)) = &option.value {
                match option.name.as_str() {
                    "leftarg" => left = Some(self.resolve(type_name)?.0),
                    "rightarg" => right = Some(self.resolve(type_name)?.0),
                    "function" | "procedure" => function = Some(type_name.name.clone()),
                    _ => {}
                }
            }
        }
        let (Some(right), Some(function)) = (right, function) else {
            return Err(Failure::error(
                Code::InvalidDefinition,
                new.span,
                "an operator needs a right operand and a function",
            ));
        };
        let operands = left.into_iter().chain([right]).collect::<Vec<_>>();
        let found = self
            .catalog
            .functions(function.schema(), function.name())
            .into_iter()
            .find(|(_, candidate)| candidate.parameters == operands);
        let Some((_, code)) = found else {
            return Err(missing(
                Code::UnknownFunction,
                "function for these operands called",
                function.name(),
                function.span,
            ));
        };
        let schema = match &new.schema {
            Some(schema) => schema.text.clone(),
            None => self
                .catalog
                .creation_schema()
                .unwrap_or("public")
                .to_owned(),
        };
        let operator = Operator {
            id: OperatorId(self.catalog.next_object()),
            schema,
            name: new.name.clone(),
            left,
            right,
            result: code.returns,
            strict: code.strict,
            volatility: steadiest(&code),
        };
        self.catalog.add_operator(operator);
        Ok(())
    }

    pub(super) fn create_cast(&mut self, new: &CreateCast) -> Result<()> {
        let (source, _) = analyze::resolve_type(self.catalog, &new.source)?;
        let (target, _) = analyze::resolve_type(self.catalog, &new.target)?;
        let cast = Cast {
            context: match new.context {
                ast::CastContext::Explicit => CastContext::Explicit,
                ast::CastContext::Assignment => CastContext::Assignment,
                ast::CastContext::Implicit => CastContext::Implicit,
            },
            method: match new.method {
                ast::CastMethod::Function => CastMethod::Function { strict: false },
                ast::CastMethod::Binary => CastMethod::Binary,
                ast::CastMethod::InOut => CastMethod::InOut,
            },
            // Which function it is is not kept.
            volatility: ast::Volatility::Immutable,
        };
        self.catalog.add_cast(source, target, cast);
        Ok(())
    }

    pub(super) fn create_extension(&mut self, new: &CreateExtension, span: Span) -> Result<()> {
        let schema = match &new.schema {
            Some(schema) => schema.text.clone(),
            None => self
                .catalog
                .creation_schema()
                .unwrap_or("public")
                .to_owned(),
        };
        match self.catalog.create_extension(&new.name.text, &schema) {
            ExtensionOutcome::Created => Ok(()),
            ExtensionOutcome::AlreadyThere if new.if_not_exists || self.tolerant => Ok(()),
            ExtensionOutcome::AlreadyThere => {
                Err(exists("extension", &new.name.text, new.name.span))
            }
            ExtensionOutcome::Unknown => Err(Box::new(Failure {
                code: Code::CannotReplay,
                ..*Failure::cannot_check(
                    span,
                    format!("what the extension `{}` brings is not known", new.name.text),
                )
                .help("declare what the queries need of it: `-- pgdbm:declare CREATE FUNCTION …`")
            })),
        }
    }
}

/// As the server makes it up: `range` becomes `multirange`, and without that `_multirange` follows.
fn multirange_name(range: &str) -> String {
    match range.find("range") {
        Some(position) => {
            let (before, after) = range.split_at(position);
            format!("{before}multi{after}")
        }
        None => format!("{range}_multirange"),
    }
}

/// What an operator promises: its function's calls may become what the body says.
fn steadiest(function: &Function) -> ast::Volatility {
    if function.inlined {
        ast::Volatility::Immutable
    } else {
        function.volatility
    }
}
