//! What stands between the parentheses of `#[test(…)]`.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, LitBool, LitInt, LitStr, Token, Type, TypePath, parenthesized};

use super::items::{Item, Vocabulary};
use super::timeout;
use crate::crate_path::CratePath;
use crate::report::Report;
use crate::schema_rule;

/// The parsed attribute.
pub(super) struct Options {
    pub(super) crate_path: CratePath,
    pub(super) placement: Placement,
    pub(super) isolation: Isolation,
    pub(super) fixtures: Vec<LitStr>,
    pub(super) timeout: Option<Duration>,
    pub(super) max_connections: Option<u32>,
    pub(super) max_repeats: Option<u32>,
    pub(super) flavor: Flavor,
}

/// Which migrations make which schema: said of a test, or of one argument.
#[derive(Default)]
pub(super) struct Placement {
    pub(super) schema: Option<LitStr>,
    pub(super) migrations: Option<MigrationsValue>,
    pub(super) module: Option<LitStr>,
}

/// The value of `migrations`.
pub(super) enum MigrationsValue {
    /// A directory of the package.
    Directory(LitStr),
    /// A type that carries migrations.
    Type(TypePath),
    /// `false`: none.
    None(LitBool),
}

/// What a test has for itself.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Isolation {
    #[default]
    Database,
    Schema,
    Transaction,
}

/// The runtime of a test.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Flavor {
    #[default]
    CurrentThread,
    /// With this number of threads; 0 means as many as the machine has processors.
    MultiThread { workers: u32 },
}

const TEST: Vocabulary = Vocabulary {
    attribute: "#[pgdbm::test]",
    names: &[
        ("migrations", "migrations = \"migrations\""),
        ("module", "module = \"shop\""),
        ("schema", "schema = \"shop\""),
        ("isolation", "isolation = \"schema\""),
        ("fixtures", "fixtures(\"users.sql\", \"users.csv\")"),
        ("timeout", "timeout = \"5s\""),
        ("max_connections", "max_connections = 5"),
        ("max_repeats", "max_repeats = 10"),
        ("flavor", "flavor = \"multi_thread\""),
        ("worker_threads", "worker_threads = 2"),
        ("crate", "crate = database::pgdbm"),
    ],
    elsewhere: &[(
        "start_paused",
        "leave it out: the server's clock does not stop, and a paused one would end every wait for it at once",
    )],
};

const ARGUMENT: Vocabulary = Vocabulary {
    attribute: "#[pgdbm]",
    names: &[
        ("schema", "schema = \"billing\""),
        ("migrations", "migrations = \"billing/migrations\""),
        ("module", "module = \"billing\""),
    ],
    elsewhere: &[
        ("isolation", OF_THE_TEST),
        ("fixtures", OF_THE_TEST),
        ("timeout", OF_THE_TEST),
        ("max_connections", OF_THE_TEST),
        ("max_repeats", OF_THE_TEST),
        ("flavor", OF_THE_TEST),
        ("worker_threads", OF_THE_TEST),
        ("crate", OF_THE_TEST),
    ],
};

const OF_THE_TEST: &str = "write it in `#[pgdbm::test(…)]`: it is for the whole test";

/// The values of `isolation`.
const ISOLATIONS: [(&str, Isolation); 3] = [
    ("database", Isolation::Database),
    ("schema", Isolation::Schema),
    ("transaction", Isolation::Transaction),
];

