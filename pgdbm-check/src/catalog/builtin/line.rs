//! One line of a data file.

use std::sync::Arc;

use super::{
    Attribute, Cast, Function, FunctionId, FunctionKind, Major, Operator, OperatorId, Subscripting,
    Type, TypeId, TypeKind,
};
use crate::catalog::{
    Aggregate, AggregateKind, CastContext, CastMethod, Domain, Makes, OperatorClass, oid,
};
use crate::syntax::ast::Volatility;

/// The fields of a line, without the majors it is for.
#[derive(Clone, Debug)]
pub(in crate::catalog) struct Line<'a> {
    fields: Vec<&'a str>,
}

impl<'a> Line<'a> {
    /// The line, if it is for this major.
    pub(in crate::catalog) fn of(text: &'a str, major: Major) -> Option<Self> {
        let (text, majors) = text.rsplit_once('\t')?;
        let wanted = major.number();
        let meant = majors.is_empty()
            || majors.split(' ').any(|range| {
                range.split_once('-').is_some_and(|(first, last)| {
                    first.parse().is_ok_and(|first: u16| first <= wanted)
                        && last.parse().is_ok_and(|last: u16| wanted <= last)
                })
            });
        meant.then(|| Self {
            fields: text.split('\t').collect(),
        })
    }

    /// Without its first field.
    pub(in crate::catalog) fn rest(mut self) -> Self {
        if !self.fields.is_empty() {
            self.fields.remove(0);
        }
        self
    }

    pub(in crate::catalog) fn field(&self, index: usize) -> &'a str {
        self.fields.get(index).copied().unwrap_or_default()
    }

    /// What a type's line says besides its kind.
    pub(in crate::catalog) fn describe_type(
        &self,
        made: &mut Type,
        named: impl Fn(&str) -> TypeId,
    ) {
        let optional = |name: &str| (!name.is_empty()).then(|| named(name));
        made.category = self.field(3).bytes().next().unwrap_or(b'U');
        made.preferred = !self.field(4).is_empty();
        made.element = optional(self.field(5));
        made.array = optional(self.field(6));
        made.subscripting = match self.field(7) {
            "a" => Subscripting::Array,
            "f" => Subscripting::Fixed,
            "j" => Subscripting::Jsonb,
            "h" => Subscripting::Hstore,
            _ => Subscripting::None,
        };
        made.collatable = !self.field(8).is_empty();
        made.modifiers = !self.field(9).is_empty();
        made.input_depends = self.field(11).contains('i');
        made.output_depends = self.field(11).contains('o');
    }

    /// `name:type~modifier!`, separated by spaces, in the fourth field.
    pub(in crate::catalog) fn attributes(&self, named: impl Fn(&str) -> TypeId) -> Vec<Attribute> {
        self.field(3)
            .split(' ')
            .filter_map(|column| {
                let (name, rest) = column.split_once(':')?;
                let (rest, not_null) = match rest.strip_suffix('!') {
                    Some(rest) => (rest, true),
                    None => (rest, false),
                };
                let (type_name, modifier) = match rest.split_once('~') {
                    Some((type_name, modifier)) => (type_name, modifier.parse().unwrap_or(-1)),
                    None => (rest, -1),
                };
                let mut attribute = Attribute::new(name, named(type_name), modifier);
                attribute.not_null = not_null;
                Some(attribute)
            })
            .collect()
    }

    pub(in crate::catalog) fn function(
        &self,
        id: FunctionId,
        schema: &str,
        name: &str,
        named: impl Fn(&str) -> TypeId,
    ) -> Function {
        Function {
            id,
            schema: schema.to_owned(),
            name: name.to_owned(),
            kind: match self.field(1) {
                "a" => FunctionKind::Aggregate,
                "w" => FunctionKind::Window,
                "p" => FunctionKind::Procedure,
                _ => FunctionKind::Plain,
            },
            parameters: names(self.field(2)).map(&named).collect(),
            out_parameters: Vec::new(),
            parameter_names: match self.field(3) {
                "" => Vec::new(),
                names => names.split(',').map(str::to_owned).collect(),
            },
            defaults: self.field(4).parse().unwrap_or_default(),
            default_types: Vec::new(),
            variadic: (!self.field(5).is_empty()).then(|| named(self.field(5))),
            returns: named(self.field(6)),
            returns_set: !self.field(7).is_empty(),
            outputs: names(self.field(8))
                .filter_map(|output| output.split_once(':'))
                .map(|(name, type_name)| (name.to_owned(), named(type_name)))
                .collect(),
            strict: !self.field(9).is_empty(),
            volatility: volatility(self.field(11)),
            inlined: false,
            aggregate: aggregate(self.field(10)),
            makes: Makes::NOTHING,
            calls: Arc::default(),
            origin: None,
        }
    }

    pub(in crate::catalog) fn class(
        &self,
        schema: &str,
        named: impl Fn(&str) -> TypeId,
    ) -> OperatorClass {
        OperatorClass {
            schema: schema.to_owned(),
            name: self.field(2).to_owned(),
            method: self.field(0).to_owned(),
            input: named(self.field(1)),
            default: !self.field(3).is_empty(),
            extension: None,
        }
    }

    pub(in crate::catalog) fn operator(
        &self,
        id: OperatorId,
        schema: &str,
        named: impl Fn(&str) -> TypeId,
    ) -> Operator {
        Operator {
            id,
            schema: schema.to_owned(),
            name: self.field(0).to_owned(),
            left: (!self.field(1).is_empty()).then(|| named(self.field(1))),
            right: named(self.field(2)),
            result: named(self.field(3)),
            strict: !self.field(5).is_empty(),
            volatility: volatility(self.field(6)),
        }
    }
}

