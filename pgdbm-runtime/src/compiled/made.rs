//! A type that the migrations make, as the program was compiled with it, held against the server's.
//!
//! Values are read and written by labels and names of attributes, so a type that is not the same is an error with the first value that
//! shows it. [`verify`](crate::verify) asks before.

use tokio_postgres::types::{Field, Kind, Type};

use super::CompiledType;

/// What an enum or a struct of Rust was made from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CompiledMade {
    /// Labels, in their order.
    Enum(Vec<&'static str>),
    /// Attributes of a composite type, which is sent whole.
    Composite(Vec<CompiledAttribute>),
    /// Columns of a table or a view, whose rows are read.
    Row(Vec<CompiledAttribute>),
    /// What a domain is about, as the server describes a value of it.
    Domain(&'static str, CompiledType),
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CompiledAttribute {
    name: &'static str,
    ty: CompiledType,
}

impl CompiledMade {
    /// What begins with this part of a description, if a type does: `{` an enum, `(` a composite type, `[` the rows of a relation, `<` a domain.
    pub(crate) fn begin(part: &str) -> Option<Self> {
        match part {
            "{" => Some(CompiledMade::Enum(Vec::new())),
            "(" => Some(CompiledMade::Composite(Vec::new())),
            "[" => Some(CompiledMade::Row(Vec::new())),
            "<" => Some(CompiledMade::Domain("", CompiledType::Any)),
            _ => None,
        }
    }

    pub(crate) fn label(&mut self, label: &'static str) {
        if let CompiledMade::Enum(labels) = self {
            labels.push(label);
        }
    }

    pub(crate) fn attribute(&mut self, name: &'static str, ty: CompiledType) {
        match self {
            CompiledMade::Composite(attributes) | CompiledMade::Row(attributes) => {
                attributes.push(CompiledAttribute { name, ty });
            }
            CompiledMade::Domain(..) => *self = CompiledMade::Domain(name, ty),
            CompiledMade::Enum(_) => {}
        }
    }

    /// What is not the same, each a sentence.
    pub(crate) fn differences(&self, found: &Type, schema: &str) -> Vec<String> {
        let name = found.name();
        match (self, found.kind()) {
            (CompiledMade::Enum(labels), Kind::Enum(there)) => {
                different_labels(name, labels, there)
            }
            (CompiledMade::Composite(attributes), Kind::Composite(there)) => {
                let mut differences = different_attributes("attribute", found, attributes, there);
                let known =
                    |field: &&Field| attributes.iter().any(|known| known.name == field.name());
                differences.extend(there.iter().filter(|field| !known(field)).map(|field| {
                    let new = field.name();
                    format!(
                        "`{name}` has the attribute `{new}` on the server, and had none {COMPILED}"
                    )
                }));
                differences
            }
            (CompiledMade::Row(columns), Kind::Composite(there)) => {
                different_attributes("column", found, columns, there)
            }
            (CompiledMade::Domain(_, ty), _) if ty.is(found, schema) => Vec::new(),
            (CompiledMade::Domain(domain, ty), _) => vec![format!(
                "the domain `{domain}` is about `{}` on the server, and was about `{}` {COMPILED}",
                ty.found(found),
                ty.shown_beside(found, schema)
            )],
            (CompiledMade::Enum(_), _) => vec![format!(
                "`{name}` is no enum on the server, and was one {COMPILED}"
            )],
            _ => vec![format!(
                "`{name}` has no attributes on the server, and had some {COMPILED}"
            )],
        }
    }
}

const COMPILED: &str = "when the program was compiled";

fn different_labels(name: &str, labels: &[&str], there: &[String]) -> Vec<String> {
    let gone = labels
        .iter()
        .filter(|label| !there.iter().any(|known| known == *label));
    let gone = gone.map(|label| {
        format!("`{name}` has no label `{label}` on the server, and had it {COMPILED}")
    });
    let new = there
        .iter()
        .filter(|label| !labels.contains(&label.as_str()));
    let new = new.map(|label| {
        format!("`{name}` has the label `{label}` on the server, and had none {COMPILED}")
    });
    gone.chain(new).collect()
}

fn different_attributes(
    noun: &str,
    of: &Type,
    attributes: &[CompiledAttribute],
    there: &[Field],
) -> Vec<String> {
    let mut differences = Vec::new();
    let home = of.name();
    for CompiledAttribute { name, ty } in attributes {
        match there.iter().find(|field| field.name() == *name) {
            None => differences.push(format!(
                "`{home}` has no {noun} `{name}` on the server, and had one {COMPILED}"
            )),
            Some(field) if !ty.is(field.type_(), of.schema()) => differences.push(format!(
                "the {noun} `{name}` of `{home}` is `{}` on the server, and was `{}` {COMPILED}",
                ty.found(field.type_()),
                ty.shown_beside(field.type_(), of.schema()),
            )),
            Some(_) => {}
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use tokio_postgres::types::{Field, Kind, Type};

    use super::CompiledMade;
    use super::CompiledType;

    fn server(name: &str, kind: Kind) -> Type {
        Type::new(name.to_owned(), 70_000, kind, "shop".to_owned())
    }

    #[test]
    fn labels_that_went_and_came_are_named_and_their_order_is_the_servers() {
        let mut mood = CompiledMade::Enum(Vec::new());
        mood.label("sad");
        mood.label("happy");
        let there = |labels: &[&str]| {
            let labels = labels.iter().map(|label| (*label).to_owned());
            server("mood", Kind::Enum(labels.collect()))
        };
        assert!(
            mood.differences(&there(&["happy", "sad"]), "shop")
                .is_empty()
        );
        assert_eq!(
            mood.differences(&there(&["happy", "elated"]), "shop"),
            [
                "`mood` has no label `sad` on the server, and had it when the program was compiled",
                "`mood` has the label `elated` on the server, and had none when the program was compiled",
            ]
        );
        assert_eq!(
            mood.differences(&server("mood", Kind::Composite(Vec::new())), "shop"),
            ["`mood` is no enum on the server, and was one when the program was compiled"]
        );
    }

    #[test]
    fn a_composite_type_must_be_whole_and_a_row_may_have_more() {
        let there = server(
            "address",
            Kind::Composite(vec![
                Field::new("street".to_owned(), Type::INT4),
                Field::new("since".to_owned(), Type::DATE),
            ]),
        );
        let mut address = CompiledMade::Composite(Vec::new());
        let mut row = CompiledMade::Row(Vec::new());
        for made in [&mut address, &mut row] {
            made.attribute("street", CompiledType::Builtin(25));
            made.attribute("zip", CompiledType::Any);
        }
        let of_both = [
            "`address` is `int4` on the server, and was `text` when the program was compiled",
            "`address` has no",
        ];
        let said = address.differences(&there, "shop");
        assert!(
            said[0].contains(of_both[0]) && said[1].starts_with(of_both[1]),
            "{said:?}"
        );
        assert_eq!(
            said[2..],
            [
                "`address` has the attribute `since` on the server, and had none when the program was compiled"
            ]
        );
        assert_eq!(row.differences(&there, "shop").len(), 2);
        assert!(row.differences(&there, "shop")[0].starts_with("the column `street` of"));
    }
}
