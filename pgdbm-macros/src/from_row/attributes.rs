//! The `#[pgdbm(…)]` attributes of `#[derive(FromRow)]`.

use pgdbm_template::nearest;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, Field, LitStr, Path, Token};

use crate::crate_path::CratePath;
use crate::letter_case::{LETTER_CASES, LetterCase};
use crate::report::Report;

/// What the attributes of the struct say.
pub(crate) struct StructAttributes {
    pub(crate) crate_path: CratePath,
    pub(crate) rename_all: Option<LetterCase>,
}

/// What the attributes of a field say; each with the path that says it.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) rename: Option<Rename>,
    pub(crate) default: Option<Path>,
    pub(crate) flatten: Option<Path>,
    pub(crate) skip: Option<Path>,
}

/// The attributes that `#[derive(Type)]` has beside its own here.
const OF_TYPE: [&str; 3] = ["name", "type_name", "transparent"];

/// `rename = "column"`.
pub(crate) struct Rename {
    path: Path,
    pub(crate) column: LitStr,
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
            } else if OF_TYPE.iter().any(|name| item.path.is_ident(name)) {
                // A struct may be a row and a type at once.
                if item.input.peek(Token![=]) {
                    item.value()?.parse::<Expr>()?;
                }
            } else {
                refuse_unknown(&item, Bearer::Struct, report)?;
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
                parsed.rename = Some(Rename::parse(&item, report)?);
            } else if item.path.is_ident("default") {
                parsed.default = Some(item.path);
            } else if item.path.is_ident("flatten") {
                parsed.flatten = Some(item.path);
            } else if item.path.is_ident("skip") {
                parsed.skip = Some(item.path);
            } else {
                refuse_unknown(&item, Bearer::Field, report)?;
            }
            Ok(())
        });
        parsed.refuse_contradictions(report);
        parsed
    }

    /// A field that is not read from one column has no column to rename and none that could be absent.
    fn refuse_contradictions(&self, report: &mut Report) {
        let (first, reason) = match (&self.skip, &self.flatten) {
            (Some(_), _) => ("skip", "a skipped field is read from no column"),
            (None, Some(_)) => ("flatten", "a flattened field is read from the whole row"),
            (None, None) => return,
        };
        let rename = self.rename.as_ref().map(|rename| &rename.path);
        let others = [
            self.flatten.as_ref().filter(|_| first != "flatten"),
            rename,
            self.default.as_ref(),
        ];
        for second in others.into_iter().flatten() {
            let name = second
                .get_ident()
                .map(ToString::to_string)
                .unwrap_or_default();
            report.at(
                second,
                format!("`{first}` and `{name}` contradict each other: {reason}\nhelp: remove one of them"),
            );
        }
    }
}

impl Rename {
    fn parse(item: &ParseNestedMeta<'_>, report: &mut Report) -> syn::Result<Self> {
        if !item.input.peek(Token![=]) {
            return Err(item.error(
                "`rename` needs the name of the column\nhelp: write `rename = \"column\"`",
            ));
        }
        let column: LitStr = item.value()?.parse()?;
        if column.value().is_empty() {
            report.at(
                &column,
                "a column name is not empty\nhelp: write the name of the column",
            );
        }
        Ok(Rename {
            path: item.path.clone(),
            column,
        })
    }
}

/// Calls `parse` for each item of each `#[pgdbm(…)]`; what it refuses is reported, and the next attribute goes on.
pub(crate) fn for_each_item(
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

/// What an attribute stands on.
#[derive(Clone, Copy)]
enum Bearer {
    Struct,
    Field,
}

impl Bearer {
    fn known(self) -> &'static [&'static str] {
        match self {
            Bearer::Struct => &["crate", "rename_all"],
            Bearer::Field => &["rename", "default", "flatten", "skip"],
        }
    }
}

fn refuse_unknown(
    item: &ParseNestedMeta<'_>,
    bearer: Bearer,
    report: &mut Report,
) -> syn::Result<()> {
    let name = item
        .path
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default();
    let name = name.as_str();
    let message = match bearer {
        Bearer::Struct if Bearer::Field.known().contains(&name) => {
            format!(
                "`{name}` is an attribute of a field, not of the struct\nhelp: write it above the field"
            )
        }
        Bearer::Field if Bearer::Struct.known().contains(&name) => {
            format!(
                "`{name}` is an attribute of the struct, not of a field\nhelp: write it above the struct"
            )
        }
        Bearer::Struct | Bearer::Field => {
            let help = match nearest(name, bearer.known().iter().copied()) {
                Some(near) => format!("write `{near}`"),
                None => format!("use one of {}", listed(bearer.known())),
            };
            format!("`FromRow` knows no attribute `{name}` here\nhelp: {help}")
        }
    };
    report.at(&item.path, message);
    // The value is read, so that the items behind it are looked at as well.
    if item.input.peek(Token![=]) {
        item.value()?.parse::<Expr>()?;
    }
    Ok(())
}

pub(crate) fn refuse_letter_case(name: &LitStr, report: &mut Report) {
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

pub(crate) fn listed(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