/// How a function is marked that is not IMMUTABLE.
pub(in crate::catalog) fn volatility(field: &str) -> Volatility {
    match field {
        "" => Volatility::Immutable,
        "s" => Volatility::Stable,
        _ => Volatility::Volatile,
    }
}

/// Names separated by spaces.
pub(in crate::catalog) fn names(field: &str) -> impl Iterator<Item = &str> {
    field.split(' ').filter(|name| !name.is_empty())
}

pub(in crate::catalog) fn aggregate(field: &str) -> Option<Aggregate> {
    let kind = match field.bytes().next()? {
        b'o' => AggregateKind::OrderedSet,
        b'h' => AggregateKind::Hypothetical,
        _ => AggregateKind::Normal,
    };
    Some(Aggregate {
        kind,
        direct: field.get(1..)?.parse().ok()?,
    })
}

pub(in crate::catalog) fn cast(context: &str, method: &str, marked: &str) -> Option<Cast> {
    Some(Cast {
        volatility: volatility(marked),
        context: match context {
            "i" => CastContext::Implicit,
            "a" => CastContext::Assignment,
            "e" => CastContext::Explicit,
            _ => return None,
        },
        method: match method {
            "F" => CastMethod::Function { strict: true },
            "f" => CastMethod::Function { strict: false },
            "b" => CastMethod::Binary,
            _ => CastMethod::InOut,
        },
    })
}

/// The kind of a type, from the third field and the eleventh.
pub(in crate::catalog) fn type_kind(line: &Line<'_>, named: impl Fn(&str) -> TypeId) -> TypeKind {
    let mut extra = names(line.field(10));
    let mut next = || extra.next().map_or(oid::INVALID, &named);
    match line.field(2) {
        "c" => TypeKind::Composite,
        "e" => TypeKind::Enum(Vec::new()),
        "p" => TypeKind::Pseudo,
        "r" => TypeKind::Range {
            subtype: next(),
            multirange: next(),
        },
        "m" => TypeKind::Multirange { range: next() },
        "d" => {
            let base = next();
            let modifier = extra
                .next()
                .and_then(|text| text.parse().ok())
                .unwrap_or(-1);
            TypeKind::Domain(Box::new(Domain {
                base,
                modifier,
                not_null: extra.next().is_some(),
                has_default: false,
                constraints: Vec::new(),
            }))
        }
        _ => TypeKind::Base,
    }
}
