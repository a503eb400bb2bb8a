//! What the forms of the round are sent to.

use super::{ROUND, renew_and_back};
use crate::desk::Desk;
use crate::error::AppError;
use crate::visit::{encode, go};
use leptos::prelude::*;

/// Begins a round over all that is broken, and leads to the provider for the first.
#[server(prefix = "/do", endpoint = "begin-round")]
pub async fn begin_round() -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let round = match desk.operator.begin_round().await {
        Ok(round) => round,
        Err(error) => return Err(desk.visit.fail("/repairs", &error).await),
    };
    match round.as_ref().and_then(|round| round.next()) {
        Some(stop) => {
            let way = renew_and_back(&stop.database_slug, &stop.alias, ROUND);
            // Browsers hold a redirect to the provider against the policy of the page with the form.
            go(&format!("/go-on?to={}", encode(&way)));
        }
        None => go("/repairs"),
    }
    Ok(())
}

/// Leaves out the grant of a container in the round.
#[server(prefix = "/do", endpoint = "skip-stop")]
pub async fn skip_stop(container: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let container = container.parse().map_err(|_| AppError::NotUnderstood)?;
    match desk.operator.skip_stop(container).await {
        Ok(()) => go(ROUND),
        Err(error) => return Err(desk.visit.fail(ROUND, &error).await),
    }
    Ok(())
}

/// Stops the round.
#[server(prefix = "/do", endpoint = "stop-round")]
pub async fn stop_round() -> Result<(), AppError> {
    let desk = Desk::open().await?;
    match desk.operator.stop_round().await {
        Ok(()) => go(ROUND),
        Err(error) => return Err(desk.visit.fail(ROUND, &error).await),
    }
    Ok(())
}
