use super::api::{RETENTION_FORM, SetRetention, SwitchRecovery};
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::ui::{Confirm, Hidden, Icon, NumberField};
use engine::view::Retention;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page with the switch for all auto-recovery, and with how long credentials may be kept.
pub async fn recovery(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let retention = desk.operator.retention().await?;
    let enabled = desk.operator.recovery_enabled().await?;
    let title = say!(language, "recovery.name");
    let body = view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href="/settings">{say!(language, "settings.title")}</a>
        </nav>
        <div class="page-head">
            <h1>{title.clone()}</h1>
            <Standing language enabled/>
        </div>
        <p class="lead">{say!(language, "recovery_settings.lead")}</p>
        <section class="card narrow">
            <h2>{say!(language, "recovery_settings.switch")}</h2>
            <Switch language enabled/>
        </section>
        <section class="card narrow">
            <h2>{say!(language, "recovery_settings.retention")}</h2>
            <p class="lead">
                {say!(language, "recovery_settings.retention_lead")}
                " "
                <a href="/policies/credential">{say!(language, "recovery_settings.retention_policy")}</a>
                " "
                {say!(language, "recovery_settings.retention_same")}
            </p>
            <Bounds language retention flash/>
        </section>
    };
    Ok(Page::new(title, Here::Settings, body.into_any()))
}

/// Whether auto-recovery is on, in a word.
#[component]
pub fn Standing(
    /// The language.
    language: Language,
    /// Whether it is on.
    enabled: bool,
) -> impl IntoView {
    let (class, icon, words) = if enabled {
        ("chip chip-live", "live", say!(language, "recovery_settings.on"))
    } else {
        ("chip chip-waiting", "waiting", say!(language, "recovery_settings.off"))
    };
    view! {
        <span class=class>
            <Icon name=icon/>
            <span>{words}</span>
        </span>
    }
}

#[component]
fn Switch(language: Language, enabled: bool) -> impl IntoView {
    if enabled {
        return view! {
            <p>{say!(language, "recovery_settings.on_text")}</p>
            <Confirm
                label=say!(language, "recovery_settings.switch_off")
                icon="waiting"
                consequence=say!(language, "recovery_settings.switch_off_what")
                act=say!(language, "recovery_settings.switch_off_act")
                action=SwitchRecovery::url()
            >
                <Hidden name="on" value="false"/>
            </Confirm>
        }
        .into_any();
    }
    view! {
        <p>{say!(language, "recovery_settings.off_text")}</p>
        <form class="actions" method="post" action=SwitchRecovery::url()>
            <Hidden name="on" value="true"/>
            <button class="button button-main">{say!(language, "recovery_settings.switch_on")}</button>
        </form>
    }
    .into_any()
}

#[component]
fn Bounds(language: Language, retention: Retention, flash: Flash) -> impl IntoView {
    let stored = [("least", retention.least), ("usual", retention.usual), ("most", retention.most)];
    let fields = stored.map(|(name, days)| {
        let value = flash.value(RETENTION_FORM, name).unwrap_or_else(|| days.to_string());
        view! {
            <NumberField
                id=format!("retention-{name}")
                name
                label=language.text(&format!("recovery_settings.{name}"))
                value
                least=1
                most=Retention::LIMIT
                error=flash.error(RETENTION_FORM, name)
            />
        }
    });
    view! {
        <form method="post" action=SetRetention::url()>
            <div class="three">{fields.into_iter().collect_view()}</div>
            <div class="actions">
                <button class="button button-main">{say!(language, "act.save")}</button>
            </div>
        </form>
    }
}
