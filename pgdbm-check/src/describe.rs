//! The way in: from texts to descriptions.

use pgdbm_template::{
    Code, Diagnostic, Label, NamedParameter, OffsetMap, Rendered, SchemaName, Template, TokenKind,
    directives, lex, line_column, quote_identifier,
};

use crate::analyze::{self, Output};
use crate::catalog::{Catalog, Major, TypeId, format_type, oid};
use crate::depth::{Depth, with_stack};
use crate::failure::{Failure, Note, Replacement};
use crate::nullability::{self, Nullability};
use crate::replay::replay;
use crate::source::{Options, Source, SourceFinding};
use crate::sql_type::{Home, SqlType};
use crate::syntax;
use crate::syntax::ast::{Span, StatementKind};
use crate::tree::{self, Expr, ExprKind, Query, RangeKind, Variable, needs};
use crate::view_cycle;

/// Says what a server with these migrations would say of a query.
#[derive(Debug)]
pub struct Checker {
    catalog: Catalog,
    schema: SchemaName,
    bare_names: bool,
    findings: Vec<SourceFinding>,
    /// The sources, with the maps from their rendered texts.
    sources: Vec<(Source, OffsetMap)>,
}

/// What a statement takes and gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Description {
    /// The parameters, `$1` first.
    pub parameters: Vec<Parameter>,
    /// The columns of its rows, empty for a statement without rows; None where they are not known.
    pub columns: Option<Vec<Column>>,
    /// The numbers of parameters whose arrays go side by side, as in `unnest($1, $2)`: where they are of different lengths, the
    /// server fills up the shorter ones with NULL.
    pub side_by_side: Vec<Vec<u32>>,
    /// What is wrong, or could not be checked. An error is what the server would refuse, now or whenever it runs; a warning is what
    /// nobody can tell here, or what goes wrong when it runs without being wrong in itself.
    pub findings: Vec<Diagnostic>,
    /// The newest of the sources that made what the statement names: relations, columns, functions.
    pub newest_source: Option<String>,
}

/// A parameter of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// The type as `format_type()` writes it; None where it is not known.
    pub type_name: Option<String>,
    /// The same type, resolved; a domain stays one, as the server describes it.
    pub sql_type: Option<SqlType>,
    /// Whether NULL may be passed; None where that is not known.
    pub nullable: Option<bool>,
}

/// A column of a statement's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The type as `format_type()` writes it, a domain's base type for a domain; None where it is not known.
    pub type_name: Option<String>,
    /// The same type, resolved; here a domain stays one.
    pub sql_type: Option<SqlType>,
    /// Whether NULL may arrive; None where that is not known.
    pub nullable: Option<bool>,
    /// The column of a table or a view whose value it passes on unchanged.
    pub origin: Option<ColumnOrigin>,
    /// Where the text that makes it begins, in bytes.
    pub start: usize,
    /// Where that text ends.
    pub end: usize,
}

/// The column of a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ColumnOrigin {
    /// Where the relation lives.
    pub home: Home,
    /// The relation's name.
    pub relation: String,
    /// The column's name.
    pub column: String,
    /// The source that made it, or gave it its type or its name.
    pub declared: Option<String>,
}

impl Checker {
    /// Replays the sources in order. What is wrong with them is in [`Checker::findings`]; the rest counts all the same.
    #[must_use]
    pub fn new(sources: &[Source], options: &Options) -> Self {
        let major = Major::ALL
            .into_iter()
            .min_by_key(|major| major.number().abs_diff(options.major))
            .unwrap_or(Major::V15);
        let schema = SchemaName::new(&options.schema).unwrap_or_else(|_| SchemaName::public());
        let mut catalog = Catalog::new(major);
        if schema.as_str() != "public" {
            catalog.assume_schema(schema.as_str());
        }
        catalog.set_search_path(vec![schema.as_str().to_owned()]);
        let mut checker = Self {
            catalog,
            schema,
            bare_names: options.bare_names,
            findings: Vec::new(),
            sources: Vec::new(),
        };
        for source in sources {
            checker.add(source);
        }
        if !options.bare_names {
            checker.catalog.set_search_path(vec!["public".to_owned()]);
            checker.catalog.set_own(checker.schema.as_str());
        }
        checker
    }

