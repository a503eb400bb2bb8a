//! The two generations of the sign-in, and how the pages of the second one are cut.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The pages at which a user signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Generation {
    /// WebForms: user name and password on one form, then the one-time code.
    #[default]
    Classic,
    /// One Exact Identity: a page of Azure AD B2C for every round, on an origin of its own.
    Identity,
}

/// How the second generation asks for the user name and the password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Both on one page.
    #[default]
    Combined,
    /// A page for each, as since 2026-06-30.
    Split,
}

/// How the pages of the second generation look; the real ones drift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdentityPages {
    /// One page or two for user name and password.
    pub cut: Cut,
    /// What the user name is called: `signInName`, `email` and `emailAddress` were seen.
    pub user_name_field: String,
    /// Whether a page asks for the browser's `userAgent` before the one-time code.
    pub user_agent: bool,
    /// Fields that the first page declares beside its own and does not want back.
    pub extra_fields: Vec<String>,
}

impl Default for IdentityPages {
    fn default() -> Self {
        Self {
            cut: Cut::Combined,
            user_name_field: "signInName".to_owned(),
            user_agent: true,
            extra_fields: Vec::new(),
        }
    }
}
