//! Select lists: wildcards, names of columns, types of constants. After `parse_target.c`.

use pgdbm_template::Code;

use super::Analyzer;
use super::column::whole_row;
use super::scope::{Place, raised};
use crate::catalog::{Major, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Name, Span};
use crate::tree::{Expr, Target};

impl Analyzer<'_> {
    /// A select list or RETURNING.
    pub(super) fn targets(&mut self, targets: &[ast::Target], place: Place) -> Result<Vec<Target>> {
        self.at(place, |this| {
            let mut analyzed = Vec::with_capacity(targets.len());
            for target in targets {
                match &target.expr.kind {
                    ast::ExprKind::Wildcard(names) => {
                        let columns = this.spread(names, target.expr.span)?;
                        analyzed.extend(
                            columns
                                .into_iter()
                                .map(|(name, expr)| Target { expr, name }),
                        );
                    }
                    ast::ExprKind::FieldWildcard(operand) => {
                        let columns = this.spread_field(operand, target.expr.span)?;
                        analyzed.extend(
                            columns
                                .into_iter()
                                .map(|(name, expr)| Target { expr, name }),
                        );
                    }
                    _ => {
                        let expr = this.expr(&target.expr)?;
                        let name = match &target.alias {
                            Some(alias) => alias.text.clone(),
                            None => column_name(this.catalog.builtin.major, &target.expr),
                        };
                        analyzed.push(Target { expr, name });
                    }
                }
            }
            Ok(analyzed)
        })
    }

    /// Constants and parameters whose type nothing told are text. After `resolveTargetListUnknowns`.
    pub(super) fn resolve_unknowns(&mut self, targets: Vec<Target>) -> Result<Vec<Target>> {
        targets
            .into_iter()
            .map(|target| {
                Ok(Target {
                    expr: self.unknown_to_text(target.expr)?,
                    name: target.name,
                })
            })
            .collect()
    }

    pub(super) fn unknown_to_text(&mut self, expr: Expr) -> Result<Expr> {
        if expr.type_id == oid::UNKNOWN {
            return self.coerce(expr, oid::TEXT, -1, crate::catalog::CastContext::Implicit);
        }
        Ok(expr)
    }

    /// `*` and `a.*`: names and columns. After `ExpandColumnRefStar`.
    pub(super) fn spread(&mut self, names: &[Name], span: Span) -> Result<Vec<(String, Expr)>> {
        let (schema, relation) = match names {
            [] => return self.spread_all(span),
            [relation] => (None, relation),
            [schema, relation] | [_, schema, relation] => (Some(schema), relation),
            _ => {
                return Err(Failure::error(
                    Code::UnknownRelation,
                    span,
                    "a relation's name has three parts at most",
                ));
            }
        };
        let schema_text = schema.map(|schema| schema.text.as_str());
        if let Some((out, item)) = self.find_item(schema_text, &relation.text, relation.span)? {
            return Ok(item
                .columns
                .iter()
                .filter(|column| column.spreads)
                .map(|column| (column.name.clone(), raised(column.expr.clone(), out, span)))
                .collect());
        }
        // Not a relation: perhaps a composite column.
        let operand = self.column(names).map_err(|failure| {
            if names.len() == 1 {
                self.not_in_from(relation)
            } else {
                failure
            }
        })?;
        self.spread_value(&operand, span)
    }

    /// `a.*` where an expression is wanted: the whole row.
    pub(super) fn row_of(&mut self, names: &[Name], span: Span) -> Result<Expr> {
        let (schema, relation) = match names {
            [.., schema, relation] => (Some(schema.text.as_str()), relation),
            [relation] => (None, relation),
            [] => {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    span,
                    "`*` cannot stand here",
                ));
            }
        };
        match self.find_item(schema, &relation.text, relation.span)? {
            Some((out, item)) => Ok(raised(whole_row(item, span), out, span)),
            None => Err(self.not_in_from(relation)),
        }
    }

    fn not_in_from(&self, relation: &Name) -> Box<Failure> {
        let candidates: Vec<&str> = self
            .levels
            .iter()
            .rev()
            .flat_map(|level| &level.items)
            .filter(|item| item.relation_visible)
            .filter_map(|item| item.name.as_deref())
            .collect();
        let near = pgdbm_template::nearest(&relation.text, candidates).map(str::to_owned);
        let failure = Failure::error(
            Code::UnknownRelation,
            relation.span,
            format!("`{}` is not in FROM", relation.text),
        );
        match near {
            Some(near) => failure.near(&near),
            None => failure,
        }
    }

    fn spread_all(&mut self, span: Span) -> Result<Vec<(String, Expr)>> {
        let level = self.level();
        let mut found = false;
        let mut columns = Vec::new();
        for item in &level.items {
            if !item.columns_visible || item.lateral_only {
                continue;
            }
            found = true;
            columns.extend(
                item.columns
                    .iter()
                    .filter(|column| column.spreads)
                    .map(|column| (column.name.clone(), raised(column.expr.clone(), 0, span))),
            );
        }
        if !found {
            return Err(Failure::error(
                Code::MisplacedClause,
                span,
                "`SELECT *` needs a FROM to take columns from",
            ));
        }
        Ok(columns)
    }

    /// `(expr).*`
    pub(super) fn spread_field(
        &mut self,
        operand: &ast::Expr,
        span: Span,
    ) -> Result<Vec<(String, Expr)>> {
        let operand = self.expr(operand)?;
        self.spread_value(&operand, span)
    }

    fn spread_value(&mut self, operand: &Expr, span: Span) -> Result<Vec<(String, Expr)>> {
        let columns = self.whole_row_fields(operand);
        let fields = if operand.type_id == oid::RECORD {
            self.record_fields(operand).ok_or_else(|| {
                Failure::cannot_check(span, "nothing says which fields this record has")
                    .help("name the columns, as in `FROM f(…) AS t(a integer, b text)`")
            })?
        } else {
            self.composite_attributes(operand.type_id).ok_or_else(|| {
                Failure::error(
                    Code::WrongKind,
                    span,
                    format!(
                        "`.*` asks for fields, and the type `{}` has none",
                        format_type(self.catalog, operand.type_id)
                    ),
                )
            })?
        };
        if !columns.is_empty() && columns.len() == fields.len() {
            return Ok(fields
                .into_iter()
                .map(|field| field.name)
                .zip(columns)
                .collect());
        }
        Ok(fields
            .into_iter()
            .enumerate()
            .map(|(index, field)| {
                let expr = Expr::new(
                    crate::tree::ExprKind::Field {
                        operand: Box::new(operand.clone()),
                        index,
                        name: field.name.clone(),
                    },
                    field.type_id,
                    span,
                )
                .with_modifier(field.modifier);
                (field.name, expr)
            })
            .collect())
    }
}

