//! WITH: common tables, recursive ones, and SEARCH and CYCLE. After `parse_cte.c`.

use std::sync::Arc;

use pgdbm_template::Code;

use super::Analyzer;
use super::query::finish;
use super::scope::Place;
use super::set_operation::no_into;
use crate::catalog::{TypeId, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Span};
use crate::tree::{CommonTable, Query, RangeColumn};

impl Analyzer<'_> {
    /// The tables of a WITH, in an order in which each is known before it is used.
    pub(super) fn with(&mut self, with: &ast::With) -> Result<()> {
        for (index, table) in with.tables.iter().enumerate() {
            if with
                .tables
                .iter()
                .take(index)
                .any(|other| other.name.text == table.name.text)
            {
                return Err(Failure::error(
                    Code::AlreadyExists,
                    table.name.span,
                    format!("the WITH query `{}` stands twice", table.name.text),
                ));
            }
        }
        let order = if with.recursive {
            self.dependency_order(with)?
        } else {
            (0..with.tables.len()).collect()
        };
        self.level().later_tables = with
            .tables
            .iter()
            .map(|table| table.name.text.clone())
            .collect();
        for index in order {
            let Some(table) = with.tables.get(index) else {
                continue;
            };
            if !with.recursive {
                self.level()
                    .later_tables
                    .retain(|later| *later != table.name.text);
            }
            self.common_table(table, with.recursive)?;
        }
        self.level().later_tables.clear();
        Ok(())
    }

    /// With RECURSIVE a table may use later ones: the order in which they can be analyzed.
    fn dependency_order(&self, with: &ast::With) -> Result<Vec<usize>> {
        let names: Vec<&str> = with
            .tables
            .iter()
            .map(|table| table.name.text.as_str())
            .collect();
        let uses: Vec<Vec<usize>> = with
            .tables
            .iter()
            .enumerate()
            .map(|(own, table)| {
                let mut mentioned = super::mention::relations_of(&table.body);
                mentioned.sort_unstable();
                mentioned.dedup();
                names
                    .iter()
                    .enumerate()
                    .filter(|(index, name)| {
                        *index != own
                            && mentioned
                                .binary_search_by(|other| other.as_str().cmp(name))
                                .is_ok()
                    })
                    .map(|(index, _)| index)
                    .collect()
            })
            .collect();
        let mut order: Vec<usize> = Vec::with_capacity(names.len());
        let mut ready = vec![false; names.len()];
        let is_ready = |ready: &[bool], index: usize| ready.get(index).copied().unwrap_or_default();
        while order.len() < names.len() {
            let next = uses.iter().enumerate().position(|(index, uses)| {
                !is_ready(&ready, index) && uses.iter().all(|used| is_ready(&ready, *used))
            });
            let Some(index) = next else {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    with.span,
                    "WITH queries that need each other are not possible",
                ));
            };
            if let Some(place) = ready.get_mut(index) {
                *place = true;
            }
            order.push(index);
        }
        Ok(order)
    }

    fn common_table(&mut self, table: &ast::CommonTable, recursive: bool) -> Result<()> {
        let refers_to_itself =
            recursive && super::mention::relations_of(&table.body).contains(&table.name.text);
        let index = self.level().common_tables.len();
        if refers_to_itself {
            let ast::CommonTableBody::Query(query) = &table.body else {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    table.name.span,
                    format!(
                        "the recursive WITH query `{}` must not change data",
                        table.name.text
                    ),
                ));
            };
            if !is_union(&query.body) {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    table.name.span,
                    format!(
                        "the recursive WITH query `{}` must have the form `first rows UNION [ALL] further rows`",
                        table.name.text
                    ),
                ));
            }
            no_into(query)?;
            super::mention::check_recursion(table, query)?;
            self.level().common_tables.push(CommonTable {
                name: table.name.text.clone(),
                query: None,
                recursive: true,
                columns: Vec::new(),
                added_columns: extra_columns(table).len(),
            });
            self.unfinished
                .push((self.levels.len(), index, false, table.columns.clone()));
            self.recursive_extra.push(extra_columns(table));
            let before = self.recursion.replace(index);
            self.push_level();
            let result = self.query(query);
            let level = self.pop_level();
            self.recursion = before;
            self.unfinished.pop();
            self.recursive_extra.pop();
            let analyzed = finish(result?, level)?;
            self.check_recursive_types(table, index, &analyzed)?;
            return self.finish_table(table, index, analyzed, true);
        }
        let before = self.recursion.take();
        let analyzed = self.common_table_body(table);
        self.recursion = before;
        self.level().common_tables.push(CommonTable {
            name: table.name.text.clone(),
            query: None,
            recursive: false,
            columns: Vec::new(),
            added_columns: extra_columns(table).len(),
        });
        self.finish_table(table, index, analyzed?, false)
    }

    fn common_table_body(&mut self, table: &ast::CommonTable) -> Result<Query> {
        match &table.body {
            ast::CommonTableBody::Query(query) => self.subquery(query, true),
            body => {
                if self.levels.len() > 1 {
                    return Err(Failure::error(
                        Code::MisplacedClause,
                        table.name.span,
                        "a WITH that changes data stands only at the top of a statement",
                    ));
                }
                self.push_level();
                let result = match body {
                    ast::CommonTableBody::Insert(insert) => self.insert(insert),
                    ast::CommonTableBody::Update(update) => self.update(update),
                    ast::CommonTableBody::Delete(delete) => self.delete(delete),
                    ast::CommonTableBody::Merge(merge) => self.merge(merge),
                    ast::CommonTableBody::Query(query) => self.query(query),
                };
                let level = self.pop_level();
                finish(result?, level)
            }
        }
    }

    fn finish_table(
        &mut self,
        table: &ast::CommonTable,
        index: usize,
        query: Query,
        recursive: bool,
    ) -> Result<()> {
        let mut columns: Vec<RangeColumn> = query
            .targets
            .iter()
            .map(|target| RangeColumn {
                name: target.name.clone(),
                type_id: target.expr.type_id,
                modifier: target.expr.modifier,
            })
            .collect();
        name_columns(&mut columns, &table.columns, &table.name)?;
        let extra = self.search_and_cycle(table, &columns)?;
        columns.extend(extra);
        if let Some(of) = self.level().common_tables.get_mut(index) {
            of.columns = columns;
            of.query = Some(Arc::new(query));
            of.recursive = recursive;
        }
        Ok(())
    }

    /// The columns that SEARCH and CYCLE add.
    fn search_and_cycle(
        &mut self,
        table: &ast::CommonTable,
        columns: &[RangeColumn],
    ) -> Result<Vec<RangeColumn>> {
        let mut extra = Vec::new();
        let known = |name: &ast::Name| -> Result<()> {
            if columns.iter().any(|column| column.name == name.text) {
                return Ok(());
            }
            Err(Failure::error(
                Code::UnknownColumn,
                name.span,
                format!("`{}` has no column `{}`", table.name.text, name.text),
            ))
        };
        let fresh = |name: &ast::Name| -> Result<()> {
            if columns.iter().all(|column| column.name != name.text) {
                return Ok(());
            }
            Err(Failure::error(
                Code::AlreadyExists,
                name.span,
                format!("`{}` has a column `{}` already", table.name.text, name.text),
            ))
        };
        let once = |names: &[ast::Name]| -> Result<()> {
            for (index, name) in names.iter().enumerate() {
                let before = names.get(..index).unwrap_or_default();
                if before.iter().any(|other| other.text == name.text) {
                    return Err(Failure::error(
                        Code::AmbiguousName,
                        name.span,
                        format!("the column `{}` stands twice", name.text),
                    ));
                }
            }
            Ok(())
        };
        let search = table.search.iter().map(|search| &search.sequence);
        let cycle = table
            .cycle
            .iter()
            .flat_map(|cycle| [&cycle.mark, &cycle.path]);
        once(&search.chain(cycle).cloned().collect::<Vec<_>>())?;
        if let Some(search) = &table.search {
            once(&search.columns)?;
            search.columns.iter().try_for_each(known)?;
            fresh(&search.sequence)?;
            extra.push(RangeColumn {
                name: search.sequence.text.clone(),
                type_id: if search.breadth_first {
                    oid::RECORD
                } else {
                    oid::RECORD_ARRAY
                },
                modifier: -1,
            });
        }
        if let Some(cycle) = &table.cycle {
            once(&cycle.columns)?;
            cycle.columns.iter().try_for_each(known)?;
            fresh(&cycle.mark)?;
            fresh(&cycle.path)?;
            let mark = match &cycle.values {
                None => oid::BOOL,
                Some((value, default)) => {
                    let value = self.at(Place::CycleMark, |this| this.expr(value))?;
                    let default = self.at(Place::CycleMark, |this| this.expr(default))?;
                    let (_, common) = self.unify(vec![value, default], "CYCLE")?;
                    common
                }
            };
            extra.push(RangeColumn {
                name: cycle.mark.text.clone(),
                type_id: mark,
                modifier: -1,
            });
            extra.push(RangeColumn {
                name: cycle.path.text.clone(),
                type_id: oid::RECORD_ARRAY,
                modifier: -1,
            });
        }
        Ok(extra)
    }

    /// The types of a recursive table are those of its first arm: the whole must not have others.
    fn check_recursive_types(
        &self,
        table: &ast::CommonTable,
        index: usize,
        query: &Query,
    ) -> Result<()> {
        let Some(declared) = self
            .levels
            .last()
            .and_then(|level| level.common_tables.get(index))
        else {
            return Ok(());
        };
        for (column, target) in declared.columns.iter().zip(&query.targets) {
            let same =
                column.type_id == target.expr.type_id && column.modifier == target.expr.modifier;
            if !same {
                let describe = |id: TypeId, modifier: i32| {
                    if modifier >= 0 {
                        format!("{} with a modifier", format_type(self.catalog, id))
                    } else {
                        format_type(self.catalog, id)
                    }
                };
                return Err(Failure::error(
                    Code::TypeMismatch,
                    target.expr.span,
                    format!(
                        "the column `{}` of the recursive `{}` is `{}` in the first arm and `{}` in the whole",
                        column.name,
                        table.name.text,
                        describe(column.type_id, column.modifier),
                        describe(target.expr.type_id, target.expr.modifier),
                    ),
                )
                .help("cast it in the first arm to the type of the whole"));
            }
        }
        Ok(())
    }

    /// The first arm of a recursive table was analyzed: its columns can be seen from now on.
    pub(super) fn declare_recursive(
        &mut self,
        index: usize,
        mut columns: Vec<RangeColumn>,
    ) -> Result<()> {
        let Some(&mut (level, _, ref mut known, ref names)) = self
            .unfinished
            .iter_mut()
            .rev()
            .find(|(_, unfinished, ..)| *unfinished == index)
        else {
            return Ok(());
        };
        *known = true;
        let names = names.clone();
        let extra = self.recursive_extra.last().cloned().unwrap_or_default();
        if let Some(table) = self
            .levels
            .get_mut(level.saturating_sub(1))
            .and_then(|level| level.common_tables.get_mut(index))
        {
            let name = ast::Name::new(table.name.clone(), Span::default());
            name_columns(&mut columns, &names, &name)?;
            columns.extend(extra);
            table.columns = columns;
        }
        Ok(())
    }

    /// A common table by name: how many queries out, and its place there.
    pub(super) fn find_common_table(&self, name: &str) -> Option<(u32, usize)> {
        self.levels
            .iter()
            .rev()
            .enumerate()
            .find_map(|(out, level)| {
                level
                    .common_tables
                    .iter()
                    .position(|table| table.name == name)
                    .map(|index| (u32::try_from(out).unwrap_or(u32::MAX), index))
            })
    }

    /// The table's first arm is being analyzed.
    pub(super) fn unfinished_table(&self, level: u32, index: usize) -> bool {
        let depth = self.levels.len().saturating_sub(level as usize);
        self.unfinished
            .iter()
            .any(|(at, unfinished, known, _)| *at == depth && *unfinished == index && !known)
    }

    pub(super) fn recursive_reference(&self, name: &ast::ObjectName) -> Result<()> {
        Err(Failure::error(
            Code::MisplacedClause,
            name.span,
            format!(
                "the recursive `{}` cannot be used in its first arm",
                name.name()
            ),
        ))
    }
}

