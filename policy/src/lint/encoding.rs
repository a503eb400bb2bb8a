//! Bytes to text.

use std::borrow::Cow;

use super::{LARGEST, Unread};

/// The text of a file in UTF-8 or UTF-16, without the mark that says which.
pub(super) fn read(bytes: &[u8]) -> Result<Cow<'_, str>, Unread> {
    if bytes.len() as u64 > LARGEST {
        return Err(Unread::TooLarge { most: LARGEST });
    }
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        // XML without a mark begins with `<`, which tells the order of the bytes.
        [b'<', 0, ..] => wide(bytes, u16::from_le_bytes),
        [0, b'<', ..] => wide(bytes, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] | rest => {
            std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|_| Unread::NotText)
        }
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, Unread> {
    let (pairs, left) = bytes.as_chunks::<2>();
    if !left.is_empty() {
        return Err(Unread::NotText);
    }
    let units: Vec<u16> = pairs.iter().copied().map(unit).collect();
    String::from_utf16(&units).map(Cow::Owned).map_err(|_| Unread::NotText)
}