/// The name that a column without AS gets. After `FigureColname`.
pub(super) fn column_name(major: Major, expr: &ast::Expr) -> String {
    figure(major, expr).map_or_else(|| "?column?".to_owned(), |(name, _)| name)
}

/// The name that an index without one has for an expression in it. After `FigureIndexColname`.
pub(crate) fn index_column_name(major: Major, expr: &ast::Expr) -> Option<String> {
    figure(major, expr).map(|(name, _)| name)
}

/// The name and whether it is a strong one, that a cast around does not replace.
fn figure(major: Major, expr: &ast::Expr) -> Option<(String, bool)> {
    let strong = |name: &str| Some((name.to_owned(), true));
    match &expr.kind {
        ast::ExprKind::Column(names) => names.last().and_then(|name| strong(&name.text)),
        // `(a.*)` is named for the relation.
        ast::ExprKind::Wildcard(names) => names.last().and_then(|name| strong(&name.text)),
        ast::ExprKind::Field { name, .. } => strong(&name.text),
        ast::ExprKind::Subscript { operand, .. } => figure(major, operand),
        ast::ExprKind::Call(call) => strong(call.name.name()),
        ast::ExprKind::NullIf { .. } => strong("nullif"),
        ast::ExprKind::Cast { operand, target } => match figure(major, operand) {
            Some((name, true)) => Some((name, true)),
            _ => Some((target.name.name().to_owned(), false)),
        },
        ast::ExprKind::Collate { operand, .. } => figure(major, operand),
        ast::ExprKind::Grouping(_) => strong("grouping"),
        ast::ExprKind::MergeAction => strong("merge_action"),
        ast::ExprKind::Exists(_) => strong("exists"),
        ast::ExprKind::ArrayQuery(_) => strong("array"),
        ast::ExprKind::Subquery(query) => figure_query(major, query),
        ast::ExprKind::Case { otherwise, .. } => {
            match otherwise.as_deref().and_then(|expr| figure(major, expr)) {
                Some((name, true)) => Some((name, true)),
                _ => Some(("case".to_owned(), false)),
            }
        }
        ast::ExprKind::Array(_) => strong("array"),
        ast::ExprKind::Row { .. } => strong("row"),
        ast::ExprKind::Coalesce(_) => strong("coalesce"),
        ast::ExprKind::Greatest(_) => strong("greatest"),
        ast::ExprKind::Least(_) => strong("least"),
        ast::ExprKind::Ambient(ambient) => strong(ambient_name(*ambient)),
        ast::ExprKind::AtTimeZone { .. } => strong("timezone"),
        ast::ExprKind::Xml(xml) => strong(match &**xml {
            ast::XmlExpr::Element { .. } => "xmlelement",
            ast::XmlExpr::Forest(_) => "xmlforest",
            ast::XmlExpr::Concat(_) => "xmlconcat",
            ast::XmlExpr::Parse(_) => "xmlparse",
            ast::XmlExpr::Pi(_) => "xmlpi",
            ast::XmlExpr::Root { .. } => "xmlroot",
            ast::XmlExpr::Serialize { .. } => "xmlserialize",
            ast::XmlExpr::Exists { .. } => "xmlexists",
        }),
        ast::ExprKind::Json(json) => strong(match &**json {
            ast::JsonExpr::Object { .. } => "json_object",
            ast::JsonExpr::Array { .. } | ast::JsonExpr::ArrayQuery { .. } => "json_array",
            ast::JsonExpr::ObjectAgg { .. } => "json_objectagg",
            ast::JsonExpr::ArrayAgg { .. } => "json_arrayagg",
            ast::JsonExpr::Parse(_) => "json",
            ast::JsonExpr::Scalar(_) => "json_scalar",
            ast::JsonExpr::Serialize { .. } => "json_serialize",
            ast::JsonExpr::Exists(_) => "json_exists",
            ast::JsonExpr::Value(_) => "json_value",
            ast::JsonExpr::Query(_) => "json_query",
        }),
        // Before 15 the grammar made a cast of it.
        ast::ExprKind::Literal(ast::Literal::Boolean(_)) if major == Major::V14 => {
            Some(("bool".to_owned(), false))
        }
        _ => None,
    }
}

