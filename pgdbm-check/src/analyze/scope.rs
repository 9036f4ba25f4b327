//! What names can be seen where: the open queries, their range tables and name spaces. After `parse_relation.c`.

use pgdbm_template::Code;

use super::Analyzer;
use crate::catalog::TypeId;
use crate::failure::{Failure, Result};
use crate::syntax::ast::{Name, Span, Window};
use crate::tree::{
    Column, CommonTable, Expr, ExprKind, RangeColumn, RangeEntry, RangeKind, Variable, Version,
};

/// In which clause an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Other,
    JoinCondition,
    FromSubquery,
    FromFunction,
    Where,
    Having,
    Filter,
    WindowPartition,
    WindowOrder,
    Frame,
    SelectTarget,
    UpdateSource,
    UpdateTarget,
    MergeWhen,
    GroupBy,
    OrderBy,
    DistinctOn,
    Limit,
    Offset,
    Returning,
    MergeReturning,
    Values,
    /// VALUES with one row, in INSERT.
    ValuesOfInsert,
    Definition(&'static str),
    CallArgument,
    CycleMark,
}

impl Place {
    /// For messages: `in WHERE`.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Other => "here",
            Self::JoinCondition => "in the condition of a JOIN",
            Self::FromSubquery => "in a subquery of FROM",
            Self::FromFunction => "in a function of FROM",
            Self::Where => "in WHERE",
            Self::Having => "in HAVING",
            Self::Filter => "in FILTER",
            Self::WindowPartition => "in PARTITION BY",
            Self::WindowOrder => "in the ORDER BY of a window",
            Self::Frame => "in the frame of a window",
            Self::SelectTarget => "in a select list",
            Self::UpdateSource | Self::UpdateTarget => "in UPDATE",
            Self::MergeWhen => "in a WHEN of MERGE",
            Self::GroupBy => "in GROUP BY",
            Self::OrderBy => "in ORDER BY",
            Self::DistinctOn => "in DISTINCT ON",
            Self::Limit => "in LIMIT",
            Self::Offset => "in OFFSET",
            Self::Returning | Self::MergeReturning => "in RETURNING",
            Self::Values | Self::ValuesOfInsert => "in VALUES",
            Self::Definition(words) => words,
            Self::CallArgument => "in the arguments of CALL",
            Self::CycleMark => "in CYCLE",
        }
    }
}

/// One open query.
#[derive(Debug)]
pub(super) struct Level {
    /// How many calls of set-returning functions there were before this query: those inside are its own affair.
    set_returning_calls_before: usize,
    pub(super) range: Vec<RangeEntry>,
    pub(super) items: Vec<Item>,
    pub(super) common_tables: Vec<CommonTable>,
    /// Tables of the same WITH that come later: for the message.
    pub(super) later_tables: Vec<String>,
    pub(super) place: Place,
    /// LATERAL items may be seen.
    pub(super) lateral: bool,
    /// Constants and parameters of unknown type in the select list become text.
    pub(super) resolve_unknowns: bool,
    pub(super) has_aggregates: bool,
    pub(super) has_window_calls: bool,
    pub(super) has_set_returning: bool,
    /// Of the WINDOW clause, then those that are written behind OVER.
    pub(super) window_definitions: Vec<Window>,
    /// Aliases that FOR UPDATE refers to.
    pub(super) target: Option<u32>,
}

impl Level {
    pub(super) fn new() -> Self {
        Self {
            range: Vec::new(),
            items: Vec::new(),
            common_tables: Vec::new(),
            later_tables: Vec::new(),
            place: Place::Other,
            lateral: false,
            resolve_unknowns: true,
            has_aggregates: false,
            has_window_calls: false,
            set_returning_calls_before: 0,
            has_set_returning: false,
            window_definitions: Vec::new(),
            target: None,
        }
    }
}

/// What stands in the name space: a relation, a subquery, a function, a join.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The alias, or the relation's own name. None: a join without an alias.
    pub(super) name: Option<String>,
    /// The relation, if it goes by its own name: then its schema may be written before it.
    pub(super) relation: Option<TypeId>,
    /// None for joins.
    pub(super) entry: Option<u32>,
    pub(super) columns: Vec<ItemColumn>,
    pub(super) relation_visible: bool,
    pub(super) columns_visible: bool,
    pub(super) lateral_only: bool,
    pub(super) lateral_ok: bool,
    pub(super) version: Version,
    /// The type of the whole row; `record` where it has no type of its own.
    pub(super) row_type: TypeId,
    /// A function that gives one value for each row: the whole row is that value.
    pub(super) scalar: bool,
}

