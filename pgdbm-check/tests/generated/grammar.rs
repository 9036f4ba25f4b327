//! The generator: statements over the schema, each made from choices. It knows the types of what it makes well enough for most
//! statements to be valid, and is careless often enough for the rest to be interesting.

mod call;
mod change;
mod condition;
mod expression;
mod from;
mod leaf;
mod scope;
mod select;
mod with;

use crate::choices::Choices;
use crate::schema::Schema;

use scope::{Named, Scope};

/// How deep expressions nest, and how many parts a statement has before only the simplest are added.
const DEPTH: u32 = 3;
const PARTS: u32 = 60;

/// What is being made.
pub(crate) struct Grammar<'s> {
    schema: &'s Schema,
    choices: &'s mut Choices,
    /// The types that the parameters so far were made for.
    parameters: Vec<&'s str>,
    /// What names mean, the innermost query last.
    scopes: Vec<Scope<'s>>,
    /// The WITH queries that may be read.
    tables: Vec<Named<'s>>,
    aliases: u32,
    parts: u32,
}

impl<'s> Grammar<'s> {
    /// Any statement.
    pub(crate) fn statement(schema: &'s Schema, choices: &'s mut Choices) -> String {
        let mut grammar = Self::new(schema, choices);
        match grammar.choices.weighted(&[62, 12, 12, 6, 5, 3]) {
            1 => grammar.with_statement(Self::insert),
            2 => grammar.with_statement(Self::update),
            3 => grammar.with_statement(Self::delete),
            4 if schema.major >= 15 => grammar.with_statement(Self::merge),
            5 => grammar.with_changes(),
            _ => grammar.query(None, DEPTH).sql,
        }
    }

    /// A statement that only reads.
    pub(crate) fn read(schema: &'s Schema, choices: &'s mut Choices) -> String {
        Self::new(schema, choices).query(None, DEPTH).sql
    }

    fn new(schema: &'s Schema, choices: &'s mut Choices) -> Self {
        Self {
            schema,
            choices,
            parameters: Vec::new(),
            scopes: Vec::new(),
            tables: Vec::new(),
            aliases: 0,
            parts: 0,
        }
    }

    /// Whether the statement is large enough.
    fn is_full(&mut self) -> bool {
        self.parts += 1;
        self.parts > PARTS
    }

    fn alias(&mut self, letter: char) -> String {
        self.aliases += 1;
        format!("{letter}{}", self.aliases)
    }

    /// Any type: mostly one that a column in reach has.
    fn any_type(&mut self) -> &'s str {
        let from_columns = !self.choices.chance(30);
        let columns = self.scopes.last().map_or(&[][..], |scope| &scope.columns);
        if from_columns && !columns.is_empty() {
            let index = self.choices.below(columns.len());
            if let Some(column) = columns.get(index) {
                return column.type_name;
            }
        }
        if !self.choices.chance(40) {
            return self
                .choices
                .word(&["integer", "text", "bigint", "boolean", "numeric"]);
        }
        let index = self.choices.below(self.schema.types.len());
        self.schema.types.get(index).map_or("text", String::as_str)
    }
}
