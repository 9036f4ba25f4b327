//! Where the generated code finds pgdbm: `::pgdbm`, or the path given with `crate = path`.

use std::rc::Rc;

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Path, Token};

/// The path of the facade.
#[derive(Clone)]
pub(crate) struct CratePath(Option<Path>);

/// The path of the facade's module for generated code, which an expansion holds dozens of times: a list of tokens, because each
/// stream that goes into another is a call to the compiler.
#[derive(Clone)]
pub(crate) struct Private(Rc<[TokenTree]>);

impl Default for Private {
    fn default() -> Self {
        CratePath::default_facade().private()
    }
}

impl Private {
    /// The path of these names, from the outermost on.
    fn below(names: [&str; 2]) -> Self {
        let colons = [Spacing::Joint, Spacing::Alone].map(|spacing| Punct::new(':', spacing));
        let path = names.into_iter().flat_map(|name| {
            let [first, second] = colons.clone();
            let name = Ident::new(name, Span::call_site());
            [
                TokenTree::Punct(first),
                TokenTree::Punct(second),
                TokenTree::Ident(name),
            ]
        });
        Private(path.collect())
    }

    /// Whether it begins with `::`, so that no name of the caller's can come between.
    pub(crate) fn is_absolute(&self) -> bool {
        matches!(self.0.first(), Some(TokenTree::Punct(_)))
    }

    /// Whether the type is the facade's of this name, by its path.
    pub(crate) fn is_path_of(&self, ty: &syn::Type, name: &str) -> bool {
        let written = |tokens: String| tokens.replace(' ', "");
        let private = written(self.to_token_stream().to_string());
        let wanted = private.replace("__private", name);
        let path = written(ty.to_token_stream().to_string());
        path.trim_start_matches("::") == wanted.trim_start_matches("::")
    }
}

impl ToTokens for Private {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().cloned());
    }
}

impl CratePath {
    /// `::pgdbm`, whatever else the caller calls `pgdbm`.
    pub(crate) fn default_facade() -> Self {
        CratePath(None)
    }

    /// Parses `crate = path`.
    pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![crate]>()?;
        Self::parse_value(input)
    }

    /// Parses the ` = path` after a `crate` that was read already.
    pub(crate) fn parse_value(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![=]>()?;
        Ok(CratePath(Some(input.call(Path::parse_mod_style)?)))
    }

    /// Whether `crate = path` comes next, and not an expression such as `crate::QUERY`.
    pub(crate) fn comes_next(input: ParseStream<'_>) -> bool {
        input.peek(Token![crate]) && input.peek2(Token![=])
    }

    /// The same path as it is seen from a module so many levels further within. One that begins with a name is that of a
    /// crate there.
    pub(crate) fn seen_from_within(&self, levels: usize) -> Self {
        let CratePath(Some(path)) = self else {
            return CratePath(None);
        };
        let first = path.segments.first().map(|first| first.ident.to_string());
        let up = match (path.leading_colon, first.as_deref()) {
            (None, Some("self" | "super")) => vec![quote!(super); levels],
            _ => return self.clone(),
        };
        let rest = path
            .segments
            .iter()
            .skip_while(|segment| segment.ident == "self");
        let parsed = syn::parse2(quote!(#(#up::)* #(#rest)::*));
        CratePath(Some(parsed.unwrap_or_else(|_| path.clone())))
    }

    /// The module of the facade that serves generated code.
    pub(crate) fn private(&self) -> Private {
        let Some(path) = &self.0 else {
            return Private::below(["pgdbm", "__private"]);
        };
        Private(quote!(#path::__private).into_iter().collect())
    }

    /// The module of the facade for the types of columns.
    pub(crate) fn types(&self) -> TokenStream {
        match &self.0 {
            Some(path) => quote!(#path::types),
            None => quote!(::pgdbm::types),
        }
    }

    /// The path of a public item of the facade, for messages.
    pub(crate) fn public(&self, name: &str) -> String {
        match &self.0 {
            Some(path) => format!(
                "{}::{name}",
                path.to_token_stream().to_string().replace(' ', "")
            ),
            None => format!("pgdbm::{name}"),
        }
    }
}