impl Options {
    pub(super) fn parse(tokens: TokenStream, report: &mut Report) -> Self {
        let mut options = Options {
            crate_path: CratePath::default_facade(),
            placement: Placement::default(),
            isolation: Isolation::default(),
            fixtures: Vec::new(),
            timeout: None,
            max_connections: None,
            max_repeats: None,
            flavor: Flavor::default(),
        };
        let mut multi_thread = None;
        let mut workers = None;
        TEST.parse(tokens, report, |item, input, report| {
            match item.ident.to_string().as_str() {
                "crate" => {
                    item.has_value(input)?;
                    options.crate_path = CratePath::parse_value(input)?;
                }
                "isolation" => options.isolation = one_of(item, input, &ISOLATIONS)?,
                "fixtures" => options.fixtures = fixtures(item, input, report)?,
                "timeout" => options.timeout = Some(time(item, input)?),
                "max_connections" => options.max_connections = Some(count(item, input)?.1),
                "max_repeats" => options.max_repeats = Some(count(item, input)?.1),
                "flavor" => {
                    let flavors = [("multi_thread", true), ("current_thread", false)];
                    multi_thread = Some(one_of(item, input, &flavors)?);
                }
                "worker_threads" => workers = Some(count(item, input)?),
                _ => options.placement.parse_item(item, input)?,
            }
            Ok(())
        });
        options.flavor = match (multi_thread, workers) {
            (Some(true), workers) => Flavor::MultiThread {
                workers: workers.map_or(0, |(_, workers)| workers),
            },
            (_, None) => Flavor::CurrentThread,
            (_, Some((literal, _))) => {
                report.at(
                    literal,
                    "a runtime of one thread has no threads to count\n\
                     help: write `flavor = \"multi_thread\"` beside `worker_threads`",
                );
                Flavor::CurrentThread
            }
        };
        options.placement.check(report);
        options
    }
}

impl Placement {
    /// Reads `#[pgdbm(…)]` of an argument.
    pub(super) fn of_argument(tokens: TokenStream, report: &mut Report) -> Self {
        let mut placement = Placement::default();
        ARGUMENT.parse(tokens, report, |item, input, _| {
            placement.parse_item(item, input)
        });
        placement.check(report);
        placement
    }

    fn parse_item(&mut self, item: &Item<'_>, input: ParseStream<'_>) -> syn::Result<()> {
        match item.ident.to_string().as_str() {
            "migrations" => self.migrations = Some(migrations(item, input)?),
            "module" => {
                let module = item.string(input)?;
                if module.value().trim().is_empty() {
                    let help = Some("write the name, or leave `module` out");
                    return Err(item.error(module, "a module has a name", help));
                }
                self.module = Some(module);
            }
            _ => {
                let schema = item.string(input)?;
                if let Some((message, help)) = schema_rule::broken(&schema.value()) {
                    return Err(item.error(schema, &message, Some(&help)));
                }
                self.schema = Some(schema);
            }
        }
        Ok(())
    }

    /// A name for migrations that bring their own, or that are not there, would be without effect.
    fn check(&self, report: &mut Report) {
        let Some(module) = &self.module else { return };
        match &self.migrations {
            Some(MigrationsValue::Type(carrier)) => report.at(
                module,
                format!(
                    "`{}` carries the name of its module already\n\
                     help: remove `module`, or name the directory instead of the type",
                    spelled(carrier)
                ),
            ),
            Some(MigrationsValue::None(_)) => report.at(
                module,
                "`module` names migrations, and `migrations = false` leaves them out\n\
                 help: remove one of the two; the schema is named with `schema = \"…\"`",
            ),
            Some(MigrationsValue::Directory(_)) | None => {}
        }
    }
}

impl MigrationsValue {
    /// Whether both mean the same migrations, as far as their names tell.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (MigrationsValue::Directory(one), MigrationsValue::Directory(two)) => {
                one.value() == two.value()
            }
            (MigrationsValue::Type(one), MigrationsValue::Type(two)) => {
                spelled(one) == spelled(two)
            }
            (MigrationsValue::None(_), MigrationsValue::None(_)) => true,
            _ => false,
        }
    }
}

impl ToTokens for MigrationsValue {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            MigrationsValue::Directory(literal) => literal.to_tokens(tokens),
            MigrationsValue::Type(carrier) => carrier.to_tokens(tokens),
            MigrationsValue::None(literal) => literal.to_tokens(tokens),
        }
    }
}

