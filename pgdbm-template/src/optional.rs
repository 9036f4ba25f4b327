//! The optional parts of a query: SQL that is there only when an argument has a value.

mod check;
mod markers;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::parameters::Span;
use crate::template::Template;
pub(crate) use markers::MarkerKind;

/// A query may hang on at most so many arguments.
pub const MAX_TOGGLES: usize = 32;

/// A query whose parts come and go with its arguments.
///
/// ```text
/// SELECT id, email FROM {{tables.users}} WHERE active
/// {{if $email}} AND email = $email {{end}}
/// {{if $newest}} ORDER BY created_at DESC {{else}} ORDER BY id {{end}}
/// ```
///
/// A part is there when each name of its marker is given; what stands behind `{{else}}` is there otherwise. A name that is a
/// parameter as well is given or not, one that is none is true or false.
///
/// A part is a whole condition with its AND or OR, a whole item of a list with its comma, or a whole clause behind FROM. That is told
/// by the tokens that it begins and ends with, and by its parentheses; an item may be a relation, and a clause may be followed by
/// UNION. So whoever checks a query has to check variants as whole queries, and to compare their columns and parameters. What parts
/// do to each other takes two of them (a name that is missing or ambiguous, a type that is decided twice, a clause of which there can
/// be one), so [`OptionalParts::telling_variants`] are enough; only an overload that hangs on three parts shows when it runs.
///
/// ```
/// use pgdbm_template::OptionalParts;
///
/// let sql = "SELECT 1 WHERE true {{if $a}} AND 1 = $a {{end}} LIMIT 1";
/// let parts = OptionalParts::parse(sql).expect("there is a marker");
/// assert!(parts.diagnostics().is_empty());
/// assert_eq!(parts.toggles()[0].name, "a");
/// // What is not there is blank, so that every byte keeps its place.
/// let words = |given| parts.variant(given).split_whitespace().collect::<Vec<_>>().join(" ");
/// assert_eq!(words(0b0), "SELECT 1 WHERE true LIMIT 1");
/// assert_eq!(words(0b1), "SELECT 1 WHERE true AND 1 = $a LIMIT 1");
/// assert_eq!(parts.variant(0b0).len(), sql.len());
/// ```
#[derive(Clone, Debug)]
pub struct OptionalParts<'a> {
    source: &'a str,
    markers: Vec<Span>,
    parts: Vec<Part>,
    toggles: Vec<Toggle>,
    diagnostics: Vec<Diagnostic>,
}

/// An argument that parts hang on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Toggle {
    /// Its name, without the dollar.
    pub name: String,
    /// Where a marker names it first.
    pub first: Span,
    /// Whether it is no parameter of the SQL, and so is true or false.
    pub is_flag: bool,
}

/// Text between two markers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    span: Span,
    /// The bits of the toggles in its marker.
    needs: u32,
    /// Whether it is there when one of them is not given: it stands behind `{{else}}`.
    otherwise: bool,
}

impl Part {
    fn is_present(self, given: u32) -> bool {
        (given & self.needs == self.needs) != self.otherwise
    }
}

