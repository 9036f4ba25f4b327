//! What names mean in a query.

/// What one query can name.
#[derive(Debug, Default)]
pub(crate) struct Scope<'s> {
    pub(crate) columns: Vec<Reachable<'s>>,
    /// The expressions that it is grouped by, where it is; then columns stand only within aggregates.
    pub(crate) keys: Option<Vec<(String, &'s str)>>,
    /// Whether window functions may stand here.
    pub(crate) windows: bool,
    /// The names of its WINDOW clause.
    pub(crate) window_names: Vec<String>,
}

impl<'s> Scope<'s> {
    pub(crate) fn of(columns: Vec<Reachable<'s>>) -> Self {
        Self {
            columns,
            ..Self::default()
        }
    }
}

/// A column in reach, and how it is written.
#[derive(Clone, Debug)]
pub(crate) struct Reachable<'s> {
    pub(crate) qualifier: String,
    pub(crate) name: String,
    pub(crate) type_name: &'s str,
}

/// Something with columns that a FROM clause may name.
#[derive(Clone, Debug)]
pub(crate) struct Named<'s> {
    pub(crate) name: String,
    pub(crate) columns: Vec<(String, &'s str)>,
}

/// A query and the columns that it gives.
#[derive(Debug)]
pub(crate) struct Query<'s> {
    pub(crate) sql: String,
    pub(crate) columns: Vec<(String, &'s str)>,
}