fn spelled(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

fn migrations(item: &Item<'_>, input: ParseStream<'_>) -> syn::Result<MigrationsValue> {
    item.equals(input)?;
    if input.peek(LitStr) {
        return input.parse().map(MigrationsValue::Directory);
    }
    if input.peek(LitBool) {
        let literal: LitBool = input.parse()?;
        if literal.value {
            let help = "leave `migrations` out for the package's own, or name a directory";
            return Err(item.error(literal, "`true` does not say which migrations", Some(help)));
        }
        return Ok(MigrationsValue::None(literal));
    }
    if input.peek(syn::Lit) || input.is_empty() || input.peek(Token![,]) {
        return Err(item.wrong_value(input, "a directory, the path of a type, or `false`"));
    }
    match input.parse()? {
        Type::Path(carrier) => Ok(MigrationsValue::Type(carrier)),
        other => Err(item.error(
            other,
            "`migrations` takes a directory, the path of a type, or `false`",
            None,
        )),
    }
}

fn fixtures(
    item: &Item<'_>,
    input: ParseStream<'_>,
    report: &mut Report,
) -> syn::Result<Vec<LitStr>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(
            item.ident.span(),
            "`fixtures` takes a list of files in parentheses\nhelp: write `fixtures(\"users.sql\", \"users.csv\")`",
        ));
    }
    let content;
    let parentheses = parenthesized!(content in input);
    let list: Punctuated<Expr, Token![,]> = Punctuated::parse_terminated(&content)?;
    if list.is_empty() {
        return Err(syn::Error::new(
            parentheses.span.join(),
            "`fixtures` names no file\nhelp: name one, `fixtures(\"users.sql\")`, or remove it",
        ));
    }
    let mut files: Vec<LitStr> = Vec::new();
    for value in list {
        match as_string(&value) {
            Some(file) if files.iter().any(|earlier| earlier.value() == file.value()) => {
                report.at(
                    &file,
                    format!(
                        "the fixture `{}` is loaded twice\nhelp: remove one of the two",
                        file.value().escape_debug()
                    ),
                );
            }
            Some(file) => files.push(file),
            None => report.at(
                value,
                "a fixture is the path of a file, as a string literal\nhelp: write for example `fixtures(\"users.sql\")`",
            ),
        }
    }
    Ok(files)
}

/// A string literal, also one that passed through `macro_rules!` and so stands in an invisible group.
fn as_string(expression: &Expr) -> Option<LitStr> {
    match expression {
        Expr::Group(group) => as_string(&group.expr),
        Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(string) => Some(string.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn one_of<T: Copy>(
    item: &Item<'_>,
    input: ParseStream<'_>,
    values: &[(&str, T)],
) -> syn::Result<T> {
    let literal = item.string(input)?;
    let given = literal.value();
    if let Some((_, value)) = values.iter().find(|(known, _)| *known == given) {
        return Ok(*value);
    }
    let names = values.iter().map(|(name, _)| *name);
    let help = match pgdbm_template::nearest(&given, names.clone()) {
        Some(near) => format!("write `{} = \"{near}\"`", item.ident),
        None => {
            let listed: Vec<_> = names.map(|name| format!("\"{name}\"")).collect();
            format!("use one of {}", listed.join(", "))
        }
    };
    let message = format!("`{}` is no {}", given.escape_debug(), item.ident);
    Err(item.error(literal, &message, Some(&help)))
}

fn time(item: &Item<'_>, input: ParseStream<'_>) -> syn::Result<Duration> {
    item.equals(input)?;
    let help =
        "write the number and its unit, `\"5s\"`, `\"500ms\"` or `\"2m\"`, or a number of seconds";
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        return timeout::parse(&literal.value())
            .map_err(|message| item.error(literal, &message, Some(help)));
    }
    if input.peek(LitInt) {
        let literal: LitInt = input.parse()?;
        if !literal.suffix().is_empty() {
            let message = format!("`{literal}` is no time");
            return Err(item.error(literal, &message, Some(help)));
        }
        // A number that no u64 holds is longer than a day as well.
        let number = literal.base10_parse().unwrap_or(u64::MAX);
        return timeout::seconds(number)
            .map_err(|message| item.error(literal, &message, Some(help)));
    }
    Err(item.wrong_value(input, "a time"))
}

/// A number of things, one at least.
fn count(item: &Item<'_>, input: ParseStream<'_>) -> syn::Result<(LitInt, u32)> {
    item.equals(input)?;
    if !input.peek(LitInt) {
        return Err(item.wrong_value(input, "a whole number"));
    }
    let literal: LitInt = input.parse()?;
    match literal.base10_parse::<u32>() {
        Ok(0) => {
            let message = format!("`{}` is 1 at least", item.ident);
            Err(item.error(literal, &message, None))
        }
        Ok(number) => Ok((literal, number)),
        Err(_) => {
            let message = format!("`{literal}` is no number that `{}` can have", item.ident);
            Err(item.error(literal, &message, None))
        }
    }
}