#[derive(Clone, Debug)]
pub(super) struct ItemColumn {
    pub(super) name: String,
    pub(super) expr: Expr,
    /// `*` gives it: not so what SEARCH and CYCLE add, where their table is one of a query further out.
    pub(super) spreads: bool,
}

impl Analyzer<'_> {
    /// The innermost open query. There always is one while something is analyzed.
    pub(super) fn level(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::new());
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    pub(super) fn push_level(&mut self) -> &mut Level {
        let mut level = Level::new();
        level.set_returning_calls_before = self.set_returning_calls;
        self.levels.push(level);
        self.level()
    }

    pub(super) fn pop_level(&mut self) -> Level {
        let level = self.levels.pop().unwrap_or_else(Level::new);
        self.set_returning_calls = level.set_returning_calls_before;
        level
    }

    /// Does something with another place for expressions.
    pub(super) fn at<R>(&mut self, place: Place, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.level().place, place);
        let result = work(self);
        self.level().place = before;
        result
    }

    pub(super) fn place(&mut self) -> Place {
        self.level().place
    }

    /// Adds an entry to the range table of the innermost query.
    pub(super) fn add_entry(&mut self, entry: RangeEntry) -> u32 {
        let range = &mut self.level().range;
        range.push(entry);
        u32::try_from(range.len() - 1).unwrap_or(u32::MAX)
    }

    /// The name space item of an entry.
    pub(super) fn item_of(&mut self, entry: u32, version: Version) -> Item {
        let level = self.level();
        let Some(range) = level.range.get(entry as usize) else {
            return Item::empty();
        };
        let columns = range
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| ItemColumn {
                name: column.name.clone(),
                expr: variable(entry, index, column, version),
                spreads: true,
            })
            .collect();
        let (row_type, relation) = match &range.kind {
            RangeKind::Relation(relation) | RangeKind::Excluded(relation) => {
                (relation.row_type, Some(relation.row_type))
            }
            _ => (crate::catalog::oid::RECORD, None),
        };
        Item {
            name: Some(range.alias.clone()),
            relation,
            entry: Some(entry),
            columns,
            relation_visible: true,
            columns_visible: true,
            lateral_only: false,
            lateral_ok: true,
            version,
            row_type,
            scalar: false,
        }
    }

    /// An item by name, with the number of levels out. After `refnameNamespaceItem`.
    pub(super) fn find_item(
        &self,
        schema: Option<&str>,
        name: &str,
        span: Span,
    ) -> Result<Option<(u32, &Item)>> {
        let relation = match schema {
            Some(schema) => match self.catalog.relation(Some(schema), name) {
                Some(relation) => Some(relation.row_type),
                None => return Ok(None),
            },
            None => None,
        };
        for (out, level) in self.levels.iter().rev().enumerate() {
            let mut found: Option<&Item> = None;
            for item in &level.items {
                if !item.relation_visible || (item.lateral_only && !level.lateral) {
                    continue;
                }
                let matches = match relation {
                    Some(id) => item.relation == Some(id),
                    None => item.name.as_deref() == Some(name),
                };
                if !matches {
                    continue;
                }
                if found.is_some() {
                    return Err(Failure::error(
                        Code::AmbiguousName,
                        span,
                        format!("the name `{name}` may mean several relations here"),
                    )
                    .help("give each of them an alias of its own"));
                }
                if !item.lateral_ok {
                    return Err(not_lateral(name, span));
                }
                found = Some(item);
            }
            if let Some(item) = found {
                return Ok(Some((u32::try_from(out).unwrap_or(u32::MAX), item)));
            }
        }
        Ok(None)
    }

    /// A column by its name alone. After `colNameToVar`.
    pub(super) fn find_column(&self, name: &Name, local_only: bool) -> Result<Option<Expr>> {
        for (out, level) in self.levels.iter().rev().enumerate() {
            let mut found: Option<Expr> = None;
            for item in &level.items {
                if !item.columns_visible || (item.lateral_only && !level.lateral) {
                    continue;
                }
                let Some(expr) = self.column_of_item(item, &level.range, name)? else {
                    continue;
                };
                if found.is_some() {
                    return Err(self.ambiguous_column(name));
                }
                if !item.lateral_ok {
                    return Err(not_lateral(
                        item.name.as_deref().unwrap_or("join"),
                        name.span,
                    ));
                }
                found = Some(expr);
            }
            if let Some(expr) = found {
                return Ok(Some(raised(
                    expr,
                    u32::try_from(out).unwrap_or(u32::MAX),
                    name.span,
                )));
            }
            if local_only {
                break;
            }
        }
        Ok(None)
    }

    fn ambiguous_column(&self, name: &Name) -> Box<Failure> {
        let owners: Vec<String> = self
            .levels
            .last()
            .into_iter()
            .flat_map(|level| &level.items)
            .filter(|item| {
                item.relation_visible && item.columns.iter().any(|column| column.name == name.text)
            })
            .filter_map(|item| item.name.as_ref())
            .map(|owner| format!("`{owner}.{}`", name.text))
            .collect();
        let failure = Failure::error(
            Code::AmbiguousName,
            name.span,
            format!("the column `{}` is in several relations here", name.text),
        );
        if owners.len() > 1 {
            failure.help(format!("write {}", owners.join(" or ")))
        } else {
            failure.help("write the relation's name before it")
        }
    }

    /// A column of one item; system columns too.
    pub(super) fn column_of_item(
        &self,
        item: &Item,
        range: &[RangeEntry],
        name: &Name,
    ) -> Result<Option<Expr>> {
        let mut found: Option<&Expr> = None;
        for column in &item.columns {
            if column.name == name.text {
                if found.is_some() {
                    return Err(self.ambiguous_column(name));
                }
                found = Some(&column.expr);
            }
        }
        if let Some(expr) = found {
            return Ok(Some(expr.clone()));
        }
        let Some(entry) = item.entry else {
            return Ok(None);
        };
        let Some(RangeKind::Relation(relation)) =
            range.get(entry as usize).map(|entry| &entry.kind)
        else {
            return Ok(None);
        };
        if !relation.has_system_columns() {
            return Ok(None);
        }
        Ok(system_column(&name.text).map(|type_id| {
            Expr::new(
                ExprKind::Variable(Variable {
                    level: 0,
                    entry,
                    column: Column::System,
                    version: item.version,
                }),
                type_id,
                name.span,
            )
        }))
    }
}

