//! Where something stands in a text.

use std::ops::Range;

/// A part of a text, in lines and columns from 1. A column is a character; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line it begins in.
    pub line: usize,
    /// The column it begins at.
    pub column: usize,
    /// The line it ends in.
    pub end_line: usize,
    /// The column after it.
    pub end_column: usize,
}

impl Place {
    /// The place of a range of bytes.
    pub(super) fn of(text: &str, range: &Range<usize>) -> Self {
        let (line, column) = position(text, range.start);
        let (end_line, end_column) = position(text, range.end);
        Self { line, column, end_line, end_column }
    }

    /// Whether it is a point between two characters.
    pub fn is_empty(&self) -> bool {
        (self.line, self.column) == (self.end_line, self.end_column)
    }
}

fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
