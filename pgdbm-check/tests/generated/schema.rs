//! What the generator knows of the schema, as the server tells it: relations, types, operators, functions, casts.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use crate::database::Database;

/// Types that need no column to be worth using.
const COMMON: &str = "bool,int2,int4,int8,text,numeric,float8,interval,date,timestamptz,timestamp,jsonb,jsonpath,tsquery,lquery,\
                      uuid,_text,_int4,_int8,_bool,int4multirange,daterange,regclass";

/// A relation and its columns.
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) name: String,
    pub(crate) columns: Vec<Attribute>,
    /// Whether rows may be written to it.
    pub(crate) is_table: bool,
    /// The columns of each unique index without expressions and conditions.
    pub(crate) unique: Vec<Vec<String>>,
}

/// A column of a relation.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) type_name: String,
    pub(crate) is_generated: bool,
    pub(crate) has_default: bool,
    pub(crate) not_null: bool,
}

/// An operator or a function: its name and what it takes. A prefix operator takes one argument.
#[derive(Debug)]
pub(crate) struct Routine {
    pub(crate) name: String,
    pub(crate) takes: Vec<String>,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    pub(crate) major: u32,
    pub(crate) relations: Vec<Relation>,
    pub(crate) types: Vec<String>,
    pub(crate) operators: BTreeMap<String, Vec<Routine>>,
    pub(crate) functions: BTreeMap<String, Vec<Routine>>,
    pub(crate) aggregates: BTreeMap<String, Vec<Routine>>,
    /// From what each type can be cast.
    pub(crate) casts: BTreeMap<String, Vec<String>>,
    /// The array type of each element type, and the reverse.
    pub(crate) arrays: BTreeMap<String, String>,
    pub(crate) elements: BTreeMap<String, String>,
    /// The fields of the composite types.
    pub(crate) fields: BTreeMap<String, Vec<(String, String)>>,
}

impl Schema {
    /// Asks the server.
    pub(crate) fn read(database: &Database) -> Result<Self, Box<dyn Error>> {
        let mut schema = Self {
            major: database.major,
            ..Self::default()
        };
        schema.read_relations(database)?;
        schema.read_types(database)?;
        schema.read_routines(database)?;
        Ok(schema)
    }

