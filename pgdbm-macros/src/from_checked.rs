//! `query_as!(User as FromRow, "…")`: a struct with the attributes of its derive, from a checked query.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;
use syn::visit::Visit;

use crate::crate_path::Private;
use crate::from_row::checked::hash;
use crate::markers::Markers;
use crate::record::row_name;
use crate::spelled::Spelled;

/// A column as the struct's derive asks for it.
pub(crate) struct CheckedColumn<'c> {
    pub(crate) name: &'c str,
    /// The type that names it in messages of the compiler.
    pub(crate) marker: Ident,
    /// What is known of its type.
    pub(crate) known: Known,
}

pub(crate) enum Known {
    /// A marker of the PostgreSQL type, and whether it may be NULL.
    Sql(Spelled, bool),
    /// The type of Rust that it is read as, NULL included.
    Declared(TokenStream),
    /// What the field says.
    Field,
}

/// The mapper: a closure, because the struct may hold parameters of the function around it.
pub(crate) fn mapper(
    target: &Type,
    columns: &[CheckedColumn<'_>],
    private: &Private,
) -> TokenStream {
    let span = target.span();
    let mut markers = Markers::default();
    let implementations = columns.iter().enumerate().map(|(index, column)| {
        let (hash, marker) = (hash(column.name), markers.add(column.marker.clone()));
        let (sql, shown, kind) = match &column.known {
            Known::Sql(sql, nullable) => {
                let kind = if *nullable { "Empty" } else { "Filled" };
                let shown = quote!(<#sql as #private::types::sql::SqlType>::Owned);
                (sql.to_token_stream(), shown, kind)
            }
            Known::Declared(ty) => (ty.clone(), ty.clone(), "Declared"),
            Known::Field => (quote!(()), quote!(()), "Foreign"),
        };
        let kind = format_ident!("{kind}");
        quote! {
            impl<C> #private::HasColumn<C, #hash> for __PgdbmColumns {
                type Sql = #sql;
                type Shown = #shown;
                type Kind = #private::#kind;
                const INDEX: #private::usize = #index;
            }
            impl #private::HasPosition<#index> for __PgdbmColumns {
                type Sql = #sql;
                type Shown = #shown;
                type Kind = #private::#kind;
                type Name = #marker;
            }
        }
    });
    let implementations: TokenStream = implementations.collect();
    let shown = quote!(#target).to_string().replace(' ', "");
    let names: Vec<_> = columns.iter().map(|column| column.name).collect();
    let surplus = names.iter().enumerate().map(|(index, name)| {
        let message = format!(
            "the column `{name}` is read by no field of `{shown}`\nhelp: leave it out of the query, or add a field for it"
        );
        quote_spanned!(span=> ::core::assert!(#private::is_read(CHECKED.read, #name, #index), #message);)
    });
    let columns = quote! {
        struct __PgdbmColumns;
        #markers
        impl #private::Columns for __PgdbmColumns {
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names),*];
        }
        #implementations
    };
    let row = row_name(Span::call_site());
    let result = quote!(#private::Result<#target, #private::Error>);
    let checked = quote_spanned!(span=> #private::checked::<__PgdbmColumns, #target>());
    if may_hold_parameters(target) {
        // Constants know nothing of the parameters of the function around them: what no field reads is not seen.
        return quote!({
            #columns
            |#row: #private::Row| -> #result { (#checked.make)(&#row) }
        });
    }
    // One constant demands things of the struct, so that what it lacks is said once.
    quote!({
        #columns
        const CHECKED: #private::Checked<#target> = #checked;
        const _: () = { #(#surplus)* };
        |#row: #private::Row| -> #result { (CHECKED.make)(&#row) }
    })
}

/// Whether the type may hold parameters of what stands around the query: `Page<T>`, `Self`, `Self::Row`.
pub(crate) fn may_hold_parameters(target: &Type) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            let first = path.segments.first();
            self.0 |= first.is_some_and(|first| first.ident == "Self");
            syn::visit::visit_path(self, path);
        }

        fn visit_angle_bracketed_generic_arguments(
            &mut self,
            _: &'ast syn::AngleBracketedGenericArguments,
        ) {
            self.0 = true;
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(target);
    finder.0
}
