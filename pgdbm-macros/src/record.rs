//! The code that makes a value of a row: a record with typed fields, a struct of the caller's, a single value.

use std::collections::HashSet;

use pgdbm_check::Column;
use pgdbm_template::{Code, Diagnostic};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{PathArguments, Type};

use crate::checked::Checked;
use crate::column_name::{AsType, ColumnName};
use crate::crate_path::Private;
use crate::expansion::joined;
use crate::from_checked::{self, CheckedColumn, Known, may_hold_parameters};
use crate::markers::Markers;
use crate::plain_type;
use crate::report::Report;
use crate::rust_type::RustType;
use crate::spelled::Spelled;
use crate::sql_source::{SqlSource, variable};

/// Makes the mappers of one query.
pub(crate) struct RowCode<'c> {
    pub(crate) private: &'c Private,
    pub(crate) checked: &'c Checked,
    pub(crate) sql: &'c SqlSource,
}

/// The fields of a record.
pub(crate) struct Fields {
    /// Their names in one text, a comma between them.
    pub(crate) shown: String,
    pub(crate) names: Vec<Ident>,
    pub(crate) types: Vec<Spelled>,
    /// Which types are the caller's: they may have less than others.
    pub(crate) is_foreign: Vec<bool>,
    /// What the columns' values are called until they are fields. A field's name may be that of a constant of the caller's, which a
    /// pattern would compare with.
    pub(crate) variables: Vec<Ident>,
    /// Those as a pattern for the values.
    pub(crate) values: TokenTree,
    /// A sentence for each, where they are documented.
    pub(crate) documentation: Vec<String>,
}

impl Fields {
    /// The fields as text, to compare them.
    pub(crate) fn written(&self) -> String {
        let (names, types) = (&self.names, &self.types);
        quote!(#(#names: #types),*).to_string()
    }
}

/// A column that a value is made of.
struct Read<'c> {
    index: usize,
    column: &'c Column,
    name: ColumnName,
}

/// The type of a column's value.
struct Value {
    ty: Spelled,
    /// It is one of the caller's.
    is_foreign: bool,
    /// The driver does not know it: it is read as this PostgreSQL type.
    only_as: Option<Spelled>,
}

