//! Places as people read them: line, column, and the line itself with carets below.

use std::fmt;

/// A place as an editor shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

impl fmt::Display for LineColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The line and column of a byte of `source`. An offset inside a character means that character, one past the end
/// means the end. `\n`, `\r\n` and a lone `\r` each end one line.
///
/// ```
/// use pgdbm_template::line_column;
///
/// let place = line_column("SELECT 'é',\n       x", 20);
/// assert_eq!((place.line, place.column), (2, 8));
/// ```
#[must_use]
pub fn line_column(source: &str, byte: usize) -> LineColumn {
    let byte = character_start(source, byte);
    let before = source.get(..byte).unwrap_or(source).as_bytes();
    let after = source.as_bytes().get(byte);
    let mut line = 1;
    let mut start = 0;
    for (index, &found) in before.iter().enumerate() {
        let next = before.get(index + 1).or(after);
        if found == b'\n' || (found == b'\r' && next != Some(&b'\n')) {
            line += 1;
            start = index + 1;
        }
    }
    let column = source.get(start..byte).unwrap_or_default().chars().count() + 1;
    LineColumn { line, column }
}

/// The offset of the character that the byte belongs to; the end for offsets past it.
fn character_start(source: &str, byte: usize) -> usize {
    let mut byte = byte.min(source.len());
    while !source.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

/// The end of the character that the byte before the offset belongs to.
fn character_end(source: &str, byte: usize) -> usize {
    let mut byte = byte.min(source.len());
    while !source.is_char_boundary(byte) {
        byte += 1;
    }
    byte
}

/// The most columns of a line that a snippet shows.
const WIDEST: usize = 100;
/// How many columns before the place are kept when a line is cut.
const CONTEXT: usize = 30;
const TAB: usize = 4;

/// The line of `source` in which `start` stands, and a second line with carets below the bytes from `start` to `end`.
///
/// A place that reaches over several lines is underlined to the end of its first. Tabs become spaces, control characters
/// are shown as signs, characters that take two columns get two carets, and of a long line the surroundings of the place
/// are shown between `…`.
///
/// ```
/// use pgdbm_template::snippet;
///
/// assert_eq!(snippet("SELECT 1\nFROM\tusers", 14, 19), "FROM    users\n        ^^^^^");
/// ```
#[must_use]
pub fn snippet(source: &str, start: usize, end: usize) -> String {
    let start = character_start(source, start);
    let end = character_end(source, end).max(start);
    fn is_break(byte: &u8) -> bool {
        matches!(byte, b'\n' | b'\r')
    }
    let bytes = source.as_bytes();
    let before = bytes.get(..start).unwrap_or_default();
    let line_start = before
        .iter()
        .rposition(is_break)
        .map_or(0, |index| index + 1);
    let after = bytes.get(start..).unwrap_or_default();
    let line_end = after
        .iter()
        .position(is_break)
        .map_or(bytes.len(), |index| start + index);
    let line = source.get(line_start..line_end).unwrap_or_default();
    let place = Place::measure(
        line,
        start - line_start,
        end.min(line_end).max(start) - line_start,
    );
    place.cut()
}

/// A line as it is shown, one element a column group.
struct Place {
    /// What each character of the line is shown as, and in how many columns.
    shown: Vec<(Glyph, usize)>,
    /// The columns of the place.
    from: usize,
    to: usize,
    /// All columns of the line.
    width: usize,
}

#[derive(Clone, Copy)]
enum Glyph {
    Character(char),
    Spaces,
}

impl Place {
    fn measure(line: &str, start: usize, end: usize) -> Self {
        let mut shown = Vec::new();
        let mut column = 0;
        let (mut from, mut to) = (None, None);
        for (offset, character) in line.char_indices() {
            if offset >= start {
                from.get_or_insert(column);
            }
            if offset >= end {
                to.get_or_insert(column);
            }
            let (glyph, width) = match character {
                '\t' => (Glyph::Spaces, TAB - column % TAB),
                // U+2400 and on are the signs of the control characters.
                '\0'..='\u{1f}' => (
                    Glyph::Character(
                        char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
                    ),
                    1,
                ),
                '\u{7f}' => (Glyph::Character('\u{2421}'), 1),
                '\u{80}'..='\u{9f}' => (Glyph::Character('\u{fffd}'), 1),
                // What turns the direction of writing around would make the line read as something else.
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {
                    (Glyph::Character('\u{fffd}'), 1)
                }
                _ => (Glyph::Character(character), columns(character)),
            };
            shown.push((glyph, width));
            column += width;
        }
        let from = from.unwrap_or(column);
        Self {
            shown,
            from,
            to: to.unwrap_or(column).max(from),
            width: column,
        }
    }

    fn cut(&self) -> String {
        let left = if self.width <= WIDEST {
            0
        } else {
            self.from.saturating_sub(CONTEXT).min(self.width - WIDEST)
        };
        let right = (left + WIDEST).min(self.width);
        let mut text = String::new();
        let mut carets = String::new();
        if left > 0 {
            text.push('…');
            carets.push(' ');
        }
        let mut column = 0;
        let mut marked = false;
        for &(glyph, width) in &self.shown {
            let next = column + width;
            // A character of no width belongs to the one before it.
            let visible = column >= left && next <= right && (width > 0 || column > left);
            if visible {
                match glyph {
                    Glyph::Character(character) => text.push(character),
                    Glyph::Spaces => text.extend(std::iter::repeat_n(' ', width)),
                }
                if column < self.from {
                    carets.extend(std::iter::repeat_n(' ', width));
                } else if column < self.to {
                    carets.extend(std::iter::repeat_n('^', width));
                    marked |= width > 0;
                }
            } else if next > left && column < left {
                // Half of a wide character is cut off: a space keeps the columns right.
                text.extend(std::iter::repeat_n(' ', next - left));
                carets.extend(std::iter::repeat_n(' ', next - left));
            } else if column >= right {
                break;
            }
            column = next;
        }
        if right < self.width {
            text.push('…');
        }
        if !marked {
            carets.push('^');
        }
        format!("{text}\n{carets}")
    }
}

/// How many columns a terminal gives a character: none for combining marks, two for East Asian wide characters and
/// pictures, one else. Blocks, not single characters: being wrong moves a caret, nothing more.
fn columns(character: char) -> usize {
    match u32::from(character) {
        0x0300..=0x036f
        | 0x0483..=0x0489
        | 0x0591..=0x05bd
        | 0x0610..=0x061a
        | 0x064b..=0x065f
        | 0x093a
        | 0x093c
        | 0x0941..=0x0948
        | 0x094d
        | 0x0e31
        | 0x0e34..=0x0e3a
        | 0x0e47..=0x0e4e
        | 0x1ab0..=0x1aff
        | 0x1dc0..=0x1dff
        | 0x200b..=0x200d
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f
        | 0xfeff
        | 0xe0100..=0xe01ef => 0,
        0x1100..=0x115f
        | 0x231a..=0x231b
        | 0x23e9..=0x23ec
        | 0x2705
        | 0x274c
        | 0x2753..=0x2755
        | 0x2757
        | 0x2b50
        | 0x2b55
        | 0x2e80..=0x303e
        | 0x3041..=0x33ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xa000..=0xa4cf
        | 0xa960..=0xa97f
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x1fa70..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(source: &str, byte: usize) -> (usize, usize) {
        let place = line_column(source, byte);
        (place.line, place.column)
    }

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        assert_eq!(place("", 0), (1, 1));
        assert_eq!(place("ab", 99), (1, 3));
        assert_eq!(place("a\nb", 1), (1, 2));
        assert_eq!(place("a\nb", 2), (2, 1));
        assert_eq!(place("a\r\nb", 2), (1, 3));
        assert_eq!(place("a\r\nb", 3), (2, 1));
        assert_eq!(place("a\rb", 2), (2, 1));
        assert_eq!(place("\r", 1), (2, 1));
        assert_eq!(place("é€😀x", 9), (1, 4));
        assert_eq!(place("é€😀x", 1), (1, 1));
    }

    #[test]
    fn carets_stand_below_the_place() {
        assert_eq!(snippet("SELECT x", 7, 8), "SELECT x\n       ^");
        assert_eq!(snippet("a\nbc\nd", 2, 4), "bc\n^^");
        assert_eq!(snippet("表 x", 0, 3), "表 x\n^^");
        assert_eq!(snippet("表 x", 4, 5), "表 x\n   ^");
        assert_eq!(snippet("e\u{301}x", 3, 4), "e\u{301}x\n ^");
        assert_eq!(snippet("\tx", 1, 2), "    x\n    ^");
        assert_eq!(snippet("ab\tx", 3, 4), "ab  x\n    ^");
        assert_eq!(snippet("a\0b", 1, 2), "a\u{2400}b\n ^");
    }

    #[test]
    fn an_empty_place_or_one_past_the_end_still_gets_a_caret() {
        assert_eq!(snippet("", 0, 0), "\n^");
        assert_eq!(snippet("ab", 2, 2), "ab\n  ^");
        assert_eq!(snippet("ab", 1, 1), "ab\n ^");
        assert_eq!(snippet("ab", 90, 95), "ab\n  ^");
        assert_eq!(snippet("ab\ncd", 2, 3), "ab\n  ^");
    }

    #[test]
    fn a_place_over_several_lines_is_underlined_on_its_first() {
        assert_eq!(snippet("a 'b\nc'", 2, 7), "a 'b\n  ^^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let shown = snippet(&line, 500, 501);
        let (text, carets) = shown.split_once('\n').unwrap_or_default();
        assert_eq!(text.chars().count(), WIDEST + 2);
        assert!(text.starts_with('…') && text.ends_with('…'));
        assert_eq!(
            text.chars().position(|character| character == 'X'),
            Some(carets.len() - 1)
        );
    }
}
