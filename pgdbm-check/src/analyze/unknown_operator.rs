//! What to do where no operator takes two operands.

use pgdbm_template::Code;

use super::Analyzer;
use super::coerce::can_coerce_one;
use super::overload::{self, Found};
use crate::catalog::{CastContext, Type, TypeId, extension_with_operator, format_type, oid};
use crate::failure::Failure;
use crate::syntax::ast;

impl Analyzer<'_> {
    pub(super) fn unknown_operator(
        &self,
        operator: &ast::Operator,
        left: Option<TypeId>,
        right: TypeId,
    ) -> Box<Failure> {
        let failure = Failure::error(
            Code::UnknownOperator,
            operator.span,
            format!(
                "there is no operator `{}`",
                self.operation(&operator.name, left, right)
            ),
        );
        // A cast to the other side's type is nearest, one to a third type farthest.
        let cast = |others: &[(TypeId, TypeId)]| {
            let left = left?;
            let tried = others.iter();
            tried
                .copied()
                .find_map(|to| self.cast_that_helps(operator, (left, right), to))
        };
        let others = [oid::TEXT, oid::JSONB, oid::NUMERIC].map(|other| (other, other));
        let help = left
            .and_then(|left| self.span_of_time(operator, left, right))
            .or_else(|| left.and_then(|left| cast(&[(right, left)])))
            .or_else(|| self.extension_that_helps(operator, left, right))
            .or_else(|| cast(&others));
        match help {
            Some(help) => failure.help(help),
            None => failure,
        }
    }

    /// A time and a number of days, as other servers take it.
    fn span_of_time(
        &self,
        operator: &ast::Operator,
        left: TypeId,
        right: TypeId,
    ) -> Option<String> {
        let is_time = |id| {
            matches!(
                self.catalog.base_type(id).0,
                oid::TIMESTAMP | oid::TIMESTAMPTZ | oid::TIME | oid::TIMETZ | oid::INTERVAL
            )
        };
        let is_number = |id| self.catalog.type_(self.catalog.base_type(id).0).category == b'N';
        let adds = matches!(operator.name.as_str(), "+" | "-");
        let is_it =
            adds && (is_time(left) && is_number(right) || is_number(left) && is_time(right));
        is_it.then(|| "say what the number counts: `… * interval '1 day'`".to_owned())
    }

    /// A cast of one side, to the one type or the other, with which there is an operator.
    fn cast_that_helps(
        &self,
        operator: &ast::Operator,
        (left, right): (TypeId, TypeId),
        (left_to, right_to): (TypeId, TypeId),
    ) -> Option<String> {
        let schema = operator.schema.as_ref().map(|schema| schema.text.as_str());
        let fits = |left, right| {
            let name = &operator.name;
            matches!(
                overload::operator(self.catalog, schema, name, Some(left), right),
                Found::One(_)
            )
        };
        let becomes = |from, to| {
            from != to
                && from != oid::UNKNOWN
                && can_coerce_one(self.catalog, from, to, CastContext::Explicit)
        };
        let shown = |id| format_type(self.catalog, id);
        let left_helps = left_to != oid::UNKNOWN && becomes(left, left_to) && fits(left_to, right);
        let right_helps =
            right_to != oid::UNKNOWN && becomes(right, right_to) && fits(left, right_to);
        match (left_helps, right_helps) {
            (true, true) if left_to == right_to => {
                Some(format!("cast one side: `…::{}`", shown(left_to)))
            }
            (true, true) => Some(format!(
                "cast one side: `…::{}` on the left or `…::{}` on the right",
                shown(left_to),
                shown(right_to)
            )),
            (true, false) => Some(format!("cast the left side: `…::{}`", shown(left_to))),
            (false, true) => Some(format!("cast the right side: `…::{}`", shown(right_to))),
            (false, false) => None,
        }
    }

    fn extension_that_helps(
        &self,
        operator: &ast::Operator,
        left: Option<TypeId>,
        right: TypeId,
    ) -> Option<String> {
        let name = |id| {
            let of: &Type = self.catalog.type_(self.catalog.base_type(id).0);
            match id {
                oid::UNKNOWN => None,
                oid::VARCHAR | oid::BPCHAR => Some("text"),
                _ => Some(of.name.as_str()),
            }
        };
        let extension = extension_with_operator(&operator.name, left.map(name), name(right))?;
        Some(format!(
            "the extension `{extension}` has it: `CREATE EXTENSION \"{extension}\"`"
        ))
    }
}
