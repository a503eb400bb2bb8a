//! `fleet`: a thousand containers, twenty callers each, while every chain needs a refresh each minute; and
//! what three libraries make of the same callers.

mod ask;
mod ours;
mod peers;

use std::time::Duration;

use anyhow::Result;
use exact_sandbox::Options;

use crate::evergrant::Binary;
use crate::report::Report;

/// Callers of one container, or of one chain.
const CALLERS: usize = 20;
/// How long an access token lives: a tenth of what Exact Online gives.
const LIFE: Duration = Duration::from_secs(60);
/// How long after a token the next refresh is accepted: the same tenth.
const MINIMUM_INTERVAL: Duration = Duration::from_secs(57);
/// How long before its end callers want another token: within the three seconds in which one is given.
const AHEAD: Duration = Duration::from_secs(2);
/// How long a token call takes, beside what the machine needs: it is not on loopback in life.
const TOKEN_DELAY: Duration = Duration::from_millis(50);
/// How often each caller asks.
const INTERVAL: Duration = Duration::from_secs(10);

/// Measures.
pub async fn measure(binary: &Binary, report: &mut Report) -> Result<()> {
    ours::measure(binary, report).await?;
    peers::measure(report).await
}

/// The provider of everybody here.
fn provider() -> Options {
    Options {
        access_lifetime: LIFE,
        minimum_interval: MINIMUM_INTERVAL,
        token_delay: TOKEN_DELAY,
        ..Options::default()
    }
}