    fn add(&mut self, source: &Source) {
        let number = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        let template = Template::parse(&source.text);
        let rendered = template.render(&self.schema);
        let misread = placeholder_mistakes(&template);
        self.sources.push((source.clone(), rendered.map));
        let depth = Depth::of(&rendered.sql);
        let (catalog, schema) = (&mut self.catalog, &self.schema);
        let failures = if depth.is_too_deep() {
            vec![too_deep(&rendered.sql)]
        } else {
            with_stack(depth, || replay(catalog, number, schema, &rendered.sql))
                .unwrap_or_else(|| vec![too_deep(&rendered.sql)])
        };
        let mut found = directives(&source.text).diagnostics;
        for failure in failures {
            let Some((source, map)) = self.sources.last() else {
                continue;
            };
            let finding = self.finding(&failure, &source.text, map);
            // A placeholder that is none is no SQL either.
            let is_said = misread.iter().any(|said| {
                finding.code == Code::SyntaxError
                    && finding.primary.start < said.primary.end
                    && said.primary.start < finding.primary.end
            });
            if !is_said {
                found.push(finding);
            }
        }
        found.extend(misread);
        found.sort_by_key(|finding| finding.primary.start);
        self.findings
            .extend(found.into_iter().map(|finding| SourceFinding {
                source: source.name.clone(),
                finding,
            }));
    }

    /// What is wrong with the sources, in order.
    #[must_use]
    pub fn findings(&self) -> &[SourceFinding] {
        &self.findings
    }

    /// Describes one statement. Placeholders stand for the schema of the options.
    #[must_use]
    pub fn describe(&self, sql: &str) -> Description {
        self.describe_template(&Template::parse(sql))
    }

    /// The same for one that has been read already.
    #[must_use]
    pub fn describe_template(&self, template: &Template<'_>) -> Description {
        let sql = template.source();
        let misread = placeholder_mistakes(template);
        if !misread.is_empty() {
            return Description {
                findings: misread,
                ..Description::default()
            };
        }
        let rendered = template.render(&self.schema);
        let depth = Depth::of_template(template);
        let failed = |failure: &Failure| Description {
            findings: vec![self.finding(failure, sql, &rendered.map)],
            ..Description::default()
        };
        if depth.is_too_deep() {
            return failed(&too_deep(&rendered.sql));
        }
        let mut description = with_stack(depth, || {
            match self.analyze(&self.catalog, sql, &rendered, depth) {
                Ok(description) => description,
                Err(failure) => {
                    let failure = as_written(failure, &rendered.sql, sql, &rendered.map);
                    let failure = self.bare_name(sql, &rendered, depth, failure);
                    let failure = match self.catalog.unreadable(failure.code) {
                        Some(origin) if failure.may_be_unread() => failure.unread(origin),
                        _ => failure,
                    };
                    failed(&failure)
                }
            }
        })
        .unwrap_or_else(|| failed(&too_deep(&rendered.sql)));
        for finding in &mut description.findings {
            name_parameters(finding, template.parameters().names());
        }
        description
    }

