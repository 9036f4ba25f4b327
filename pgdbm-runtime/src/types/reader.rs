//! Reading values of a fixed layout.

use super::codec::{CodecError, not_null};

/// What is left of a value.
pub(super) struct Reader<'r>(&'r [u8]);

impl<'r> Reader<'r> {
    pub(super) fn new(raw: Option<&'r [u8]>) -> Result<Self, CodecError> {
        not_null(raw).map(Reader)
    }

    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or_else(cut_off)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, CodecError> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, CodecError> {
        self.take().map(u16::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, CodecError> {
        self.take().map(i32::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, CodecError> {
        self.take().map(u32::from_be_bytes)
    }

    pub(super) fn i64(&mut self) -> Result<i64, CodecError> {
        self.take().map(i64::from_be_bytes)
    }

    pub(super) fn f64(&mut self) -> Result<f64, CodecError> {
        self.take().map(f64::from_be_bytes)
    }

    /// A number of things; what the value has room for is all that is ever reserved.
    pub(super) fn count(&mut self) -> Result<usize, CodecError> {
        Ok(usize::try_from(self.i32()?)?)
    }

    /// So many bytes.
    pub(super) fn bytes(&mut self, length: usize) -> Result<&'r [u8], CodecError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(cut_off)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Text that ends with NUL.
    pub(super) fn text(&mut self) -> Result<String, CodecError> {
        let end = self.0.iter().position(|byte| *byte == 0);
        let text = self.bytes(end.ok_or_else(cut_off)?)?;
        self.u8()?;
        Ok(String::from_utf8(text.to_vec())?)
    }

    /// All that is left.
    pub(super) fn rest(self) -> &'r [u8] {
        self.0
    }

    /// Nothing may be left.
    pub(super) fn end(self) -> Result<(), CodecError> {
        match self.0 {
            [] => Ok(()),
            _ => Err("the value is longer than its type".into()),
        }
    }
}

fn cut_off() -> CodecError {
    "the value ends too early".into()
}
