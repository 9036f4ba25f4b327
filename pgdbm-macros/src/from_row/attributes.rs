//! The `#[pgdbm(…)]` attributes of `#[derive(FromRow)]`.

use pgdbm_template::nearest;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, Field, LitStr, Token};

use crate::crate_path::CratePath;
use crate::letter_case::{LETTER_CASES, LetterCase};
use crate::report::Report;

/// What the attributes of the struct say.
pub(crate) struct StructAttributes {
    pub(crate) crate_path: CratePath,
    pub(crate) rename_all: Option<LetterCase>,
}

/// What the attributes of a field say.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) rename: Option<LitStr>,
    pub(crate) default: bool,
    pub(crate) flatten: bool,
    pub(crate) skip: bool,
}

impl StructAttributes {
    pub(crate) fn parse(attributes: &[Attribute], report: &mut Report) -> Self {
        let mut parsed = StructAttributes {
            crate_path: CratePath::default_facade(),
            rename_all: None,
        };
        for_each_item(attributes, report, |item, report| {
            if item.path.is_ident("crate") {
                parsed.crate_path = CratePath::parse_value(item.input)?;
            } else if item.path.is_ident("rename_all") {
                let name: LitStr = item.value()?.parse()?;
                parsed.rename_all = LetterCase::from_name(&name.value());
                if parsed.rename_all.is_none() {
                    refuse_letter_case(&name, report);
                }
            } else {
                refuse_unknown(
                    &item,
                    "a struct",
                    &["crate", "rename_all"],
                    &["rename", "default", "flatten", "skip"],
                    report,
                )?;
            }
            Ok(())
        });
        parsed
    }
}

impl FieldAttributes {
    pub(crate) fn parse(field: &Field, report: &mut Report) -> Self {
        let mut parsed = FieldAttributes::default();
        for_each_item(&field.attrs, report, |item, report| {
            if item.path.is_ident("rename") {
                let name: LitStr = item.value()?.parse()?;
                if name.value().is_empty() {
                    report.at(
                        &name,
                        "a column name is not empty\nhelp: write the name of the column",
                    );
                }
                parsed.rename = Some(name);
            } else if item.path.is_ident("default") {
                parsed.default = true;
            } else if item.path.is_ident("flatten") {
                parsed.flatten = true;
            } else if item.path.is_ident("skip") {
                parsed.skip = true;
            } else {
                refuse_unknown(
                    &item,
                    "a field",
                    &["rename", "default", "flatten", "skip"],
                    &["crate", "rename_all"],
                    report,
                )?;
            }
            Ok(())
        });
        parsed.refuse_contradictions(field, report);
        parsed
    }

    /// A field that is not read from one column has no column to rename and none that could be absent.
    fn refuse_contradictions(&self, field: &Field, report: &mut Report) {
        let present = [
            ("skip", self.skip),
            ("flatten", self.flatten),
            ("rename", self.rename.is_some()),
            ("default", self.default),
        ];
        let mut names = present
            .iter()
            .filter(|(_, given)| *given)
            .map(|(name, _)| *name);
        let (Some(first), Some(second)) = (names.next(), names.next()) else {
            return;
        };
        let reason = match first {
            "skip" => "a skipped field is read from no column",
            "flatten" => "a flattened field is read from the whole row",
            // `rename` and `default` go together.
            _ => return,
        };
        let attribute = field
            .attrs
            .iter()
            .find(|attribute| attribute.path().is_ident("pgdbm"));
        report.at(
            attribute,
            format!(
                "`{first}` and `{second}` contradict each other: {reason}\nhelp: remove one of them"
            ),
        );
    }
}

/// Calls `parse` for each item of each `#[pgdbm(…)]`; what it refuses is reported, and the next attribute goes on.
fn for_each_item(
    attributes: &[Attribute],
    report: &mut Report,
    mut parse: impl FnMut(ParseNestedMeta<'_>, &mut Report) -> syn::Result<()>,
) {
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("pgdbm"))
    {
        if let Err(error) = attribute.parse_nested_meta(|item| parse(item, report)) {
            report.add(error);
        }
    }
}

fn refuse_unknown(
    item: &ParseNestedMeta<'_>,
    place: &str,
    known: &[&str],
    elsewhere: &[&str],
    report: &mut Report,
) -> syn::Result<()> {
    let name = item
        .path
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default();
    let message = match nearest(&name, known.iter().copied()) {
        _ if elsewhere.contains(&name.as_str()) => {
            let other = if place == "a struct" {
                "a field"
            } else {
                "the struct"
            };
            format!("`{name}` is an attribute of {other}, not of {place}\nhelp: move it there")
        }
        Some(near) => format!("{place} has no attribute `{name}`\nhelp: write `{near}`"),
        None => format!(
            "{place} has no attribute `{name}`\nhelp: use one of {}",
            listed(known)
        ),
    };
    report.at(&item.path, message);
    // The value is read, so that the items behind it are looked at as well.
    if item.input.peek(Token![=]) {
        item.value()?.parse::<Expr>()?;
    }
    Ok(())
}

fn refuse_letter_case(name: &LitStr, report: &mut Report) {
    let known = LETTER_CASES.map(|(known, _)| known);
    let help = match nearest(&name.value(), known) {
        Some(near) => format!("write `{near}`"),
        None => format!("use one of {}", listed(&known)),
    };
    report.at(
        name,
        format!("`{}` is no way to write names\nhelp: {help}", name.value()),
    );
}

fn listed(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