    /// The same failure, unless what it misses is there and only lacks its placeholder.
    fn bare_name(
        &self,
        written: &str,
        rendered: &Rendered,
        depth: Depth,
        failure: Box<Failure>,
    ) -> Box<Failure> {
        if self.bare_names || !failure.may_be_unread() {
            return failure;
        }
        let mut catalog = self.catalog.clone();
        catalog.set_search_path(vec![self.schema.as_str().to_owned(), "public".to_owned()]);
        if let Err(again) = self.analyze(&catalog, written, rendered, depth)
            && (again.code, again.span) == (failure.code, failure.span)
        {
            // It is not there either; but a name that is near may be.
            return again;
        }
        let head = match failure.code {
            Code::UnknownRelation => "tables",
            Code::UnknownType => "types",
            Code::UnknownFunction => "functions",
            _ => return failure,
        };
        let Some(written) = failure.span.of(&rendered.sql) else {
            return failure;
        };
        // A constant that names something: `'users'::regclass`.
        let name = written.trim_matches('\'');
        let quote = if name == written { "" } else { "'" };
        Failure::error(
            Code::BareName,
            failure.span,
            format!("`{written}` is of the migrations, and stands here without a placeholder"),
        )
        .label("which schema?")
        .help(format!("write `{quote}{{{{{head}.{name}}}}}{quote}`"))
    }

    fn analyze(
        &self,
        catalog: &Catalog,
        written: &str,
        rendered: &Rendered,
        depth: Depth,
    ) -> Result<Description, Box<Failure>> {
        let (sql, map) = (rendered.sql.as_str(), &rendered.map);
        let mut parsed = syntax::parse(sql);
        if let Some(error) = parsed.errors.pop() {
            return Err(Failure::syntax(error));
        }
        if let Some(second) = parsed.statements.get(1) {
            return Err(Failure::error(
                Code::SeveralStatements,
                second.span,
                "a second statement, where one is expected",
            ));
        }
        let Some(statement) = parsed.statements.first() else {
            return Ok(Description {
                columns: Some(Vec::new()),
                ..Description::default()
            });
        };
        let analysis = analyze::statement(catalog, statement)?;
        if let (StatementKind::Query(_), Some(query)) = (&statement.kind, &analysis.query)
            && let Some(failure) = view_cycle::beneath(catalog, query, statement.span)
        {
            return Err(failure);
        }
        let mut failures = analysis.warnings;
        let proven = match &analysis.query {
            Some(query) => {
                failures.extend(nullability::missing_values(catalog, query));
                nullability::of(catalog, query, depth)
            }
            None => Nullability::default(),
        };
        let findings = failures
            .iter()
            .map(|failure| self.finding(failure, written, map))
            .collect();
        let parameters = (1_u32..)
            .zip(&analysis.parameters)
            .map(|(number, (type_id, _))| Parameter {
                type_name: Some(format_type(&self.catalog, *type_id)),
                sql_type: Some(self.sql_type(*type_id)),
                nullable: Some(!proven.required.contains(&number)),
            })
            .collect();
        let columns = match (&analysis.output, &analysis.query) {
            (Output::Unknown, _) => None,
            (Output::Columns(columns), _) => Some(
                columns
                    .iter()
                    .map(|column| Column {
                        name: column.name.clone(),
                        type_name: Some(self.column_type(column.type_id)),
                        sql_type: Some(self.sql_type(column.type_id)),
                        nullable: Some(!column.not_null),
                        origin: None,
                        start: 0,
                        end: sql.len(),
                    })
                    .collect(),
            ),
            (Output::Targets, Some(query)) => Some(
                query
                    .targets
                    .iter()
                    .enumerate()
                    .map(|(index, target)| (index, target, map_span(map, target.expr.span)))
                    .map(|(index, target, (start, end))| Column {
                        name: target.name.clone(),
                        type_name: Some(self.column_type(target.expr.type_id)),
                        sql_type: Some(self.sql_type(target.expr.type_id)),
                        nullable: Some(!proven.not_null.get(index).copied().unwrap_or_default()),
                        origin: self.origin(query, &target.expr),
                        start,
                        end,
                    })
                    .collect(),
            ),
            (Output::Nothing | Output::Targets, _) => Some(Vec::new()),
        };
        let side_by_side = analysis.query.as_ref().map(tree::side_by_side);
        Ok(Description {
            parameters,
            columns,
            side_by_side: side_by_side.unwrap_or_default(),
            findings,
            newest_source: analysis
                .query
                .as_ref()
                .and_then(needs::newest_source)
                .and_then(|number| self.source_name(number)),
        })
    }