    fn read_relations(&mut self, database: &Database) -> Result<(), Box<dyn Error>> {
        let rows = database.rows(
            "SELECT c.relname::text, c.relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace, quote_ident(attname),
                    format_type(atttypid, NULL), attgenerated <> '', atthasdef OR attidentity <> '', attnotnull,
                    relnamespace = 'public'::regnamespace AND c.relkind = 'c'
             FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
             WHERE attnum > 0 AND NOT attisdropped
               AND (relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'c')
                 OR c.oid IN ('pg_class'::regclass, 'pg_namespace'::regclass))
             ORDER BY relnamespace = 'public'::regnamespace DESC, c.oid, attnum",
        )?;
        for row in rows {
            let name: String = row.get(0);
            let attribute = Attribute {
                name: row.get(2),
                type_name: row.get(3),
                is_generated: row.get(4),
                has_default: row.get(5),
                not_null: row.get(6),
            };
            if row.get(7) {
                let fields = self.fields.entry(name).or_default();
                fields.push((attribute.name, attribute.type_name));
                continue;
            }
            match self.relations.last_mut() {
                Some(last) if last.name == name => last.columns.push(attribute),
                _ => self.relations.push(Relation {
                    name,
                    columns: vec![attribute],
                    is_table: row.get(1),
                    unique: Vec::new(),
                }),
            }
        }
        let rows = database.rows(
            "SELECT c.relname::text, array_agg(quote_ident(attname)::text ORDER BY attnum)
             FROM pg_index i JOIN pg_class c ON c.oid = indrelid JOIN pg_attribute a ON a.attrelid = c.oid AND attnum = ANY (indkey)
             WHERE indisunique AND indexprs IS NULL AND indpred IS NULL AND relnamespace = 'public'::regnamespace
             GROUP BY c.relname, indexrelid ORDER BY 1, 2",
        )?;
        for row in rows {
            let name: String = row.get(0);
            if let Some(relation) = self.relations.iter_mut().find(|one| one.name == name) {
                relation.unique.push(row.get(1));
            }
        }
        Ok(())
    }

    fn read_types(&mut self, database: &Database) -> Result<(), Box<dyn Error>> {
        let mut types: BTreeSet<String> = self
            .relations
            .iter()
            .filter(|relation| relation.is_table)
            .flat_map(|relation| &relation.columns)
            .map(|column| column.type_name.clone())
            .collect();
        let rows = database.rows(&format!(
            "SELECT format_type(oid, NULL) FROM pg_type WHERE typname = ANY ('{{{COMMON}}}')"
        ))?;
        types.extend(rows.iter().map(|row| row.get::<_, String>(0)));
        self.types = types.into_iter().collect();
        let rows = database.rows(
            "SELECT format_type(oid, NULL), format_type(typarray, NULL) FROM pg_type WHERE typarray <> 0",
        )?;
        for row in rows {
            let (element, array): (String, String) = (row.get(0), row.get(1));
            if self.types.contains(&array) {
                self.elements.insert(array.clone(), element.clone());
            }
            self.arrays.insert(element, array);
        }
        let rows = database.rows(
            "SELECT format_type(castsource, NULL), format_type(casttarget, NULL) FROM pg_cast ORDER BY 1, 2",
        )?;
        for row in rows {
            let (source, target): (String, String) = (row.get(0), row.get(1));
            if self.types.contains(&source) && self.types.contains(&target) {
                self.casts.entry(target).or_default().push(source);
            }
        }
        Ok(())
    }

    /// Functions that read or change more than their arguments are left out, so that everything may be run.
    fn read_routines(&mut self, database: &Database) -> Result<(), Box<dyn Error>> {
        let rows = database.rows(
            "SELECT 'o', oprname::text, format_type(oprresult, NULL),
                    array_remove(ARRAY[format_type(NULLIF(oprleft, 0), NULL), format_type(NULLIF(oprright, 0), NULL)], NULL)
             FROM pg_operator WHERE oprcode <> 0 AND oprright <> 0
             UNION ALL
             SELECT prokind::text, quote_ident(proname), format_type(prorettype, NULL),
                    ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) WITH ORDINALITY u(t, n) ORDER BY n)
             FROM pg_proc LEFT JOIN pg_aggregate ON aggfnoid = pg_proc.oid
             WHERE prokind IN ('f', 'a') AND NOT proretset AND provariadic = 0 AND pg_function_is_visible(pg_proc.oid)
               AND (prokind = 'a' AND aggkind = 'n' OR provolatile IN ('i', 's') OR prolang = (SELECT oid FROM pg_language WHERE lanname = 'sql'))
               AND proname !~ '^(pg_|lo_|txid_|database_|schema_|table_|cursor_|query_|dblink|binary_upgrade)'
             ORDER BY 1, 2, 3, 4",
        )?;
        for row in rows {
            let kind: String = row.get(0);
            let result: String = row.get(2);
            let routine = Routine {
                name: row.get(1),
                takes: row.get(3),
            };
            if !routine
                .takes
                .iter()
                .chain([&result])
                .all(|one| self.types.contains(one))
            {
                continue;
            }
            let routines = match kind.as_str() {
                "o" => &mut self.operators,
                "f" => &mut self.functions,
                _ => &mut self.aggregates,
            };
            routines.entry(result).or_default().push(routine);
        }
        Ok(())
    }

    /// The relations that rows may be written to.
    pub(crate) fn tables(&self) -> Vec<&Relation> {
        self.relations.iter().filter(|one| one.is_table).collect()
    }
}