fn ambient_name(ambient: ast::Ambient) -> &'static str {
    match ambient {
        ast::Ambient::CurrentDate => "current_date",
        ast::Ambient::CurrentTime => "current_time",
        ast::Ambient::CurrentTimestamp => "current_timestamp",
        ast::Ambient::LocalTime => "localtime",
        ast::Ambient::LocalTimestamp => "localtimestamp",
        ast::Ambient::CurrentRole => "current_role",
        ast::Ambient::CurrentUser => "current_user",
        ast::Ambient::User => "user",
        ast::Ambient::SessionUser => "session_user",
        ast::Ambient::SystemUser => "system_user",
        ast::Ambient::CurrentCatalog => "current_catalog",
        ast::Ambient::CurrentSchema => "current_schema",
    }
}

/// A subquery as a value is named for its column.
fn figure_query(major: Major, query: &ast::Query) -> Option<(String, bool)> {
    let mut body = &query.body;
    loop {
        match body {
            ast::QueryBody::Select(select) => {
                let target = select.targets.first()?;
                if let Some(alias) = &target.alias {
                    return Some((alias.text.clone(), true));
                }
                // The server looks at the analyzed subquery, whose columns all have names.
                if let ast::ExprKind::Wildcard(_) = &target.expr.kind {
                    return None;
                }
                return Some((column_name(major, &target.expr), true));
            }
            ast::QueryBody::Nested(query) => body = &query.body,
            ast::QueryBody::SetOperation(operation) => body = &operation.left,
            // The columns of VALUES have names of their own.
            ast::QueryBody::Values(_) => return Some(("column1".to_owned(), true)),
        }
    }
}
