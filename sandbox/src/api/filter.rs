//! `$filter`: one comparison of a property with a literal, which is what sync programs send.

use std::cmp::Ordering;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::gate::Refused;
use super::odata::Row;

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Text(String),
    Number(i64),
    /// Milliseconds since the Unix epoch.
    Date(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Operator {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "gt" => Self::Greater,
            "ge" => Self::GreaterOrEqual,
            "lt" => Self::Less,
            "le" => Self::LessOrEqual,
            _ => return None,
        })
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        }
    }
}

/// A comparison.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter {
    property: String,
    operator: Operator,
    literal: Literal,
}

impl Filter {
    /// Reads `Property eq|ne|gt|ge|lt|le literal`.
    pub(crate) fn read(written: &str) -> Result<Self, Refused> {
        let mut words = written.trim().splitn(3, ' ');
        let (Some(property), Some(operator), Some(literal)) = (words.next(), words.next(), words.next())
        else {
            return Err(Refused::bad("$filter is not a comparison."));
        };
        Ok(Self {
            property: property.to_owned(),
            operator: Operator::named(operator).ok_or(Refused::bad("$filter has an unknown operator."))?,
            literal: literal_of(literal.trim()).ok_or(Refused::bad("$filter has an unknown literal."))?,
        })
    }

    pub(crate) fn matches(&self, row: &Row) -> Result<bool, Refused> {
        let value =
            row.field(&self.property).ok_or(Refused::bad("$filter names a property that does not exist."))?;
        let order = compare(value, &self.literal)
            .ok_or(Refused::bad("$filter compares values of different types."))?;
        Ok(self.operator.holds(order))
    }
}

fn literal_of(written: &str) -> Option<Literal> {
    let quoted = |text: &str, prefix: &str| -> Option<String> {
        let inner = text.strip_prefix(prefix)?.strip_prefix('\'')?.strip_suffix('\'')?;
        (!inner.replace("''", "").contains('\'')).then(|| inner.replace("''", "'"))
    };
    if let Some(date) = quoted(written, "datetime") {
        let civil: DateTime = date.parse().ok()?;
        let at = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
        return Some(Literal::Date(at.as_millisecond()));
    }
    if let Some(guid) = quoted(written, "guid") {
        return Some(Literal::Text(uuid::Uuid::parse_str(&guid).ok()?.to_string()));
    }
    quoted(written, "").map(Literal::Text).or_else(|| written.parse().ok().map(Literal::Number))
}

fn compare(value: &Value, literal: &Literal) -> Option<Ordering> {
    match literal {
        Literal::Text(text) => Some(value.as_str()?.trim_start().cmp(text.trim_start())),
        Literal::Number(number) => Some(value.as_i64()?.cmp(number)),
        Literal::Date(at) => {
            let written = value.as_str()?.strip_prefix("/Date(")?.strip_suffix(")/")?;
            Some(written.parse::<i64>().ok()?.cmp(at))
        }
    }
}