impl RowCode<'_> {
    /// The mapper into a record of its own: an expression.
    pub(crate) fn record(&self, report: &mut Report) -> Option<TokenStream> {
        let private = self.private;
        if self.checked.columns.is_empty() {
            return Some(quote!(#private::nothing));
        }
        let Fields {
            shown,
            names,
            types,
            is_foreign,
            variables,
            values,
            ..
        } = self.fields_of(&self.columns(report)?, report)?;
        // A type of the caller's may have less than the types that are known here: then it is a parameter of the record, which has
        // what its parameters have.
        let mut parameters = Vec::new();
        let record = is_foreign
            .contains(&true)
            .then(|| record_name(&types, &is_foreign));
        let fields = types.into_iter().zip(is_foreign).map(|(ty, is_foreign)| {
            if !is_foreign {
                return ty;
            }
            let parameter = format_ident!("F{}", parameters.len());
            parameters.push(quote!(#parameter: #ty));
            quote!(#parameter).into()
        });
        let fields: Vec<Spelled> = fields.collect();
        let parameters = (!parameters.is_empty()).then(|| quote!([#record #(#parameters),*]));
        Some(
            quote!(#private::record! { #parameters #shown #values { #(pub #names: #fields),* } #(#names #variables)* }),
        )
    }

    /// The fields of a record: one for each column.
    pub(crate) fn fields(&self, report: &mut Report) -> Option<Fields> {
        let columns = self.columns(report)?;
        let fields = self.fields_of(&columns, report)?;
        Some(Fields {
            documentation: columns.iter().map(Read::documentation).collect(),
            ..fields
        })
    }

    /// The same without a word about them.
    fn fields_of(&self, columns: &[Read<'_>], report: &mut Report) -> Option<Fields> {
        let private = self.private;
        let names = self.field_names(columns, report);
        let mut values = Vec::new();
        for read in columns {
            values.push(self.value(read, report)?);
        }
        let names = names?;
        let variables = (0..names.len()).map(|index| format_ident!("__pgdbm_{index}"));
        let variables: Vec<_> = variables.collect();
        let patterns = if values.iter().all(|value| value.only_as.is_none()) {
            joined(&variables, private)
        } else {
            let patterns = variables.iter().zip(&values);
            let patterns = patterns.map(|(variable, value)| match &value.only_as {
                Some(sql) => quote!(#private::Read::<#sql, _>(#variable, _)),
                None => quote!(#variable),
            });
            joined(&patterns.collect::<Vec<_>>(), private)
        };
        let shown: Vec<_> = columns.iter().map(|read| read.name.name.as_str()).collect();
        Some(Fields {
            shown: shown.join(","),
            values: patterns,
            is_foreign: values.iter().map(|value| value.is_foreign).collect(),
            types: values.into_iter().map(|value| value.ty).collect(),
            documentation: Vec::new(),
            variables,
            names,
        })
    }

    /// The type of the only column's value, and the mapper into it.
    pub(crate) fn value_of_the_column(
        &self,
        report: &mut Report,
    ) -> Option<(TokenStream, TokenStream)> {
        let columns = self.columns(report)?;
        let value = self.value(columns.first()?, report)?;
        let mapper = self.value_mapper(&value);
        Some((value.ty.into_token_stream(), mapper))
    }

    /// The mapper of the only column into a type of the caller's.
    pub(crate) fn mapped_value(&self, target: &Type, report: &mut Report) -> Option<TokenStream> {
        let private = self.private;
        let columns = self.columns(report)?;
        let row = row_name(target.span());
        let read = self.reading(columns.first()?, target.span(), Markers::path);
        let markers = markers(&columns);
        Some(quote! {
            |#row: #private::Row| -> #private::Result<#target, #private::Error> {
                #markers
                #read
            }
        })
    }

    /// The mapper into the value of the only column: an expression.
    pub(crate) fn scalar(&self, report: &mut Report) -> Option<TokenStream> {
        let columns = self.columns(report)?;
        let [only] = columns.as_slice() else {
            let (start, end) = columns.get(1).map_or((0, self.sql.text().len()), |second| {
                (second.column.start, second.column.end)
            });
            let message = match columns.len() {
                0 => "`query_scalar!` reads one column, and this statement has none".to_owned(),
                many => format!("`query_scalar!` reads one column, and this query has {many}"),
            };
            let help = match columns.len() {
                0 => "use `query!`, or add RETURNING",
                _ => "leave out the others, or use `query!`",
            };
            let mistake = Diagnostic::error(Code::ColumnCount, message, start, end, "");
            self.sql.report(&mistake.with_help(help), report);
            return None;
        };
        // What the value is used as says what it is.
        if matches!(only.name.as_type, Some(AsType::Inferred)) {
            let (private, ty) = (self.private, self.wrapped(only, quote!(_).into()));
            let row = row_name(Span::call_site());
            return Some(quote! {
                |#row: #private::Row| #private::override_field::<#ty>(&#row, 0)
            });
        }
        let value = self.value(only, report)?;
        Some(self.value_mapper(&value))
    }

    /// The mapper into the value of the first column: an expression.
    fn value_mapper(&self, Value { ty, only_as, .. }: &Value) -> TokenStream {
        let private = self.private;
        let read = match only_as {
            Some(sql) => quote!(#private::column::<#sql, #ty>),
            None => quote!(#private::override_field::<#ty>),
        };
        let row = row_name(Span::call_site());
        quote!(|#row: #private::Row| #read(&#row, 0))
    }

    /// The mapper into a type of the caller's: an expression.
    pub(crate) fn mapped(&self, target: &Type, report: &mut Report) -> Option<TokenStream> {
        let private = self.private;
        let columns = self.columns(report)?;
        let span = target.span();
        let row = row_name(span);
        let path = match target {
            Type::Tuple(tuple) => {
                if tuple.elems.len() != columns.len() {
                    report.at(
                        target,
                        format!(
                            "this tuple has {}, and the query has {} [column-count]",
                            counted(tuple.elems.len(), "element"),
                            counted(columns.len(), "column")
                        ),
                    );
                    return None;
                }
                let values = columns
                    .iter()
                    .map(|read| self.field(read, span, Markers::path));
                let value = quote_spanned!(span=> (#(#values,)*));
                return Some(self.closure(target, &columns, &value));
            }
            Type::Path(path) => path,
            _ => {
                report.at(
                    target,
                    "a row becomes a struct or a tuple\nhelp: name a struct with a field for each column, or use `query!`",
                );
                return None;
            }
        };
        let names = self.field_names(&columns, report)?;
        let names = names.into_iter().map(|mut name| {
            name.set_span(span);
            name
        });
        let literal = with_turbofish(path.clone());
        if may_hold_parameters(target) || !self.may_stand_in_a_function(path, &columns) {
            let values = columns
                .iter()
                .map(|read| self.field(read, span, Markers::path));
            let value = quote_spanned!(span=> #literal { #(#names: #values,)* });
            return Some(self.closure(target, &columns, &value));
        }
        // The columns are parameters of a function: the compiler's messages show those by their bare names.
        let values = columns
            .iter()
            .map(|read| self.field(read, span, |marker| quote!(#marker)));
        let value = quote_spanned!(span=> #literal { #(#names: #values,)* });
        let markers = columns
            .iter()
            .filter(|read| self.is_marked(read))
            .map(Read::marker);
        let markers: Vec<_> = markers.collect();
        let given = markers.iter().map(|_| quote!(()));
        // A lifetime that the type leaves out is that of the second argument, the only one.
        Some(quote!({
            #[allow(non_camel_case_types, elided_lifetimes_in_paths, mismatched_lifetime_syntaxes)]
            fn __pgdbm_read<#(#markers),*>(#row: #private::Row, _: &'static ()) -> #private::Result<#target, #private::Error> {
                #private::Ok(#value)
            }
            |#row: #private::Row| __pgdbm_read::<#(#given),*>(#row, &())
        }))
    }

    /// A mapper that may name parameters of the function around it.
    fn closure(&self, target: &Type, columns: &[Read<'_>], value: &TokenStream) -> TokenStream {
        let private = self.private;
        let row = row_name(target.span());
        let markers = markers(columns);
        quote! {
            |#row: #private::Row| -> #private::Result<#target, #private::Error> {
                #markers
                #private::Ok(#value)
            }
        }
    }

    /// Whether nothing that reads the columns is named by the caller: that may be called as a column is, or hold parameters of the
    /// function around the query.
    fn may_stand_in_a_function(&self, target: &syn::TypePath, columns: &[Read<'_>]) -> bool {
        let first = target.path.segments.first();
        let is_called_so =
            |read: &Read<'_>| first.is_some_and(|first| first.ident == read.marker());
        self.private.is_absolute()
            && target.qself.is_none()
            && !columns.iter().any(is_called_so)
            && columns.iter().all(|read| match &read.name.as_type {
                Some(AsType::Named(_)) => false,
                Some(AsType::Inferred) => true,
                None => !matches!(
                    self.known(read).ok().and_then(|known| known.sql),
                    Some(sql) if !sql.is_known()
                ),
            })
    }

    /// Whether what reads the column names it.
    fn is_marked(&self, read: &Read<'_>) -> bool {
        match &read.name.as_type {
            Some(AsType::Named(_)) => true,
            Some(AsType::Inferred) => false,
            None => self.known(read).is_ok_and(|known| known.sql.is_some()),
        }
    }

    /// The mapper into a type of the caller's whose derive says which columns its fields read: an expression.
    pub(crate) fn by_derive(&self, target: &Type, report: &mut Report) -> Option<TokenStream> {
        let columns = self.columns(report)?;
        self.refuse_duplicates(&columns, report)?;
        let columns = columns.iter().map(|read| CheckedColumn {
            name: &read.name.name,
            marker: read.marker(),
            known: match &read.name.as_type {
                Some(AsType::Named(named)) => {
                    let private = self.private;
                    Known::Declared(match read.nullable() {
                        true => quote!(#private::Option<#named>),
                        false => quote!(#named),
                    })
                }
                Some(AsType::Inferred) => Known::Field,
                None => match self.known(read).ok().and_then(|known| known.sql) {
                    Some(sql) => Known::Sql(sql, read.nullable()),
                    None => Known::Field,
                },
            },
        });
        let columns: Vec<_> = columns.collect();
        Some(from_checked::mapper(target, &columns, self.private))
    }

    /// The type that the only column is read as, where the SQL names none.
    pub(crate) fn type_of_the_column(&self) -> Option<TokenStream> {
        let [column] = self.checked.columns.as_slice() else {
            return None;
        };
        if ColumnName::parse(&column.name).ok()?.as_type.is_some() {
            return None;
        }
        let overrides = &self.checked.migrated.overrides;
        if let Some(wanted) = overrides.of_column(column) {
            return Some(quote!(#wanted));
        }
        let mapping = self.checked.mapping(self.private);
        let known = mapping.of(column.sql_type.as_ref()?).ok()?;
        Some(known.owned.into_token_stream())
    }

    /// The columns with their names taken apart.
    fn columns(&self, report: &mut Report) -> Option<Vec<Read<'_>>> {
        let columns = self.checked.columns.iter().enumerate();
        let read = columns.map(|(index, column)| match ColumnName::parse(&column.name) {
            Ok(mut name) => {
                let said = if name.as_type.is_none() {
                    let wanted = self.checked.migrated.overrides.of_column(column);
                    name.as_type = wanted.map(|wanted| AsType::Named(Box::new(wanted)));
                    "Cargo.toml"
                } else {
                    "the query"
                };
                self.refuse_unfit(column, &name, said, report)?;
                Some(Read {
                    index,
                    column,
                    name,
                })
            }
            Err(written) => {
                self.report(
                    column,
                    Code::InvalidOverride,
                    format!("`{written}` is no type of Rust"),
                    "behind the colon of a column's name stands the type to read it as: `AS \"id: UserId\"`",
                    report,
                );
                None
            }
        });
        // Each is looked at, so that every mistake is reported.
        let read: Vec<_> = read.collect();
        read.into_iter().collect()
    }

    /// A type that the query or Cargo.toml names must not be one that never reads the column.
    fn refuse_unfit(
        &self,
        column: &Column,
        name: &ColumnName,
        said: &str,
        report: &mut Report,
    ) -> Option<()> {
        let types = column.sql_type.as_ref().zip(column.type_name.as_ref());
        let Some((sql_type, type_name)) = types else {
            return Some(());
        };
        let of_type;
        let wanted = match &name.as_type {
            Some(AsType::Named(wanted)) => wanted.as_ref(),
            Some(AsType::Inferred) => return Some(()),
            None => match self.checked.migrated.overrides.of_type(sql_type) {
                Some(wanted) => {
                    of_type = wanted;
                    &of_type
                }
                None => return Some(()),
            },
        };
        let Some(remedy) = plain_type::remedy(wanted, sql_type) else {
            return Some(());
        };
        self.report(
            column,
            Code::InvalidOverride,
            format!(
                "`{}`, which {said} names for the column `{}`, never reads its type `{type_name}`",
                quote!(#wanted).to_string().replace(' ', ""),
                name.name
            ),
            &remedy,
            report,
        );
        None
    }

    /// Two columns cannot have one name, where columns are told by their names.
    fn refuse_duplicates(&self, columns: &[Read<'_>], report: &mut Report) -> Option<()> {
        let mut seen = HashSet::new();
        let mut unique = true;
        for read in columns {
            if !seen.insert(read.name.name.as_str()) {
                self.report_duplicate(read, report);
                unique = false;
            }
        }
        unique.then_some(())
    }

    fn report_duplicate(&self, read: &Read<'_>, report: &mut Report) {
        self.report(
            read.column,
            Code::DuplicateColumn,
            format!(
                "two columns are called `{}`, and fields have names of their own",
                read.name.name
            ),
            "give one of them another name: `… AS other_name`",
            report,
        );
    }

    /// The fields' names; two columns cannot have one.
    fn field_names(&self, columns: &[Read<'_>], report: &mut Report) -> Option<Vec<Ident>> {
        let mut seen = HashSet::new();
        let mut names = Vec::new();
        for read in columns {
            let name = read.name.name.as_str();
            let Some(ident) = variable(name, Span::call_site()).filter(|_| name != "self") else {
                let message = if name.is_empty() || name == "?column?" {
                    "this column has no name, and a field needs one".to_owned()
                } else {
                    format!("the column `{name}` cannot be a field: Rust has no such name")
                };
                self.report(
                    read.column,
                    Code::UnnamedColumn,
                    message,
                    "give it a name: `… AS name`",
                    report,
                );
                continue;
            };
            if !seen.insert(name) {
                self.report_duplicate(read, report);
                continue;
            }
            names.push(ident);
        }
        (names.len() == columns.len()).then_some(names)
    }

    /// The type of a column's value, where nothing but the query says what it is.
    fn value(&self, read: &Read<'_>, report: &mut Report) -> Option<Value> {
        match &read.name.as_type {
            Some(AsType::Named(named)) => Some(Value {
                ty: self.wrapped(read, quote!(#named).into()),
                is_foreign: true,
                only_as: None,
            }),
            Some(AsType::Inferred) => {
                self.report(
                    read.column,
                    Code::InvalidOverride,
                    "`_` takes the type of a field, and there is none yet".to_owned(),
                    "name the type, or use `query_as!`",
                    report,
                );
                None
            }
            None => match self.known(read) {
                Ok(known) => Some(Value {
                    ty: self.wrapped(read, known.owned),
                    is_foreign: known.is_foreign,
                    only_as: known.sql.filter(|_| known.is_own),
                }),
                Err(help) => {
                    let name = read.column.type_name.as_deref().unwrap_or("unknown");
                    self.report(
                        read.column,
                        Code::UnmappedType,
                        format!("no type of Rust is known for a column of the type `{name}`"),
                        &help,
                        report,
                    );
                    None
                }
            },
        }
    }

    /// The type, or an `Option` of it where the column may be NULL.
    fn wrapped(&self, read: &Read<'_>, ty: Spelled) -> Spelled {
        if read.nullable() {
            Spelled::of(self.private, "Option", ty)
        } else {
            ty
        }
    }

    /// The value of a column for a field of the caller's.
    fn field(
        &self,
        read: &Read<'_>,
        span: Span,
        marker: impl Fn(&Ident) -> TokenStream,
    ) -> TokenStream {
        let read = self.reading(read, span, marker);
        quote_spanned!(span=> #read?)
    }

    /// The expression that reads a column into a field of the caller's, whose type the compiler finds: a `Result`.
    fn reading(
        &self,
        read: &Read<'_>,
        span: Span,
        marker: impl Fn(&Ident) -> TokenStream,
    ) -> TokenStream {
        let private = self.private;
        let index = read.index;
        let row = row_name(span);
        let known = match &read.name.as_type {
            Some(AsType::Named(named)) => {
                let ty = match read.nullable() {
                    true => quote!(#private::Option<#named>),
                    false => quote!(#named),
                };
                let marker = marker(&read.marker());
                return quote_spanned!(span=> #private::named_field::<#ty, #marker, _>(&#row, #index));
            }
            Some(AsType::Inferred) => None,
            None => self.known(read).ok(),
        };
        let Some(sql) = known.and_then(|known| known.sql) else {
            return quote_spanned!(span=> #private::override_field::<_>(&#row, #index));
        };
        let marker = marker(&read.marker());
        if read.nullable() {
            quote_spanned!(span=> #private::nullable_field::<#sql, #marker, _>(&#row, #index))
        } else {
            quote_spanned!(span=> #private::field::<#sql, #marker, _>(&#row, #index))
        }
    }

    /// The type of Rust for a column, or what to do without one.
    fn known(&self, read: &Read<'_>) -> Result<RustType, String> {
        let mapping = self.checked.mapping(self.private);
        match &read.column.sql_type {
            Some(ty) => mapping.of(ty).map_err(|unmapped| unmapped.help),
            None => Err("cast it to a type: `::text`".to_owned()),
        }
    }

    fn report(
        &self,
        column: &Column,
        code: Code,
        message: String,
        help: &str,
        report: &mut Report,
    ) {
        let mistake = Diagnostic::error(code, message, column.start, column.end, "");
        self.sql.report(&mistake.with_help(help), report);
    }
}

impl Read<'_> {
    /// What the column is, for the documentation of its field.
    fn documentation(&self) -> String {
        let ty = self.column.type_name.as_deref().unwrap_or("unknown");
        let null = if self.nullable() { ", may be NULL" } else { "" };
        match &self.column.origin {
            Some(origin) => {
                let (relation, column) = (&origin.relation, &origin.column);
                format!(" `{relation}.{column}`: `{ty}`{null}.")
            }
            None => format!(" `{ty}`{null}."),
        }
    }

    fn nullable(&self) -> bool {
        // A function that returns nothing may send that as NULL or as nothing.
        let ty = self.column.sql_type.as_ref();
        let is_void = ty.is_some_and(|ty| ty.name == "void");
        self.name
            .nullable
            .unwrap_or(self.column.nullable != Some(false) && !is_void)
    }

    /// The type that names the column in messages of the compiler.
    fn marker(&self) -> Ident {
        let name = &self.name.name;
        let is_plain = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        match syn::parse_str::<Ident>(name) {
            Ok(ident) if is_plain => ident,
            _ => format_ident!("column_{}", self.index + 1),
        }
    }
}

/// A type for each column, so that the compiler's messages name the column.
fn markers(columns: &[Read<'_>]) -> Markers {
    let mut markers = Markers::default();
    for read in columns {
        markers.add(read.marker());
    }
    markers
}

/// The row within a mapper, mentioned at this place: a name that nothing of the caller's can meet, see `expansion::TUPLE`.
pub(crate) fn row_name(place: Span) -> Ident {
    Ident::new("__pgdbm_row", Span::mixed_site().located_at(place))
}

/// The name of a record, which is shown in messages: no type of the caller's that stands beside it is to be taken for it.
fn record_name(types: &[Spelled], is_foreign: &[bool]) -> Ident {
    let foreign = types
        .iter()
        .zip(is_foreign)
        .filter(|(_, is_foreign)| **is_foreign);
    let foreign: Vec<TokenStream> = foreign.map(|(ty, _)| ty.to_token_stream()).collect();
    let is_free = |name: &&str| !foreign.iter().any(|tokens| names(tokens.clone(), name));
    let free = ["Record", "QueryRecord"].into_iter().find(is_free);
    format_ident!("{}", free.unwrap_or("__PgdbmRecord"))
}

/// Whether a word is among the tokens.
fn names(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => names(group.stream(), word),
        _ => false,
    })
}

/// `User<i32>` as it is written before the fields: `User::<i32>`.
fn with_turbofish(mut path: syn::TypePath) -> syn::TypePath {
    for segment in &mut path.path.segments {
        if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
            arguments.colon2_token.get_or_insert_default();
        }
    }
    path
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
