//! Geometric types: PostgreSQL manual, section 8.8.

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, Type};

use super::codec::{CodecError, Decode, Encode, Never};
use super::driver::driver_traits;
use super::reader::Reader;
use super::sql;

/// A `point` in the plane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Upwards.
    pub y: f64,
}

/// A `line` without end: the points for which `a·x + b·y + c = 0`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Line {
    /// Goes with `x`; it and `b` are not both zero.
    pub a: f64,
    /// Goes with `y`.
    pub b: f64,
    /// Stands alone.
    pub c: f64,
}

/// An `lseg`: the part of a line between two points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LineSegment {
    /// Where it begins.
    pub start: Point,
    /// Where it ends.
    pub end: Point,
}

/// A `box`. The server sorts its corners.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rectangle {
    /// The corner at the right and the top.
    pub upper_right: Point,
    /// The corner at the left and the bottom.
    pub lower_left: Point,
}

/// A `path` along points.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Path {
    /// Whether it leads from the last point to the first.
    pub closed: bool,
    /// The points, at least one.
    pub points: Vec<Point>,
}

/// A `polygon`.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Polygon {
    /// Its corners, at least one.
    pub points: Vec<Point>,
}

/// A `circle`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Circle {
    /// Its middle.
    pub center: Point,
    /// How far it reaches, not negative.
    pub radius: f64,
}

/// How a shape is laid out, as the server's `geo_ops.c` sends it.
trait Shape: Sized {
    fn put(&self, out: &mut BytesMut) -> Result<(), CodecError>;
    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError>;
}

impl Shape for Point {
    fn put(&self, out: &mut BytesMut) -> Result<(), CodecError> {
        out.put_f64(self.x);
        out.put_f64(self.y);
        Ok(())
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Point {
            x: reader.f64()?,
            y: reader.f64()?,
        })
    }
}

impl Shape for Line {
    fn put(&self, out: &mut BytesMut) -> Result<(), CodecError> {
        for number in [self.a, self.b, self.c] {
            out.put_f64(number);
        }
        Ok(())
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Line {
            a: reader.f64()?,
            b: reader.f64()?,
            c: reader.f64()?,
        })
    }
}

impl Shape for LineSegment {
    fn put(&self, out: &mut BytesMut) -> Result<(), CodecError> {
        self.start.put(out)?;
        self.end.put(out)
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(LineSegment {
            start: Point::take(reader)?,
            end: Point::take(reader)?,
        })
    }
}

impl Shape for Rectangle {
    fn put(&self, out: &mut BytesMut) -> Result<(), CodecError> {
        self.upper_right.put(out)?;
        self.lower_left.put(out)
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Rectangle {
            upper_right: Point::take(reader)?,
            lower_left: Point::take(reader)?,
        })
    }
}

impl Shape for Vec<Point> {
    fn put(&self, out: &mut BytesMut) -> Result<(), CodecError> {
        out.put_i32(i32::try_from(self.len())?);
        self.iter().try_for_each(|point| point.put(out))
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let count = reader.count()?;
        (0..count).map(|_| Point::take(reader)).collect()
    }
}

impl Shape for Path {
    fn put(&self, out: &mut BytesMut) -> Result<(), CodecError> {
        out.put_u8(u8::from(self.closed));
        self.points.put(out)
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Path {
            closed: reader.u8()? != 0,
            points: Vec::take(reader)?,
        })
    }
}

impl Shape for Polygon {
    fn put(&self, out: &mut BytesMut) -> Result<(), CodecError> {
        self.points.put(out)
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Polygon {
            points: Vec::take(reader)?,
        })
    }
}

impl Shape for Circle {
    fn put(&self, out: &mut BytesMut) -> Result<(), CodecError> {
        self.center.put(out)?;
        out.put_f64(self.radius);
        Ok(())
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Circle {
            center: Point::take(reader)?,
            radius: reader.f64()?,
        })
    }
}

macro_rules! shapes {
    ($($rust:ty, $sql:ty, $constant:ident;)+) => {$(
        impl Encode<$sql> for $rust {
            type Null = Never;

            fn encode(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
                self.put(out)?;
                Ok(IsNull::No)
            }
        }

        impl Decode<$sql> for $rust {
            type Null = Never;

            fn decode(_: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
                let mut reader = Reader::new(raw)?;
                let shape = Shape::take(&mut reader)?;
                reader.end()?;
                Ok(shape)
            }
        }

        driver_traits!($rust, $sql, $constant);
    )+};
}

shapes! {
    Point, sql::point, POINT;
    Line, sql::line, LINE;
    LineSegment, sql::lseg, LSEG;
    Rectangle, sql::rectangle, BOX;
    Path, sql::path, PATH;
    Polygon, sql::polygon, POLYGON;
    Circle, sql::circle, CIRCLE;
}
