use std::str::FromStr;

use chain::Time;

use super::StoreError;

/// Reads the cells of one row, and names the row when one is impossible.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    pub(super) table: &'static str,
    pub(super) row: &'a str,
}

impl Cells<'_> {
    pub(super) fn impossible(&self, what: impl Into<String>) -> StoreError {
        StoreError::Impossible { table: self.table, row: self.row.to_owned(), what: what.into() }
    }

    /// A text with a meaning: an id, a word.
    pub(super) fn parse<T: FromStr>(&self, column: &str, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.impossible(format!("{column} is {text:?}")))
    }

    pub(super) fn parse_if<T: FromStr>(
        &self,
        column: &str,
        text: Option<&str>,
    ) -> Result<Option<T>, StoreError> {
        text.map(|text| self.parse(column, text)).transpose()
    }

    /// The key of a table whose ids have no type of their own.
    pub(super) fn key(&self, text: &str) -> Result<u128, StoreError> {
        u128::from_str_radix(text, 16).map_err(|_| self.impossible(format!("id is {text:?}")))
    }

    /// A word with a meaning, by a function that knows it.
    pub(super) fn word<T>(
        &self,
        column: &str,
        text: &str,
        known: impl Fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        known(text).ok_or_else(|| self.impossible(format!("{column} is {text:?}")))
    }

    /// A cell that the rest of the row asks for.
    pub(super) fn needed<T>(&self, column: &str, cell: Option<T>) -> Result<T, StoreError> {
        cell.ok_or_else(|| self.impossible(format!("{column} is missing")))
    }

    pub(super) fn count(&self, column: &str, number: i64) -> Result<u32, StoreError> {
        u32::try_from(number).map_err(|_| self.impossible(format!("{column} is {number}")))
    }

    pub(super) fn needed_count(&self, column: &str, cell: Option<i64>) -> Result<u32, StoreError> {
        self.count(column, self.needed(column, cell)?)
    }

    pub(super) fn needed_time(&self, column: &str, cell: Option<i64>) -> Result<Time, StoreError> {
        self.needed(column, cell).map(Time::from_millis)
    }
}

/// A moment that may be missing.
pub(super) fn time(cell: Option<i64>) -> Option<Time> {
    cell.map(Time::from_millis)
}

/// An id without a type of its own, as it is stored.
pub(super) fn key(id: u128) -> String {
    format!("{id:032x}")
}

/// Turns names into the text they are stored as, and back.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// The word it is stored as.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// What the word means.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}
pub(super) use words;
