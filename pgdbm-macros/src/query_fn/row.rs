//! What a row of a function's query becomes: the type, and the code that makes a value of it.

use pgdbm_template::{Code, Diagnostic};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Type};

use crate::checked::Checked;
use crate::column_name::ColumnName;
use crate::crate_path::Private;
use crate::query_fn::function::{Body, Function};
use crate::query_fn::output::{RowType, Rows, shown, shown_short};
use crate::query_fn::record::{Declared, Record};
use crate::record::{RowCode, row_name};
use crate::report::Report;

/// The type of a row, and the mapper into it.
pub(crate) struct RowOf {
    pub(crate) ty: TokenStream,
    pub(crate) mapper: TokenStream,
}

/// Finds what the rows of a checked query become.
pub(crate) struct RowFinder<'f> {
    pub(crate) function: &'f Function,
    pub(crate) body: &'f Body,
    pub(crate) checked: &'f Checked,
    pub(crate) private: &'f Private,
}

impl RowFinder<'_> {
    /// The row, or what is wrong with the form that was asked for; a record is declared.
    pub(crate) fn find(&self, records: &mut Vec<Record>, report: &mut Report) -> Option<RowOf> {
        let private = self.private;
        let columns = &self.checked.columns;
        let nothing = || RowOf {
            ty: quote!(()),
            mapper: quote!(#private::nothing),
        };
        let row = match &self.function.output.rows {
            Rows::Ignored => return Some(nothing()),
            Rows::Counted => {
                if columns.is_empty() {
                    return Some(nothing());
                }
                self.refuse(
                    Code::ColumnCount,
                    "`u64` is the number of rows that a statement changes, and this one gives rows",
                    "write what a row becomes, or leave out RETURNING; to count rows, `SELECT count(*)` and `-> i64`",
                    report,
                );
                return None;
            }
            rows => rows.row()?,
        };
        if matches!(row, RowType::Unknown) {
            return None;
        }
        if columns.is_empty() {
            self.refuse(
                Code::ColumnCount,
                "this statement gives no rows",
                "add RETURNING; or write `-> u64` for the number of rows that it changes, or nothing",
                report,
            );
            return None;
        }
        match row {
            RowType::Record(name) if !self.is_the_columns(name) => {
                let code = self.code();
                let fields = code.fields(report)?;
                let (values, names, variables) = (&fields.values, &fields.names, &fields.variables);
                let row = row_name(Span::call_site());
                let mapper = quote! {
                    |#row: #private::Row| {
                        let #values = #private::values(&#row)?;
                        #private::Ok(#name { #(#names: #variables),* })
                    }
                };
                let cfgs = self.function.attributes.iter();
                let cfgs: Vec<Attribute> = cfgs
                    .filter(|attribute| attribute.path().is_ident("cfg"))
                    .cloned()
                    .collect();
                let declared = Declared {
                    name: name.clone(),
                    fields,
                    attributes: self.function.record_attributes.clone(),
                    visibility: self.function.visibility.clone(),
                    cfgs,
                    function: self.function.ident.clone(),
                    spot: self.function.output.spot.clone(),
                };
                Record::declare(records, declared, report).then(|| RowOf {
                    ty: quote!(#name),
                    mapper,
                })
            }
            RowType::Record(name) => self.value(&syn::parse_quote!(#name), report),
            RowType::Inferred => {
                self.only_column("`_` is the value of the only column", report)?;
                let (ty, mapper) = self.code().value_of_the_column(report)?;
                Some(RowOf { ty, mapper })
            }
            RowType::Unknown => None,
            RowType::Existing(ty) if self.function.output.as_from_row => {
                let mapper = self.code().by_derive(ty, report)?;
                Some(RowOf {
                    ty: quote!(#ty),
                    mapper,
                })
            }
            RowType::Existing(ty) => {
                let is_value = columns.len() == 1 && !matches!(**ty, Type::Tuple(_));
                if is_value {
                    return self.value(ty, report);
                }
                if is_plain_value(ty) {
                    self.only_column(
                        &format!("`{}` is the value of one column", shown(ty)),
                        report,
                    )?;
                }
                let mapper = self.code().mapped(ty, report)?;
                Some(RowOf {
                    ty: quote!(#ty),
                    mapper,
                })
            }
        }
    }

    /// The value of the only column as a type that is there.
    fn value(&self, ty: &Type, report: &mut Report) -> Option<RowOf> {
        let [column] = self.checked.columns.as_slice() else {
            return None;
        };
        let name = ColumnName::parse(&column.name).ok();
        let overridden = name.as_ref().and_then(|name| name.nullable);
        let nullable = overridden.unwrap_or(column.nullable != Some(false));
        let shown_name = name.map_or_else(|| column.name.clone(), |name| name.name);
        if is_plain_value(ty) {
            if nullable {
                let of_row = match self.function.output.rows {
                    Rows::Optional(_) => ": this `Option` says whether there is a row",
                    _ => "",
                };
                let wanted = match self.function.output.rows {
                    Rows::Optional(_) => format!("Option<Option<{}>>", shown(ty)),
                    Rows::All(_) => format!("Vec<Option<{}>>", shown(ty)),
                    Rows::Stream(_) => format!("Stream<Option<{}>>", shown(ty)),
                    _ => "_".to_owned(),
                };
                self.refuse(
                    Code::NullValue,
                    &format!("the column `{shown_name}` may be NULL, and `{}` takes none{of_row}", shown(ty)),
                    &format!("write `-> {wanted}`; or, if you know that it is never NULL, `AS \"{shown_name}!\"` in the SQL"),
                    report,
                );
                return None;
            }
            // Types of crates may be had in several ways, which the compiler knows.
            if let Some(owned) = self.own_type_of_the_column()
                && owned != shown(ty)
                && (is_plain_name(&owned) || owned.starts_with("Vec<"))
            {
                self.refuse(
                    Code::TypeMismatch,
                    &format!(
                        "the column `{shown_name}` is `{}`: it is read as `{owned}`, and this is `{}`",
                        column.type_name.as_deref().unwrap_or("unknown"),
                        shown(ty)
                    ),
                    &format!("write `-> {}`", self.function.output.rows.shown_around(&owned)),
                    report,
                );
                return None;
            }
        }
        let mapper = self.code().mapped_value(ty, report)?;
        Some(RowOf {
            ty: quote!(#ty),
            mapper,
        })
    }

    /// Whether a name is that of the only column's own type, such as `Uuid`: then no record is meant.
    fn is_the_columns(&self, name: &proc_macro2::Ident) -> bool {
        self.checked.columns.len() == 1
            && self
                .own_type_of_the_column()
                .is_some_and(|owned| name == &owned)
    }

    /// How that type is written.
    fn own_type_of_the_column(&self) -> Option<String> {
        self.code().type_of_the_column().map(shown_short)
    }

    fn only_column(&self, what: &str, report: &mut Report) -> Option<()> {
        let columns = &self.checked.columns;
        let Some(second) = columns.get(1) else {
            return Some(());
        };
        let mistake = Diagnostic::error(
            Code::ColumnCount,
            format!("{what}, and this query has {}", columns.len()),
            second.start,
            second.end,
            "",
        );
        let help = "leave out the others, or write what a row becomes: `-> Option<Name>`";
        self.body.sql.report(&mistake.with_help(help), report);
        None
    }

    fn code(&self) -> RowCode<'_> {
        RowCode {
            private: self.private,
            checked: self.checked,
            sql: &self.body.sql,
        }
    }

    fn refuse(&self, code: Code, message: &str, help: &str, report: &mut Report) {
        self.function
            .output
            .spot
            .report(code, message, help, report);
    }
}

/// Whether this is a type of the language, or `String`: one word in lower case, which no struct has.
fn is_plain_value(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    let name = path.path.get_ident();
    name.is_some_and(|name| is_plain_name(&name.to_string()))
}

fn is_plain_name(name: &str) -> bool {
    let is_lower = name.starts_with(|first: char| first.is_ascii_lowercase());
    name == "String" || (is_lower && name.chars().all(char::is_alphanumeric))
}
