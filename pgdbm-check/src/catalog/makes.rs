//! What a statement that cannot be read may have made.

use pgdbm_template::Code;

/// Something that a text runs, by the names in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Called {
    Function {
        schema: Option<String>,
        name: String,
    },
    /// The triggers of a table.
    Write {
        schema: Option<String>,
        name: String,
        event: Written,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Written {
    Insert,
    Update,
    Delete,
    /// MERGE
    Any,
}

/// Kinds of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Makes(u8);

impl Makes {
    pub(crate) const NOTHING: Self = Self(0);
    /// Relations, with their columns and row types.
    pub(crate) const RELATIONS: Self = Self(1);
    pub(crate) const TYPES: Self = Self(2);
    pub(crate) const FUNCTIONS: Self = Self(4);
    pub(crate) const OPERATORS: Self = Self(8);
    /// Constraints, indexes, triggers, policies.
    pub(crate) const OBJECTS: Self = Self(16);
    /// What is there may be gone.
    pub(crate) const DROPS: Self = Self(32);
    pub(crate) const ALL: Self = Self(255);

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn is_nothing(self) -> bool {
        self.0 == 0
    }

    /// Whether a failure of this code may come from what is not known.
    pub(crate) fn may_explain(self, code: Code) -> bool {
        let needed = match code {
            Code::UnknownRelation | Code::UnknownColumn => Self::RELATIONS,
            Code::UnknownType => Self::TYPES.and(Self::RELATIONS),
            Code::UnknownFunction => Self::FUNCTIONS,
            Code::UnknownOperator => Self::OPERATORS,
            Code::UnknownConstraint | Code::UnknownObject => Self::OBJECTS.and(Self::RELATIONS),
            Code::UnknownSchema => return self == Self::ALL,
            _ => Self::DROPS,
        };
        self.0 & needed.0 != 0
    }
}