impl<'a> OptionalParts<'a> {
    /// Finds the parts; none where the text has no marker at all.
    #[must_use]
    pub fn parse(sql: &'a str) -> Option<OptionalParts<'a>> {
        let found = markers::find(sql);
        if found.is_empty() {
            return None;
        }
        let mut diagnostics = Diagnostics::default();
        let mut parts = markers::pair(sql, &found, &mut diagnostics);
        let is_paired = diagnostics.is_empty();
        check::check(&mut parts, is_paired, &mut diagnostics);
        parts.diagnostics = diagnostics.into_sorted();
        Some(parts)
    }

    /// What is wrong with the markers and the parts, by place.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The arguments that parts hang on, in the order in which markers name them. The first is bit 0 of what
    /// [`OptionalParts::variant`] takes.
    #[must_use]
    pub fn toggles(&self) -> &[Toggle] {
        &self.toggles
    }

    /// The text with every part, and with blanks for the markers: no SQL of its own where there is an `{{else}}`, but all
    /// parameters of all variants are in it, in their places.
    #[must_use]
    pub fn skeleton(&self) -> String {
        self.blanked(|_| true)
    }

    /// The SQL for these given toggles, with blanks for the markers and for the parts that are not there.
    #[must_use]
    pub fn variant(&self, given: u32) -> String {
        self.blanked(|part| part.is_present(given))
    }

    /// The variants that tell of all: nothing given, all, each alone, each alone left out, each two; and the same for what markers name
    /// together, exactly what one of them names and exactly what two of them do.
    #[must_use]
    pub fn telling_variants(&self) -> Vec<u32> {
        let count = self.toggles.len().min(MAX_TOGGLES);
        let bit = |index: usize| 1_u32 << index;
        let all = (0..count).fold(0, |all, index| all | bit(index));
        let mut variants = vec![all, 0];
        variants.extend((0..count).map(bit));
        for first in 0..count {
            variants.extend((0..first).map(|second| bit(first) | bit(second)));
        }
        variants.extend((0..count).map(|index| all & !bit(index)));
        let mut together: Vec<u32> = self.parts.iter().map(|part| part.needs & all).collect();
        together.sort_unstable();
        together.dedup();
        for (index, first) in together.iter().enumerate() {
            variants.extend(together.iter().take(index + 1).map(|second| first | second));
        }
        let mut seen = std::collections::HashSet::new();
        variants.retain(|variant| seen.insert(*variant));
        variants
    }

    /// A variant in words: ``with `$email` and without `$newest` ``.
    #[must_use]
    pub fn describe_variant(&self, given: u32) -> String {
        let names = |wanted: bool| {
            let toggles = self.toggles.iter().enumerate();
            let names = toggles.filter(|(index, _)| (given >> index & 1 == 1) == wanted);
            let names: Vec<_> = names
                .map(|(_, toggle)| format!("`${}`", toggle.name))
                .collect();
            names.join(", ")
        };
        match (names(true), names(false)) {
            (with, without) if without.is_empty() => format!("with {with}"),
            (with, without) if with.is_empty() => format!("without {without}"),
            (with, without) => format!("with {with} and without {without}"),
        }
    }

    fn blanked(&self, is_present: impl Fn(Part) -> bool) -> String {
        let mut bytes = self.source.as_bytes().to_vec();
        let absent = self.parts.iter().filter(|part| !is_present(**part));
        let blanks = self.markers.iter().copied();
        for Span { start, end } in blanks.chain(absent.map(|part| part.span)) {
            // Line breaks stay: a comment ends there.
            for byte in bytes.get_mut(start..end).unwrap_or_default() {
                if !matches!(byte, b'\n' | b'\r') {
                    *byte = b' ';
                }
            }
        }
        // Only whole characters are blanked, so this is text; a byte that is not would only be shown as such.
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// The parameters and tokens of everything.
    fn with_skeleton<T>(&self, read: impl FnOnce(&Template<'_>) -> T) -> T {
        read(&Template::parse(&self.skeleton()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::OptionalParts;

    fn problems(sql: &str) -> Vec<String> {
        let parts = OptionalParts::parse(sql).unwrap();
        let shown = parts.diagnostics().iter();
        shown
            .map(|found| {
                let place = sql.get(found.primary.start..found.primary.end);
                format!("{}: {}", place.unwrap(), found.message)
            })
            .collect()
    }

    #[test]
    fn what_markers_name_together_is_given_together() {
        let sql = "SELECT a FROM t WHERE (a IS NOT NULL {{if $a and $b and $c}} OR $a {{end}}) {{if $d}} AND $d {{end}} \
                   {{if $e and $c}} AND $e {{end}}";
        let parts = OptionalParts::parse(sql).unwrap();
        let variants = parts.telling_variants();
        // The part of three by itself, and with each of the others.
        for given in [0b0_0111, 0b0_1111, 0b1_0111, 0b1_0100] {
            assert!(variants.contains(&given), "{given:b}");
        }
    }

    #[test]
    fn a_text_without_markers_has_no_parts() {
        for sql in [
            "SELECT 1",
            "SELECT '{{if $a}}'",
            "SELECT 1 -- {{if $a}}",
            "SELECT {{tables.if}}",
        ] {
            assert!(OptionalParts::parse(sql).is_none(), "{sql}");
        }
    }

    #[test]
    fn what_is_not_given_is_blank_and_the_rest_keeps_its_place() {
        let sql = "UPDATE t SET {{if $é}}é = $é, {{end}}b = 1{{if $x and $y}} -- c\n, x = $x, y = $y{{else}}, z = 2{{end}}";
        let parts = OptionalParts::parse(sql).unwrap();
        assert_eq!(parts.diagnostics(), []);
        let names: Vec<_> = parts.toggles().iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["é", "x", "y"]);
        let words = |given| {
            let text = parts.variant(given);
            assert_eq!(text.len(), sql.len());
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words(0b000), "UPDATE t SET b = 1 , z = 2");
        assert_eq!(words(0b001), "UPDATE t SET é = $é, b = 1 , z = 2");
        assert_eq!(words(0b010), "UPDATE t SET b = 1 , z = 2");
        assert_eq!(words(0b110), "UPDATE t SET b = 1 -- c , x = $x, y = $y");
    }

    #[test]
    fn a_name_that_is_no_parameter_is_a_flag() {
        let sql = "SELECT 1 WHERE true {{if $a}}AND $a = 1{{end}} {{if $b}}LIMIT 1{{end}}";
        let parts = OptionalParts::parse(sql).unwrap();
        let flags: Vec<_> = parts.toggles().iter().map(|t| t.is_flag).collect();
        assert_eq!(flags, [false, true]);
    }

    #[test]
    fn few_variants_tell_of_all() {
        let sql: String = (0..5)
            .map(|index| format!("{{{{if $f{index}}}}} AND true {{{{end}}}}"))
            .collect();
        let sql = format!("SELECT 1 WHERE true {sql}");
        let parts = OptionalParts::parse(&sql).unwrap();
        let variants = parts.telling_variants();
        // Nothing, all, 5 alone, 10 pairs, 5 left out.
        assert_eq!(variants.len(), 22);
        assert_eq!(variants[..3], [0b11111, 0, 1]);
        assert_eq!(
            parts.describe_variant(0b00101),
            "with `$f0`, `$f2` and without `$f1`, `$f3`, `$f4`"
        );
        assert_eq!(
            parts.describe_variant(0b11111),
            "with `$f0`, `$f1`, `$f2`, `$f3`, `$f4`"
        );
    }

    #[test]
    fn markers_are_paired() {
        for (sql, expected) in [
            (
                "SELECT 1 {{end}}",
                "{{end}}: there is no optional part here to end",
            ),
            (
                "SELECT 1 {{else}}",
                "{{else}}: there is no optional part here",
            ),
            (
                "SELECT 1 {{if $a}} LIMIT 1",
                "{{if $a}}: this optional part has no end",
            ),
            (
                "SELECT 1 {{if $a}} {{if $b}} LIMIT 1 {{end}} {{end}}",
                "{{if $b}}: an optional part cannot stand in another",
            ),
            (
                "SELECT 1 {{if $a}} LIMIT 1 {{else}} LIMIT 2 {{else}} LIMIT 3 {{end}}",
                "{{else}}: this optional part has an `{{else}}` already",
            ),
            (
                "SELECT 1 {{if a}} LIMIT 1 {{end}}",
                "a: `{{if …}}` takes the names of arguments",
            ),
            (
                "SELECT 1 {{if}} LIMIT 1 {{end}}",
                "{{if}}: `{{if …}}` takes the names of arguments",
            ),
            (
                "SELECT 1 {{if $a or $b}} LIMIT 1 {{end}}",
                "or: `{{if …}}` takes the names of arguments",
            ),
            (
                "SELECT 1 {{if $1}} LIMIT $1 {{end}}",
                "$1: optional parts hang on arguments with names",
            ),
        ] {
            assert_eq!(
                problems(sql).first().map(String::as_str),
                Some(expected),
                "{sql}"
            );
        }
    }

    #[test]
    fn a_part_is_a_whole() {
        for body in [
            "AND a = $a",
            "OR (a = $a)",
            "a = $a AND",
            ", a = $a",
            "a = $a,",
            "ORDER BY a",
            "LIMIT $a",
            "WHERE a = $a",
            "FOR UPDATE",
            "/* why */ AND a = $a",
        ] {
            let sql = format!("SELECT 1 {{{{if $a}}}}{body}{{{{end}}}}");
            assert_eq!(problems(&sql), [""; 0], "{body}");
        }
        for (body, expected) in [
            (
                "a = $a",
                "an optional part is a whole condition, item or clause",
            ),
            (
                "JOIN b ON $a",
                "an optional part is a whole condition, item or clause",
            ),
            (
                "AND (a = $a",
                "a parenthesis is opened here and not closed in this optional part",
            ),
            (
                "AND a = $a)",
                "a parenthesis is closed here and not opened in this optional part",
            ),
            (" ", "this optional part is empty"),
            ("-- nothing\n", "this optional part is empty"),
            (
                "AND a = $1",
                "beside optional parts every parameter has a name",
            ),
            (
                "LIMIT 1; SELECT",
                "an optional part cannot end the statement",
            ),
        ] {
            let sql = format!("SELECT 1 {{{{if $a}}}}{body}{{{{end}}}}");
            let found = problems(&sql);
            assert!(
                found.iter().any(|one| one.contains(expected)),
                "{body}: {found:?}"
            );
        }
    }

    #[test]
    fn what_may_be_missing_is_used_only_where_it_is_there() {
        let sql = "SELECT $a WHERE true {{if $a}} AND $a = 1 {{else}} AND $a = 2 {{end}} {{if $a and $b}} AND $b = $a {{end}}";
        assert_eq!(
            problems(sql),
            [
                "$a: `$a` may be missing here",
                "$a: `$a` may be missing here"
            ]
        );
    }

    #[test]
    fn there_are_not_too_many() {
        let sql: String = (0..33)
            .map(|index| format!("{{{{if $f{index}}}}} AND true {{{{end}}}}"))
            .collect();
        assert_eq!(
            problems(&format!("SELECT 1 WHERE true {sql}")),
            ["$f32: the parts of a query hang on at most 32 arguments, and this is one more"]
        );
    }
}
