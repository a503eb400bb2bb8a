//! Alerts: who is told of what, and what became of it.

pub mod api;
mod deliveries;
mod form;
mod targets;
mod words;

use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::once;
use crate::ui::{Copyable, NoticeBox, Tone};
use deliveries::Deliveries;
use form::NewTarget;
use leptos::prelude::*;
use targets::Targets;

/// The page with everybody who is told, and what was sent.
pub async fn alerts(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let now = desk.visit.now.millis();
    let targets = desk.operator.alert_targets().await?;
    let deliveries = desk.operator.alert_deliveries().await?;
    let from = desk.operator.alerts_from();
    let secret = once::take(&desk.visit.session, api::ONCE).await;
    let title = say!(language, "alerts.title");
    let body = view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href="/settings">{say!(language, "settings.title")}</a>
        </nav>
        <div class="page-head"><h1>{title.clone()}</h1></div>
        <p class="lead">{say!(language, "alerts.lead")}</p>
        {secret.map(|secret| view! { <Secret language secret/> })}
        <Targets language targets/>
        <NewTarget language flash from/>
        <Deliveries language deliveries now/>
    };
    Ok(Page::new(title, Here::Settings, body.into_any()))
}

/// The secret of a new webhook, this once.
#[component]
fn Secret(language: Language, secret: String) -> impl IntoView {
    view! {
        <NoticeBox tone=Tone::Warning title=say!(language, "alerts.secret")>
            <p>{say!(language, "alerts.secret_once")}</p>
            <p>
                <Copyable
                    text=secret
                    label=say!(language, "alerts.secret_copy")
                    done=say!(language, "act.copied")
                />
            </p>
        </NoticeBox>
    }
}
