//! The code that a query macro becomes.

use std::path::PathBuf;

use pgdbm_template::{Effects, Segment, SegmentKind, Template};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Index, Type};

use crate::binding::{Binding, Value};
use crate::invocation::Rows;
use crate::report::Report;

/// The runtime binds tuples of up to so many values to a query that waits for them.
pub(crate) const TUPLE_LENGTH: usize = 32;

/// The parameters of the closure that lists the arguments. Patterns may be constants and unit structs of the caller,
/// whatever the hygiene, so these are names that nobody has.
const TUPLE: &str = "__pgdbm_tuple";
const LIST: &str = "__pgdbm_list";

/// What an expansion needs to know besides its SQL and its arguments.
pub(crate) struct Expansion {
    /// The path of the facade's module for generated code.
    pub(crate) private: TokenStream,
    pub(crate) rows: Rows,
    /// The type of `query_as!`; nothing if it could not be parsed.
    pub(crate) target: Option<Type>,
}

/// The SQL of the call site.
pub(crate) struct Site<'s> {
    pub(crate) template: &'s Template<'s>,
    pub(crate) file: Option<&'s PathBuf>,
}

impl Expansion {
    /// The query, or the mistakes and a query of the same type that has no SQL.
    pub(crate) fn of(&self, site: &Site<'_>, binding: &Binding, report: Report) -> TokenStream {
        let watched = site.file.map(|path| watch(path));
        let site_static = if report.is_clean() {
            self.site(site.template)
        } else {
            self.failed_site()
        };
        self.query(
            &quote!({ #watched #site_static &__PGDBM_QUERY }),
            binding,
            report,
        )
    }

    /// The mistakes of a call whose SQL is not known, and a query without SQL.
    pub(crate) fn without_sql(&self, binding: &Binding, report: Report) -> TokenStream {
        let site_static = self.failed_site();
        self.query(&quote!({ #site_static &__PGDBM_QUERY }), binding, report)
    }

    fn query(&self, site: &TokenStream, binding: &Binding, report: Report) -> TokenStream {
        let private = &self.private;
        let mapper = self.mapper();
        let query = match binding {
            Binding::Bound(values) => {
                let output = self.output();
                let (arguments, lister) = (self.arguments(values), self.lister(values));
                quote!(#private::Query::<_, #output>::__new(#site, #arguments, #lister, #mapper))
            }
            Binding::Unbound(count) => {
                let output = self.output();
                quote!(#private::UnboundQuery::<#count, #output>::__new(#site, #mapper))
            }
        };
        if report.is_clean() {
            return query;
        }
        let mistakes = report.into_compile_errors();
        quote!({ #mistakes #query })
    }

    fn output(&self) -> TokenStream {
        let private = &self.private;
        match (self.rows, &self.target) {
            (Rows::Mapped, Some(target)) => quote!(#target),
            (Rows::Row, _) | (Rows::Mapped, None) => quote!(#private::Row),
            (Rows::Scalar, _) => quote!(_),
        }
    }

    fn mapper(&self) -> TokenStream {
        let private = &self.private;
        match (self.rows, &self.target) {
            // At the type itself, so that "this type is not FromRow" is said there.
            (Rows::Mapped, Some(target)) => {
                quote_spanned!(target.span()=> #private::from_row::<#target>)
            }
            (Rows::Row, _) | (Rows::Mapped, None) => quote!(#private::row),
            (Rows::Scalar, _) => quote!(#private::scalar),
        }
    }

    fn site(&self, template: &Template<'_>) -> TokenStream {
        let segments = template
            .segments()
            .iter()
            .map(|segment| self.segment(segment));
        self.site_static(
            template.source(),
            segments,
            template.parameters().count(),
            template.effects(),
        )
    }

    fn failed_site(&self) -> TokenStream {
        self.site_static("", std::iter::empty(), 0, Effects::default())
    }

    fn site_static(
        &self,
        source: &str,
        segments: impl Iterator<Item = TokenStream>,
        parameters: usize,
        effects: Effects,
    ) -> TokenStream {
        let private = &self.private;
        let Effects {
            changes_session,
            controls_transaction,
            ..
        } = effects;
        quote! {
            static __PGDBM_QUERY: #private::QuerySite = #private::QuerySite {
                location: #private::Location {
                    file: ::core::file!(),
                    line: ::core::line!(),
                    column: ::core::column!(),
                },
                source: #source,
                segments: &[#(#segments),*],
                parameters: #parameters,
                changes_session: #changes_session,
                controls_transaction: #controls_transaction,
            };
        }
    }

    fn segment(&self, segment: &Segment<'_>) -> TokenStream {
        let private = &self.private;
        let text = |text: &str| quote!(#private::Cow::Borrowed(#text));
        let kind = match &segment.kind {
            SegmentKind::Text(verbatim) => {
                let verbatim = text(verbatim);
                quote!(Text(#verbatim))
            }
            SegmentKind::Replaced(replacement) => {
                let replacement = text(replacement);
                quote!(Replaced(#replacement))
            }
            SegmentKind::Schema => quote!(Schema),
            SegmentKind::BareSchema => quote!(BareSchema),
            SegmentKind::Qualified(name) => {
                let name = text(name);
                quote!(Qualified(#name))
            }
        };
        let (start, end) = (segment.source_start, segment.source_end);
        quote! {
            #private::Segment { source_start: #start, source_end: #end, kind: #private::SegmentKind::#kind }
        }
    }

    /// The values, as one tuple: in the order in which the call has them, so that they are evaluated in it.
    fn arguments(&self, values: &[Value]) -> TokenStream {
        let values = in_call_order(values)
            .into_iter()
            .map(|position| match &values[position] {
                Value::Given(expression, _) => quote!(#expression),
                Value::Captured(variable) => quote!(&#variable),
            });
        quote!((#(#values,)*))
    }

    /// How to list the values of that tuple. Each is mentioned at its own place, so that one of a wrong type is reported
    /// there, and only there: nothing else in the expansion demands anything of it.
    fn lister(&self, values: &[Value]) -> TokenStream {
        let private = &self.private;
        if values.is_empty() {
            return quote!(#private::no_arguments);
        }
        // Names that nothing of the caller's can meet, placed where an error is to be shown.
        let name = |name: &str, place: Span| Ident::new(name, Span::mixed_site().located_at(place));
        let here = Span::mixed_site();
        let (tuple, list) = (name(TUPLE, here), name(LIST, here));
        let order = in_call_order(values);
        let pushes = values.iter().enumerate().map(|(parameter, value)| {
            let position = order.iter().position(|&other| other == parameter);
            let position = position.unwrap_or(parameter);
            let span = match value {
                Value::Given(expression, _) => expression.span(),
                Value::Captured(variable) => variable.span(),
            };
            let tuple = name(TUPLE, span);
            let position = Index {
                span,
                ..Index::from(position)
            };
            let value = quote_spanned!(span=> #private::argument(&#tuple.#position));
            quote!(#list.push(#value);)
        });
        quote!(|#tuple, #list| { #(#pushes)* })
    }
}

/// The positions of the values in the order of the call; what is captured comes last.
fn in_call_order(values: &[Value]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|&position| match &values[position] {
        Value::Given(_, place) => *place,
        Value::Captured(_) => usize::MAX,
    });
    order
}

/// Makes the compiler read the file, so that a change of it compiles the query again.
fn watch(path: &std::path::Path) -> TokenStream {
    let path = Literal::string(&path.to_string_lossy());
    quote!(
        const _: &::core::primitive::str = ::core::include_str!(#path);
    )
}