impl Item {
    pub(super) fn empty() -> Self {
        Self {
            name: None,
            relation: None,
            entry: None,
            columns: Vec::new(),
            relation_visible: false,
            columns_visible: false,
            lateral_only: false,
            lateral_ok: true,
            version: Version::Current,
            row_type: crate::catalog::oid::RECORD,
            scalar: false,
        }
    }
}

fn not_lateral(name: &str, span: Span) -> Box<Failure> {
    Failure::error(
        Code::UnknownRelation,
        span,
        format!("`{name}` cannot be referred to from this part of the query"),
    )
    .help("only an inner or left join lets its right side see its left side")
}

/// The types of system columns.
pub(super) fn system_column(name: &str) -> Option<TypeId> {
    use crate::catalog::oid;
    Some(match name {
        "ctid" => oid::TID,
        "xmin" | "xmax" => oid::XID,
        "cmin" | "cmax" => oid::CID,
        "tableoid" => oid::OID,
        _ => return None,
    })
}

/// A reference to a column of an entry of the innermost query.
pub(super) fn variable(entry: u32, index: usize, column: &RangeColumn, version: Version) -> Expr {
    Expr::new(
        ExprKind::Variable(Variable {
            level: 0,
            entry,
            column: Column::At(u32::try_from(index).unwrap_or(u32::MAX)),
            version,
        }),
        column.type_id,
        Span::default(),
    )
    .with_modifier(column.modifier)
}

/// The same expression, seen from so many queries further in, and standing here.
///
/// It is made of columns, conversions and COALESCE only: what a name can stand for.
pub(super) fn raised(mut expr: Expr, out: u32, span: Span) -> Expr {
    expr.span = span;
    match &mut expr.kind {
        ExprKind::Variable(variable) => variable.level += out,
        ExprKind::Coerce { operand, .. } => {
            let inner = std::mem::replace(
                &mut **operand,
                Expr::new(ExprKind::CaseOperand, crate::catalog::oid::UNKNOWN, span),
            );
            **operand = raised(inner, out, span);
        }
        ExprKind::Coalesce(operands) | ExprKind::Row { fields: operands } => {
            for operand in operands {
                let inner = std::mem::replace(
                    operand,
                    Expr::new(ExprKind::CaseOperand, crate::catalog::oid::UNKNOWN, span),
                );
                *operand = raised(inner, out, span);
            }
        }
        _ => {}
    }
    expr
}
