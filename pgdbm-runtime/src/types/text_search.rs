//! Documents and queries of full text search: PostgreSQL manual, section 8.11.

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, Type};

use super::codec::{CodecError, Decode, Encode, Mistake, Never};
use super::driver::driver_traits;
use super::reader::Reader;
use super::sql;

/// A `tsvector`: the words of a document, each once.
///
/// To make one of a text, let the server do it: `to_tsvector('english', $1)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TsVector(pub Vec<Lexeme>);

/// A word of a [`TsVector`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Lexeme {
    /// The word.
    pub text: String,
    /// Where it stands, in order.
    pub positions: Vec<Position>,
}

/// A place in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Position {
    /// The number of the word, from 1 to 16383.
    pub place: u16,
    /// The part of the document.
    pub weight: Weight,
}

/// The part of a document that a word stands in: what counts most is `A`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Weight {
    /// Where nothing else is said.
    #[default]
    D,
    /// More than `D`.
    C,
    /// More than `C`.
    B,
    /// Most.
    A,
}

/// A `tsquery`: its operators and words in prefix notation, each operator before what it is applied to, the right side first.
///
/// To make one of a text, let the server do it: `websearch_to_tsquery('english', $1)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TsQuery(pub Vec<TsQueryItem>);

/// A part of a [`TsQuery`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum TsQueryItem {
    /// A word.
    Word {
        /// The word.
        text: String,
        /// Whether it may go on: `:*`.
        prefix: bool,
        /// The parts of the document in which it counts, any if it is empty.
        weights: Vec<Weight>,
    },
    /// `!`
    Not,
    /// `&`
    And,
    /// `|`
    Or,
    /// `<->`, or `<3>` for a greater distance.
    Phrase(u16),
}

/// The two highest bits of a place are its weight.
const PLACES: u16 = 0x3FFF;

impl Weight {
    const ALL: [Weight; 4] = [Weight::D, Weight::C, Weight::B, Weight::A];

    fn number(self) -> u16 {
        match self {
            Weight::D => 0,
            Weight::C => 1,
            Weight::B => 2,
            Weight::A => 3,
        }
    }
}

fn put_text(text: &str, out: &mut BytesMut) -> Result<(), CodecError> {
    if text.contains('\0') {
        return Err(Mistake::of("a word of full text search holds no NUL"));
    }
    out.put_slice(text.as_bytes());
    out.put_u8(0);
    Ok(())
}

impl Encode<sql::tsvector> for TsVector {
    type Null = Never;

    fn encode(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        out.put_i32(i32::try_from(self.0.len())?);
        for lexeme in &self.0 {
            put_text(&lexeme.text, out)?;
            out.put_u16(u16::try_from(lexeme.positions.len())?);
            for position in &lexeme.positions {
                if !(1..=PLACES).contains(&position.place) {
                    return Err(Mistake::of(
                        "a place in a document is a number from 1 to 16383",
                    ));
                }
                out.put_u16(position.weight.number() << 14 | position.place);
            }
        }
        Ok(IsNull::No)
    }
}

impl Decode<sql::tsvector> for TsVector {
    type Null = Never;

    fn decode(_: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        let mut reader = Reader::new(raw)?;
        let mut lexemes = Vec::new();
        for _ in 0..reader.count()? {
            let text = reader.text()?;
            let mut positions = Vec::new();
            for _ in 0..reader.u16()? {
                let position = reader.u16()?;
                positions.push(Position {
                    place: position & PLACES,
                    weight: Weight::ALL[usize::from(position >> 14)],
                });
            }
            lexemes.push(Lexeme { text, positions });
        }
        reader.end()?;
        Ok(TsVector(lexemes))
    }
}

impl Encode<sql::tsquery> for TsQuery {
    type Null = Never;

    fn encode(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        if self.0.is_empty() {
            return Err(Mistake::of(
                "the server sends queries without words and takes none\n  help: write `''::tsquery` in the SQL",
            ));
        }
        out.put_i32(i32::try_from(self.0.len())?);
        for item in &self.0 {
            match item {
                TsQueryItem::Word {
                    text,
                    prefix,
                    weights,
                } => {
                    out.put_u8(1);
                    let weights = weights.iter().map(|weight| 1_u8 << weight.number());
                    out.put_u8(weights.fold(0, |all, weight| all | weight));
                    out.put_u8(u8::from(*prefix));
                    put_text(text, out)?;
                }
                TsQueryItem::Not => out.put_slice(&[2, 1]),
                TsQueryItem::And => out.put_slice(&[2, 2]),
                TsQueryItem::Or => out.put_slice(&[2, 3]),
                TsQueryItem::Phrase(distance) => {
                    out.put_slice(&[2, 4]);
                    out.put_u16(*distance);
                }
            }
        }
        Ok(IsNull::No)
    }
}

impl Decode<sql::tsquery> for TsQuery {
    type Null = Never;

    fn decode(_: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        let mut reader = Reader::new(raw)?;
        let mut items = Vec::new();
        for _ in 0..reader.count()? {
            items.push(match (reader.u8()?, reader.u8()?) {
                (1, weights) => TsQueryItem::Word {
                    weights: Weight::ALL
                        .into_iter()
                        .filter(|weight| weights & (1 << weight.number()) != 0)
                        .collect(),
                    prefix: reader.u8()? != 0,
                    text: reader.text()?,
                },
                (2, 1) => TsQueryItem::Not,
                (2, 2) => TsQueryItem::And,
                (2, 3) => TsQueryItem::Or,
                (2, 4) => TsQueryItem::Phrase(reader.u16()?),
                _ => return Err("the query has a part that is not known here".into()),
            });
        }
        reader.end()?;
        Ok(TsQuery(items))
    }
}

driver_traits!(TsVector, sql::tsvector, TS_VECTOR);
driver_traits!(TsQuery, sql::tsquery, TSQUERY);
