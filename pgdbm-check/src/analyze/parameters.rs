//! Parameters whose types the query itself tells. After `parse_param.c`.

use pgdbm_template::Code;

use crate::catalog::{Catalog, TypeId, format_type, oid};
use crate::failure::{Failure, Note, Result};
use crate::syntax::ast::Span;

/// What is known of the parameters so far, by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    slots: Vec<Option<Slot>>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// `unknown` until a place tells.
    type_id: TypeId,
    /// Where it was first seen, then where its type was learned.
    span: Span,
}

/// PostgreSQL's own bound.
const MAXIMUM: u32 = 65_535;

impl Parameters {
    /// The type of a parameter that stands here.
    pub(super) fn mention(&mut self, number: u32, span: Span) -> Result<TypeId> {
        if number == 0 || number > MAXIMUM {
            return Err(Failure::error(
                Code::ParameterOutOfRange,
                span,
                format!("there is no parameter ${number}"),
            )
            .help("count parameters from $1"));
        }
        let index = number as usize - 1;
        if self.slots.len() <= index {
            self.slots.resize(index + 1, None);
        }
        let slot = self
            .slots
            .get_mut(index)
            .map(|slot| {
                *slot.get_or_insert(Slot {
                    type_id: oid::UNKNOWN,
                    span,
                })
            })
            .map_or(oid::UNKNOWN, |slot| slot.type_id);
        Ok(slot)
    }

    /// A place where the parameter, whose type was not known there, must have this type.
    pub(super) fn learn(
        &mut self,
        catalog: &Catalog,
        number: u32,
        target: TypeId,
        span: Span,
    ) -> Result<()> {
        let Some(Some(slot)) = self.slots.get_mut((number as usize).saturating_sub(1)) else {
            return Ok(());
        };
        if slot.type_id == oid::UNKNOWN {
            *slot = Slot {
                type_id: target,
                span,
            };
        } else if slot.type_id != target {
            return Err(Failure::error(
                Code::UndeterminedType,
                span,
                format!(
                    "the parameter ${number} is `{}` here and `{}` elsewhere",
                    format_type(catalog, target),
                    format_type(catalog, slot.type_id)
                ),
            )
            .help(format!(
                "write a cast where it stands first: `${number}::{}`",
                format_type(catalog, slot.type_id)
            ))
            .note(Note::Here(
                slot.span,
                "its type was taken from here".to_owned(),
            )));
        }
        Ok(())
    }

    /// The type that the parameter has at the end.
    pub(super) fn type_of(&self, number: u32) -> TypeId {
        self.slots
            .get((number as usize).saturating_sub(1))
            .copied()
            .flatten()
            .map_or(oid::UNKNOWN, |slot| slot.type_id)
    }

    /// The types by number; None for one that is never mentioned, `unknown` where nothing told.
    pub(super) fn types(&self) -> Vec<(Option<TypeId>, Span)> {
        self.slots
            .iter()
            .map(|slot| match slot {
                Some(slot) => (Some(slot.type_id), slot.span),
                None => (None, Span::default()),
            })
            .collect()
    }
}
