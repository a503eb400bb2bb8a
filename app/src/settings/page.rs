use super::recovery::Standing;
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::say;
use crate::ui::Icon;
use leptos::prelude::*;

/// The page that leads to all settings.
pub async fn overview(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let registrations = desk.operator.registrations().await?;
    let overview = desk.operator.overview().await?;
    let enabled = desk.operator.recovery_enabled().await?;
    let targets = desk.operator.alert_targets().await?.len();
    let told = match targets {
        0 => say!(language, "alerts.count_none"),
        1 => say!(language, "alerts.count_one"),
        count => say!(language, "alerts.count", count = count),
    };
    let refused = registrations.iter().filter(|it| it.refused_since.is_some()).count();
    let refused = (refused > 0).then(|| {
        let words = say!(language, "registration.refused_count", count = refused);
        view! { <span class="chip chip-broken"><Icon name="broken"/> <span>{words}</span></span> }
    });
    let count = match registrations.len() {
        1 => say!(language, "registration.count_one"),
        count => say!(language, "registration.count", count = count),
    };
    let body = view! {
        <div class="page-head"><h1>{say!(language, "settings.title")}</h1></div>
        <ul class="doors">
            <li class="card">
                <h2><a href="/settings/registrations">{say!(language, "registration.title")}</a></h2>
                <p>{say!(language, "registration.lead")}</p>
                <p class="quiet">
                    {count} " " {refused}
                </p>
            </li>
            <li class="card">
                <h2><a href="/settings/recovery">{say!(language, "recovery.name")}</a></h2>
                <p>{say!(language, "recovery_settings.lead")}</p>
                <p><Standing language enabled/></p>
            </li>
            <li class="card">
                <h2><a href="/settings/alerts">{say!(language, "alerts.title")}</a></h2>
                <p>{say!(language, "alerts.lead")}</p>
                <p class="quiet">{told}</p>
            </li>
            <li class="card">
                <h2><a href="/guide">{say!(language, "guide.title")}</a></h2>
                <p>{say!(language, "guide.lead")}</p>
            </li>
            <li class="card">
                <h2>{say!(language, "settings.organisation")}</h2>
                <dl class="facts">
                    <div>
                        <dt>{say!(language, "settings.organisation_name")}</dt>
                        <dd>{overview.organisation}</dd>
                    </div>
                    <div>
                        <dt>{say!(language, "settings.you")}</dt>
                        <dd>{overview.operator}</dd>
                    </div>
                    <div>
                        <dt>{say!(language, "settings.address")}</dt>
                        <dd><code>{desk.visit.engine.public_url().to_string()}</code></dd>
                    </div>
                </dl>
            </li>
        </ul>
    };
    Ok(Page::new(say!(language, "settings.title"), Here::Settings, body.into_any()))
}
