//! The `#[pgdbm(…)]` attributes of `#[derive(Type)]`.

use pgdbm_template::nearest;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, LitStr, Path, Token};

use crate::crate_path::CratePath;
use crate::from_row::attributes::{for_each_item, listed, refuse_letter_case};
use crate::letter_case::LetterCase;
use crate::report::Report;

/// What the attributes of the type say; each with the tokens that say it.
pub(super) struct TypeAttributes {
    pub(super) crate_path: CratePath,
    pub(super) transparent: Option<Path>,
    pub(super) name: Option<LitStr>,
    pub(super) rename_all: Option<(LitStr, LetterCase)>,
}

/// The keys of a type and of what is in it.
const OF_TYPE: [&str; 4] = ["transparent", "name", "rename_all", "crate"];
const OF_PART: [&str; 1] = ["rename"];

impl TypeAttributes {
    pub(super) fn parse(attributes: &[Attribute], report: &mut Report) -> Self {
        let mut parsed = TypeAttributes {
            crate_path: CratePath::default_facade(),
            transparent: None,
            name: None,
            rename_all: None,
        };
        for_each_item(attributes, report, |item, report| {
            if item.path.is_ident("crate") {
                parsed.crate_path = CratePath::parse_value(item.input)?;
            } else if item.path.is_ident("transparent") {
                parsed.transparent = Some(item.path);
            } else if item.path.is_ident("name") || item.path.is_ident("type_name") {
                let name = text(&item, "the name of the type", "order_status")?;
                if name.value().is_empty() {
                    report.at(
                        &name,
                        "the name of a type is not empty\nhelp: write its name in the database",
                    );
                }
                parsed.name = Some(name);
            } else if item.path.is_ident("rename_all") {
                let name = text(&item, "a way to write names", "snake_case")?;
                match LetterCase::from_name(&name.value()) {
                    Some(case) => parsed.rename_all = Some((name, case)),
                    None => refuse_letter_case(&name, report),
                }
            } else {
                refuse_unknown(&item, &OF_TYPE, report)?;
            }
            Ok(())
        });
        parsed
    }
}

/// The name that `#[pgdbm(rename = "…")]` gives to a variant or a field.
pub(super) fn rename(attributes: &[Attribute], report: &mut Report) -> Option<LitStr> {
    let mut rename = None;
    for_each_item(attributes, report, |item, report| {
        if item.path.is_ident("rename") {
            let name = text(&item, "a name", "in_transit")?;
            if name.value().is_empty() {
                report.at(
                    &name,
                    "a name is not empty\nhelp: write the name that it has in the database",
                );
            }
            rename = Some(name);
        } else {
            refuse_unknown(&item, &OF_PART, report)?;
        }
        Ok(())
    });
    rename
}

fn text(item: &ParseNestedMeta<'_>, what: &str, example: &str) -> syn::Result<LitStr> {
    let name = item.path.get_ident().map(ToString::to_string);
    let name = name.unwrap_or_default();
    let missing = format!("`{name}` needs {what}\nhelp: write `{name} = \"{example}\"`");
    if !item.input.peek(Token![=]) {
        return Err(item.error(missing));
    }
    let value = item.value()?;
    if value.peek(LitStr) {
        value.parse()
    } else {
        Err(value.error(missing))
    }
}

fn refuse_unknown(
    item: &ParseNestedMeta<'_>,
    known: &[&'static str],
    report: &mut Report,
) -> syn::Result<()> {
    let name = item.path.get_ident().map(ToString::to_string);
    let name = name.unwrap_or_default();
    let is_of_part = OF_PART.contains(&name.as_str());
    let message = if name == "no_pg_array" {
        "`no_pg_array` is not needed: arrays of a type need nothing of it\nhelp: remove it"
            .to_owned()
    } else if is_of_part {
        format!(
            "`{name}` stands on a variant or a field, not on the type\nhelp: write it there; the name of the type is `name = \"…\"`"
        )
    } else if OF_TYPE.contains(&name.as_str()) {
        format!("`{name}` stands on the type, not on a part of it\nhelp: write it above the type")
    } else if ["flatten", "skip", "default"].contains(&name.as_str()) {
        format!(
            "`{name}` is of `FromRow`: a composite type has an attribute for each field\nhelp: remove it"
        )
    } else {
        let help = match nearest(&name, known.iter().copied()) {
            Some(near) => format!("write `{near}`"),
            None if known.len() == 1 => format!("use {}", listed(known)),
            None => format!("use one of {}", listed(known)),
        };
        format!("`Type` knows no attribute `{name}` here\nhelp: {help}")
    };
    report.at(&item.path, message);
    // The value is read, so that the items behind it are looked at as well.
    if item.input.peek(Token![=]) {
        item.value()?.parse::<Expr>()?;
    }
    Ok(())
}
