//! How a report is shown.

mod json;
mod sarif;
mod text;

use super::Report;

/// How a report is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
}

impl Format {
    /// The report, with a new line at its end.
    pub fn show(self, report: &Report) -> String {
        match self {
            Self::Text => text::show(report),
            Self::Json => format!("{:#}\n", json::show(report)),
            Self::Sarif => format!("{:#}\n", sarif::show(report)),
        }
    }
}