fn is_union(body: &ast::QueryBody) -> bool {
    match body {
        ast::QueryBody::SetOperation(operation) => operation.operator == ast::SetOperator::Union,
        ast::QueryBody::Nested(query) => is_union(&query.body),
        _ => false,
    }
}

/// The columns of SEARCH and CYCLE can be seen inside of the recursive arm as well.
fn extra_columns(table: &ast::CommonTable) -> Vec<RangeColumn> {
    let mut extra = Vec::new();
    if let Some(search) = &table.search {
        extra.push(RangeColumn {
            name: search.sequence.text.clone(),
            type_id: if search.breadth_first {
                oid::RECORD
            } else {
                oid::RECORD_ARRAY
            },
            modifier: -1,
        });
    }
    if let Some(cycle) = &table.cycle {
        extra.push(RangeColumn {
            name: cycle.mark.text.clone(),
            type_id: oid::BOOL,
            modifier: -1,
        });
        extra.push(RangeColumn {
            name: cycle.path.text.clone(),
            type_id: oid::RECORD_ARRAY,
            modifier: -1,
        });
    }
    extra
}

fn name_columns(columns: &mut [RangeColumn], names: &[ast::Name], table: &ast::Name) -> Result<()> {
    if names.len() > columns.len() {
        return Err(Failure::error(
            Code::ColumnCount,
            names
                .get(columns.len())
                .map_or(table.span, |name| name.span),
            format!(
                "the WITH query `{}` has {}, and {} names are given",
                table.text,
                super::coerce::count(columns.len(), "column"),
                names.len()
            ),
        ));
    }
    for (column, name) in columns.iter_mut().zip(names) {
        column.name.clone_from(&name.text);
    }
    Ok(())
}
