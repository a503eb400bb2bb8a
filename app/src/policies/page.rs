use super::kinds::Kinds;
use super::purge::Purged;
use super::size::StoreSize;
use super::{PAGE, words};
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::say;
use crate::ui::{NoticeBox, Tone};
use leptos::prelude::*;
use std::time::Duration;

/// How far back the chart of the store's size reaches.
const CHARTED: Duration = Duration::from_secs(30 * 86_400);
/// How far back receipts are summed up.
const RECEIPTS: Duration = Duration::from_secs(7 * 86_400);

/// The page with all policies, what the purge took, and how the store grows.
pub async fn overview(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let (now, operator) = (desk.visit.now, &desk.operator);
    let view = operator.policies_view().await?;
    let receipts = operator.receipts(now - RECEIPTS).await?;
    let dry_run = match desk.visit.asked("purge").as_deref() {
        Some("dry-run") => Some(operator.purge_dry_run().await?),
        Some(_) | None => None,
    };
    let sizes = operator.store_sizes(now - CHARTED).await?;
    let size = operator.store_size().await?;
    let contradiction = view.contradiction.map(|error| {
        view! {
            <NoticeBox tone=Tone::Bad title=say!(language, "policies.contradiction")>
                <p>{words::refused(language, &error)}</p>
            </NoticeBox>
        }
    });
    let title = say!(language, "policies.title");
    let body = view! {
        <div class="page-head">
            <h1>{title.clone()}</h1>
            <span class="space"></span>
            <a class="button button-quiet" href=format!("{PAGE}/lint")>{say!(language, "lint.title")}</a>
        </div>
        <p class="lead">{say!(language, "policies.lead")}</p>
        {contradiction}
        <Kinds language kinds=view.kinds now=now.millis()/>
        <Purged language receipts dry_run/>
        <StoreSize language sizes size now=now.millis()/>
    };
    Ok(Page::new(title, Here::Policies, body.into_any()))
}
