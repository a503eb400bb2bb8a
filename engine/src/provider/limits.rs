//! What a provider lets one app ask of its REST API, as data.

use super::Timing;

/// How much may be asked; what is absent is not limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls of an app for a company in a minute.
    pub a_minute: Option<Limit>,
    /// Calls of an app for a company in a UTC day.
    pub a_day: Option<Limit>,
    /// Errors (400, 401, 403, 404) of an app for a user and a company at one endpoint in an hour; one
    /// more, and the provider blocks the app.
    pub errors_an_hour: Option<Limit>,
    /// Where a path names the company.
    pub company: Company,
    /// Whether answers say in `X-RateLimit-…` what is left.
    pub told: bool,
}

/// A number of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// So many.
    pub most: u32,
    /// Chosen by an operator: what the provider says can lower it, not raise it.
    pub chosen: bool,
}

/// Where a path of the REST API names the company that the limits are counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// Its first segment, where that is a number; every other path is about the user's own company.
    FirstNumber,
    /// Nowhere.
    Nowhere,
}

impl Limits {
    /// 60 calls a minute and 5,000 a day for an app and company, and more than 10 errors an hour block
    /// the app: Exact's page on API limits.
    pub(super) fn exact(timing: &Timing) -> Self {
        Self {
            a_minute: limit(timing.calls_a_minute, Some(60)),
            a_day: limit(timing.calls_a_day, Some(5_000)),
            errors_an_hour: limit(timing.errors_an_hour, Some(10)),
            company: Company::FirstNumber,
            told: true,
        }
    }

    /// What another server allows is known to its operators only.
    pub(super) fn custom(timing: &Timing) -> Self {
        Self {
            a_minute: limit(timing.calls_a_minute, None),
            a_day: limit(timing.calls_a_day, None),
            errors_an_hour: limit(timing.errors_an_hour, None),
            company: Company::Nowhere,
            told: false,
        }
    }
}

fn limit(chosen: Option<u32>, usual: Option<u32>) -> Option<Limit> {
    let usual = usual.map(|most| Limit { most, chosen: false });
    chosen.map(|most| Limit { most, chosen: true }).or(usual)
}