    pub(crate) fn source_name(&self, number: u32) -> Option<String> {
        let (source, _) = self.sources.get(usize::try_from(number).ok()?)?;
        Some(source.name.clone())
    }

    /// A column's type as the server describes it: a domain's base type, and text for what is still of no type.
    fn column_type(&self, id: TypeId) -> String {
        let (base, _) = self.catalog.base_type(id);
        let shown = if base == oid::UNKNOWN {
            oid::TEXT
        } else {
            base
        };
        format_type(&self.catalog, shown)
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(crate) fn home_of(&self, schema: &str) -> Home {
        Home::of(schema, self.schema.as_str())
    }

    /// A type's name for people, a domain's its own.
    pub(crate) fn type_name(&self, id: TypeId) -> String {
        format_type(&self.catalog, id)
    }

    /// A type for programs; text for what is still of no type.
    pub(crate) fn sql_type(&self, id: TypeId) -> SqlType {
        let known = if id == oid::UNKNOWN { oid::TEXT } else { id };
        SqlType::of(&self.catalog, self.schema.as_str(), known)
    }

    /// The column of a relation that the expression is, through subqueries in FROM.
    fn origin(&self, query: &Query, expr: &Expr) -> Option<ColumnOrigin> {
        let ExprKind::Variable(Variable {
            level: 0,
            entry,
            column: tree::Column::At(position),
            ..
        }) = &expr.kind
        else {
            return None;
        };
        let place = |number: u32| usize::try_from(number).ok();
        let position = place(*position)?;
        match &query.range.get(place(*entry)?)?.kind {
            RangeKind::Relation(relation) => {
                let attribute = relation.attributes.get(position)?;
                Some(ColumnOrigin {
                    home: Home::of(&relation.schema, self.schema.as_str()),
                    relation: relation.name.clone(),
                    column: attribute.name.clone(),
                    // The columns of a view are made with it.
                    declared: attribute
                        .origin
                        .or(relation.origin)
                        .and_then(|origin| self.source_name(origin.source)),
                })
            }
            RangeKind::Subquery(inner) => self.origin(inner, &inner.targets.get(position)?.expr),
            _ => None,
        }
    }

    /// The failure as a diagnostic of the text as it was written.
    fn finding(&self, failure: &Failure, written: &str, map: &OffsetMap) -> Diagnostic {
        let (start, end) = map_span(map, failure.span);
        let mut diagnostic = Diagnostic::new(
            failure.code,
            failure.severity,
            failure.message.as_str(),
            start,
            end,
            failure.label.as_str(),
        );
        for note in &failure.notes {
            let label = match note {
                Note::Here(span, text) => {
                    let (start, end) = map_span(map, *span);
                    Label::new(start, end, text.as_str())
                }
                Note::At(origin, text) => {
                    let source = usize::try_from(origin.source)
                        .ok()
                        .and_then(|number| self.sources.get(number));
                    let Some((source, map)) = source else {
                        continue;
                    };
                    let (start, end) = map_span(map, origin.span);
                    let line = line_column(&source.text, start).line;
                    Label::new(start, end, text.as_str()).in_file(format!("{}:{line}", source.name))
                }
            };
            diagnostic = diagnostic.with_label(label);
        }
        if let Some(replacement) = &failure.replacement
            && let Some(text) = replaced(written.get(start..end).unwrap_or_default(), replacement)
        {
            diagnostic = diagnostic.with_fix(start, end, text);
        }
        match &failure.help {
            Some(help) => diagnostic.with_help(help.as_str()),
            None => diagnostic,
        }
    }
}

/// What is wrong with the placeholders. The rest of what a template says is said of the rendered text, as the server reads it.
fn placeholder_mistakes(template: &Template<'_>) -> Vec<Diagnostic> {
    let of_placeholders = |code| {
        matches!(
            code,
            Code::UnknownPlaceholder
                | Code::MalformedPlaceholder
                | Code::UnterminatedPlaceholder
                | Code::PlaceholderInUnicodeString
                | Code::PlaceholderEndsDollarQuote
                | Code::OptionalPart
        )
    };
    template
        .diagnostics()
        .iter()
        .filter(|diagnostic| diagnostic.is_error() && of_placeholders(diagnostic.code))
        .cloned()
        .collect()
}

/// Shows parameters by their names where they have names: the server only knows their numbers.
fn name_parameters(finding: &mut Diagnostic, names: &[NamedParameter]) {
    // A constant may hold anything.
    if names.is_empty() || finding.code == Code::InvalidLiteral {
        return;
    }
    finding.message = with_names(&finding.message, names);
    if let Some(help) = &mut finding.help {
        *help = with_names(help, names);
    }
}

fn with_names(text: &str, names: &[NamedParameter]) -> String {
    let mut pieces = text.split('$');
    let mut shown = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let number = piece.strip_suffix(rest).unwrap_or_default();
        let name = names
            .iter()
            .find(|name| number.parse() == Ok(name.number))
            .map_or(number, |name| &name.name);
        shown.extend(["$", name, rest]);
    }
    shown
}

