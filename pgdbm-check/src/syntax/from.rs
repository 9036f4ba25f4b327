//! The items of a FROM clause.

use pgdbm_template::TokenKind;

use super::{
    ast::{
        Alias, ColumnDefinition, Expr, ExprKind, FromFunction, FromItem, Join, JoinCondition,
        JoinKind, JsonTable, JsonTableColumn, ObjectName, Sample, Span, XmlTable, XmlTableColumn,
    },
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    pub(super) fn table_refs(&mut self) -> Read<Vec<FromItem>> {
        self.list(Self::table_ref)
    }

    /// `table_ref`: an item with the joins that follow it.
    pub(super) fn table_ref(&mut self) -> Read<FromItem> {
        let start = self.here();
        let mut left = self.table_primary()?;
        while let Some((kind, natural)) = self.join_words()? {
            // What a qualified join's right side is ends where its condition begins, joins of its own included.
            let (right, condition) = if natural {
                (self.table_primary()?, JoinCondition::Natural)
            } else if kind == JoinKind::Cross {
                (self.table_primary()?, JoinCondition::None)
            } else {
                (self.table_ref()?, self.join_condition()?)
            };
            left = FromItem::Join(Box::new(Join {
                kind,
                left,
                right,
                condition,
                alias: None,
                span: self.since(start),
            }));
        }
        Ok(left)
    }

    /// The words of a join, and whether it is natural.
    fn join_words(&mut self) -> Read<Option<(JoinKind, bool)>> {
        if self.eat(&["cross"]) {
            self.expect("join")?;
            return Ok(Some((JoinKind::Cross, false)));
        }
        let natural = self.eat(&["natural"]);
        let kind = match self.word() {
            "join" => {
                self.advance();
                return Ok(Some((JoinKind::Inner, natural)));
            }
            "inner" => JoinKind::Inner,
            "left" => JoinKind::Left,
            "right" => JoinKind::Right,
            "full" => JoinKind::Full,
            _ if natural => return self.stop("join"),
            _ => return Ok(None),
        };
        self.advance();
        if kind != JoinKind::Inner {
            self.eat(&["outer"]);
        }
        self.expect("join")?;
        Ok(Some((kind, natural)))
    }

    fn join_condition(&mut self) -> Read<JoinCondition> {
        if self.eat(&["on"]) {
            return Ok(JoinCondition::On(self.expression()?));
        }
        if !self.eat(&["using"]) {
            return self.stop("ON or USING");
        }
        let columns = self.column_names()?;
        let alias = if self.eat(&["as"]) {
            Some(self.column_name()?)
        } else {
            None
        };
        Ok(JoinCondition::Using { columns, alias })
    }

    fn table_primary(&mut self) -> Read<FromItem> {
        let start = self.here();
        let lateral = self.eat(&["lateral"]);
        if self.is_enclosed_query() {
            let query = Box::new(self.enclosed_query()?);
            return Ok(FromItem::Subquery {
                lateral,
                query,
                alias: self.alias()?,
                span: self.since(start),
            });
        }
        if self.is_open() {
            self.advance();
            let mut item = self.table_ref()?;
            self.close()?;
            if let FromItem::Join(join) = &mut item
                && let Some(alias) = self.alias()?
            {
                join.alias = Some(alias);
            }
            return Ok(item);
        }
        let called = self.kind_at(1) == Some(TokenKind::OpenParenthesis);
        match self.word() {
            "rows" if self.word_at(1) == "from" => {
                self.advance();
                self.advance();
                let functions = self.enclosed(|reader| {
                    let call = reader.function_of_from()?;
                    let columns = if reader.eat(&["as"]) {
                        reader.enclosed(Self::column_definition)?
                    } else {
                        Vec::new()
                    };
                    Ok(FromFunction { call, columns })
                })?;
                self.functions(lateral, functions, true, start)
            }
            "xmltable" if called => self.xml_table(lateral, start),
            "json_table" if called => self.json_table(lateral, start),
            "only" => self.relation_item(),
            _ if self.is_function_item() => {
                let call = self.function_of_from()?;
                let functions = vec![FromFunction {
                    call,
                    columns: Vec::new(),
                }];
                self.functions(lateral, functions, false, start)
            }
            _ => self.relation_item(),
        }
    }

    /// `func_expr_windowless`: a call, or an expression that is written like one.
    fn function_of_from(&mut self) -> Read<Expr> {
        const EXPECTED: &str = "a relation, a function's call or a query in parentheses";
        let is_name = matches!(
            self.kind(),
            Some(
                TokenKind::Identifier
                    | TokenKind::QuotedIdentifier { .. }
                    | TokenKind::UnicodeIdentifier { .. }
            )
        );
        if !is_name {
            return self.stop(EXPECTED);
        }
        let (position, word) = (self.position, self.word());
        let expr = self.primary()?;
        let is_function = match &expr.kind {
            ExprKind::Call(call) => {
                call.over.is_none() && call.filter.is_none() && call.within_group.is_empty()
            }
            ExprKind::Cast { .. } => word == "cast",
            ExprKind::Coalesce(_)
            | ExprKind::Greatest(_)
            | ExprKind::Least(_)
            | ExprKind::NullIf { .. }
            | ExprKind::Ambient(_)
            | ExprKind::MergeAction
            | ExprKind::Xml(_)
            | ExprKind::Json(_) => true,
            _ => false,
        };
        if is_function {
            Ok(expr)
        } else {
            self.position = position;
            self.stop(EXPECTED)
        }
    }

    /// Whether a function's call stands here and not a relation.
    fn is_function_item(&self) -> bool {
        let mut ahead = 1;
        while self.kind_at(ahead) == Some(TokenKind::Dot) {
            ahead += 2;
        }
        self.kind_at(ahead) == Some(TokenKind::OpenParenthesis)
            || self.kind() == Some(TokenKind::Identifier) && !self.is_column_name()
    }

    fn functions(
        &mut self,
        lateral: bool,
        functions: Vec<FromFunction>,
        rows_from: bool,
        start: Span,
    ) -> Read<FromItem> {
        let ordinality = self.eat(&["with", "ordinality"]);
        let mut columns = Vec::new();
        let mut alias = None;
        let with_as = self.eat(&["as"]);
        if with_as && self.is_open() {
            columns = self.enclosed(Self::column_definition)?;
        } else if with_as || self.is_column_name() {
            let name = self.column_name()?;
            let mut names = Vec::new();
            if self.is_open() {
                let defines = !matches!(
                    self.kind_at(2),
                    Some(TokenKind::Comma | TokenKind::CloseParenthesis)
                );
                if defines {
                    columns = self.enclosed(Self::column_definition)?;
                } else {
                    names = self.column_names()?;
                }
            }
            alias = Some(Alias {
                name,
                columns: names,
            });
        }
        Ok(FromItem::Functions {
            lateral,
            functions,
            rows_from,
            ordinality,
            alias,
            columns,
            span: self.since(start),
        })
    }

    fn column_definition(&mut self) -> Read<ColumnDefinition> {
        let name = self.column_name()?;
        let type_name = self.type_name()?;
        if self.eat(&["collate"]) {
            self.any_object_name()?;
        }
        Ok(ColumnDefinition { name, type_name })
    }

    /// `[AS] name [(columns)]`
    fn alias(&mut self) -> Read<Option<Alias>> {
        if !self.eat(&["as"]) && !self.is_column_name() {
            return Ok(None);
        }
        let name = self.column_name()?;
        Ok(Some(Alias {
            name,
            columns: self.optional_column_names()?,
        }))
    }

    /// `[ONLY] name [*]`, `ONLY (name)`. The flag: ONLY.
    pub(super) fn relation_name(&mut self) -> Read<(ObjectName, bool)> {
        let only = self.eat(&["only"]);
        let enclosed = only && self.eat_open();
        let name = self.object_name()?;
        if enclosed {
            self.close()?;
        }
        if !only {
            self.eat_operator("*");
        }
        Ok((name, only))
    }

    fn relation_item(&mut self) -> Read<FromItem> {
        let (name, only) = self.relation_name()?;
        let alias = self.alias()?;
        let sample = if self.eat(&["tablesample"]) {
            Some(self.sample()?)
        } else {
            None
        };
        Ok(FromItem::Relation {
            name,
            only,
            alias,
            sample,
        })
    }

    fn sample(&mut self) -> Read<Sample> {
        let method = self.any_object_name()?;
        let arguments = self.enclosed(Self::expression)?;
        let repeatable = if self.eat(&["repeatable"]) {
            self.open()?;
            let seed = self.expression()?;
            self.close()?;
            Some(seed)
        } else {
            None
        };
        Ok(Sample {
            method,
            arguments,
            repeatable,
        })
    }

    fn xml_table(&mut self, lateral: bool, start: Span) -> Read<FromItem> {
        self.advance();
        self.open()?;
        let mut namespaces = Vec::new();
        if self.eat(&["xmlnamespaces"]) {
            namespaces = self.enclosed(Self::xml_namespace)?;
            if !self.eat_comma() {
                return self.stop("`,`");
            }
        }
        let row = self.primary()?;
        let document = self.xml_passing()?;
        self.expect("columns")?;
        let columns = self.list(Self::xml_table_column)?;
        self.close()?;
        let alias = self.alias()?;
        Ok(FromItem::XmlTable(Box::new(XmlTable {
            lateral,
            namespaces,
            row,
            document,
            columns,
            alias,
            span: self.since(start),
        })))
    }

    fn xml_namespace(&mut self) -> Read<Expr> {
        if self.eat(&["default"]) {
            return self.restricted_expression();
        }
        let uri = self.restricted_expression()?;
        self.expect("as")?;
        self.label()?;
        Ok(uri)
    }

    fn xml_table_column(&mut self) -> Read<XmlTableColumn> {
        let name = self.column_name()?;
        let mut column = XmlTableColumn {
            name,
            type_name: None,
            path: None,
            default: None,
            not_null: false,
        };
        if self.eat(&["for", "ordinality"]) {
            return Ok(column);
        }
        column.type_name = Some(self.type_name()?);
        loop {
            if self.eat_plain("path") {
                column.path = Some(self.restricted_expression()?);
            } else if self.eat(&["default"]) {
                column.default = Some(self.restricted_expression()?);
            } else if self.eat(&["not", "null"]) {
                column.not_null = true;
            } else if !self.eat(&["null"]) {
                return Ok(column);
            }
        }
    }

    fn json_table(&mut self, lateral: bool, start: Span) -> Read<FromItem> {
        self.advance();
        self.open()?;
        let path = self.position;
        let mut source = self.json_path_source()?;
        if !matches!(
            source.path.kind,
            ExprKind::Literal(super::ast::Literal::String(_))
        ) {
            self.position = path;
            return self.stop("a path in quotes");
        }
        let columns = self.json_table_columns()?;
        (source.on_empty, source.on_error) = self.json_behaviors()?;
        self.close()?;
        let alias = self.alias()?;
        Ok(FromItem::JsonTable(Box::new(JsonTable {
            lateral,
            source,
            columns,
            alias,
            span: self.since(start),
        })))
    }

    fn json_table_columns(&mut self) -> Read<Vec<JsonTableColumn>> {
        self.expect("columns")?;
        self.enclosed(Self::json_table_column)
    }

    fn json_table_column(&mut self) -> Read<JsonTableColumn> {
        if self.word() == "nested"
            && (self.word_at(1) == "path" || self.kind_at(1).is_some_and(is_string))
        {
            self.advance();
            self.eat(&["path"]);
            self.string()?;
            if self.eat(&["as"]) {
                self.label()?;
            }
            return Ok(JsonTableColumn::Nested(self.json_table_columns()?));
        }
        let name = self.column_name()?;
        if self.eat(&["for", "ordinality"]) {
            return Ok(JsonTableColumn::Ordinality(name));
        }
        let returning = self.json_type()?;
        let exists = self.eat(&["exists"]);
        if self.eat_plain("path") {
            self.string()?;
        }
        self.json_wrapper();
        let (on_empty, on_error) = self.json_behaviors()?;
        Ok(JsonTableColumn::Value {
            name,
            returning,
            exists,
            on_empty,
            on_error,
        })
    }
}

fn is_string(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::String { .. } | TokenKind::EscapeString { .. } | TokenKind::DollarString { .. }
    )
}