/// The failure with the token as it was written: the parser sees what a placeholder stands for.
fn as_written(
    mut failure: Box<Failure>,
    rendered: &str,
    source: &str,
    map: &OffsetMap,
) -> Box<Failure> {
    let (start, end) = map_span(map, failure.span);
    let behind = source.get(start..).unwrap_or_default();
    let close = match behind.get(..2) {
        Some("{{") => behind.find("}}"),
        Some("<<") => behind.find(">>"),
        _ => None,
    };
    // A part of what a placeholder stands for is shown as the whole placeholder.
    let written = match close {
        Some(close) => behind.get(..close + 2),
        None => source.get(start..end),
    };
    if failure.code == Code::SyntaxError
        && let (Some(shown), Some(written)) = (failure.span.of(rendered), written)
        && !shown.is_empty()
        && !written.is_empty()
    {
        failure.message = failure
            .message
            .replace(&format!("`{shown}`"), &format!("`{written}`"));
    }
    failure
}

/// What stands in the place of a text once its name or constant is replaced; None where it is more than one token.
fn replaced(written: &str, replacement: &Replacement) -> Option<String> {
    let mut tokens = lex(written);
    let token = tokens.next()?;
    if tokens.next().is_some() {
        return None;
    }
    match (token.kind, replacement) {
        (TokenKind::Identifier, Replacement::Name(name)) => Some(syntax::written_name(name)),
        (TokenKind::QuotedIdentifier { .. }, Replacement::Name(name)) => {
            Some(quote_identifier(name))
        }
        (TokenKind::Placeholder { .. }, Replacement::Name(name)) => {
            let (head, rest) = written.split_once('.')?;
            let close = rest.get(rest.len().checked_sub(2)?..)?;
            let plain = syntax::written_name(name) == *name && !rest.contains('.');
            plain.then(|| format!("{head}.{name}{close}"))
        }
        (TokenKind::String { .. }, Replacement::Constant(constant)) => {
            Some(format!("'{}'", constant.replace('\'', "''")))
        }
        _ => None,
    }
}

/// The place in the text as it was written.
fn map_span(map: &OffsetMap, span: Span) -> (usize, usize) {
    let source = |byte: u32| map.to_source(usize::try_from(byte).unwrap_or(usize::MAX));
    (source(span.start), source(span.end))
}

fn too_deep(sql: &str) -> Box<Failure> {
    let end = u32::try_from(sql.len()).unwrap_or(u32::MAX);
    Failure::error(
        Code::TooDeep,
        Span::new(0, end),
        "the text nests deeper than the checker follows",
    )
}
