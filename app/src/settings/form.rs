use super::api::{DeleteRegistration, FORM, SaveRegistration};
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::text;
use crate::ui::{
    CheckBox, Choice, Confirm, Copyable, Hidden, NoticeBox, SelectField, TextField, Tone, Unfold,
};
use engine::view::RegistrationView;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

/// The countries of Exact Online, in the order of the provider's own list.
const COUNTRIES: [&str; 7] = ["nl", "be", "de", "fr", "es", "uk", "us"];

/// The page on which an app registration is made.
pub async fn new_registration(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let title = say!(language, "registration.new");
    let body = view! {
        <Crumbs language/>
        <div class="page-head"><h1>{title.clone()}</h1></div>
        <p class="lead">{say!(language, "registration.new_lead")}</p>
        <Fields language known=None flash/>
    };
    Ok(Page::new(title, Here::Settings, body.into_any()))
}

/// The page of one app registration.
pub async fn registration(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let asked = use_params_map().with_untracked(|params| params.get("registration")).unwrap_or_default();
    let all = desk.operator.registrations().await?;
    let known = all.into_iter().find(|it| it.id.to_string() == asked).ok_or(Trouble::NotFound)?;
    let language = desk.language();
    let title = known.name.clone();
    let refused = known.refused_since.map(chain::Time::millis).map(|at| {
        let since = text::relative(at, desk.visit.now.millis(), &language.relative_words());
        view! {
            <NoticeBox tone=Tone::Bad title=say!(language, "registration.refused_title")>
                <p>{say!(language, "registration.refused_text", since = since)}</p>
            </NoticeBox>
        }
    });
    let used = known.containers;
    let delete = if used == 0 {
        view! {
            <Confirm
                label=say!(language, "registration.delete")
                consequence=say!(language, "registration.delete_what", name = known.name)
                act=say!(language, "registration.delete_act")
                action=DeleteRegistration::url()
            >
                <Hidden name="registration" value=asked/>
            </Confirm>
        }
        .into_any()
    } else {
        let words = match used {
            1 => say!(language, "registration.in_use_one"),
            _ => say!(language, "registration.in_use", count = used),
        };
        view! { <p class="quiet">{words}</p> }.into_any()
    };
    let body = view! {
        <Crumbs language/>
        <div class="page-head"><h1>{title.clone()}</h1></div>
        {refused}
        <section class="card">
            <h2>{say!(language, "registration.redirect")}</h2>
            <p class="quiet">{say!(language, "registration.redirect_why")}</p>
            <Copyable
                text=known.redirect_uri.clone()
                label=say!(language, "registration.copy_redirect")
                done=say!(language, "act.copied")
            />
        </section>
        <Fields language known=Some(known) flash/>
        {delete}
    };
    Ok(Page::new(title, Here::Settings, body.into_any()))
}

#[component]
fn Crumbs(language: Language) -> impl IntoView {
    view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href="/settings">{say!(language, "settings.title")}</a>
            <crate::ui::Icon name="next"/>
            <a href="/settings/registrations">{say!(language, "registration.title")}</a>
        </nav>
    }
}

/// The form; what was typed goes before what is stored.
#[component]
fn Fields(language: Language, known: Option<RegistrationView>, flash: Flash) -> impl IntoView {
    let stored = |pick: fn(&RegistrationView) -> String| known.as_ref().map(pick).unwrap_or_default();
    let value = |field: &str, stored: String| flash.value(FORM, field).unwrap_or(stored);
    let error = |field: &str| flash.error(FORM, field);
    let choices = COUNTRIES
        .into_iter()
        .map(|code| Choice { value: code.to_owned(), label: language.text(&format!("country.{code}")) })
        .collect();
    let is_new = known.is_none();
    let secret_hint = if is_new {
        say!(language, "registration.secret_new")
    } else {
        say!(language, "registration.secret_keep")
    };
    let base_url = value("base_url", stored(|it| it.base_url.clone().unwrap_or_default()));
    let timing = value("timing", stored(|it| it.timing.clone().unwrap_or_default()));
    let pkce = value("pkce", stored(|it| it.pkce.to_string())) == "true";
    let special = pkce
        || !base_url.is_empty()
        || !timing.is_empty()
        || error("base_url").is_some()
        || error("timing").is_some();
    let registration = known.as_ref().map(|it| it.id.to_string());
    let (name, country) =
        (value("name", stored(|it| it.name.clone())), value("country", stored(|it| it.country.clone())));
    let client_id = value("client_id", stored(|it| it.client_id.clone()));
    let [name_error, country_error, client_id_error, secret_error, base_url_error, timing_error] =
        ["name", "country", "client_id", "client_secret", "base_url", "timing"].map(error);
    view! {
        <section class="card narrow">
            <form method="post" action=SaveRegistration::url()>
                {registration.map(|id| view! { <Hidden name="registration" value=id/> })}
                <TextField
                    id="name".to_owned()
                    name="name"
                    label=say!(language, "registration.name")
                    value=name
                    hint=say!(language, "registration.name_hint")
                    error=name_error
                    most=100
                />
                <SelectField
                    id="country".to_owned()
                    name="country"
                    label=say!(language, "registration.country")
                    value=country
                    choices
                    hint=say!(language, "registration.country_hint")
                    error=country_error
                />
                <TextField
                    id="client_id".to_owned()
                    name="client_id"
                    label=say!(language, "registration.client_id")
                    value=client_id
                    error=client_id_error
                />
                <TextField
                    id="client_secret".to_owned()
                    name="client_secret"
                    kind="password"
                    label=say!(language, "registration.client_secret")
                    hint=secret_hint
                    error=secret_error
                    autocomplete="new-password"
                    required=is_new
                    most=1_000
                />
                <Unfold class="unfold-line" icon="settings" label=say!(language, "registration.special") open=special>
                    <TextField
                        id="base_url".to_owned()
                        name="base_url"
                        label=say!(language, "registration.base_url")
                        value=base_url
                        hint=say!(language, "registration.base_url_hint")
                        error=base_url_error
                        required=false
                    />
                    <TextField
                        id="timing".to_owned()
                        name="timing"
                        label=say!(language, "registration.timing")
                        value=timing
                        hint=say!(language, "registration.timing_hint")
                        error=timing_error
                        required=false
                        most=2_000
                    />
                    <CheckBox
                        id="pkce".to_owned()
                        name="pkce"
                        label=say!(language, "registration.pkce")
                        checked=pkce
                        hint=say!(language, "registration.pkce_hint")
                    />
                </Unfold>
                <div class="actions">
                    <button class="button button-main">{say!(language, "act.save")}</button>
                    <a class="button button-quiet" href="/settings/registrations">{say!(language, "act.cancel")}</a>
                </div>
            </form>
        </section>
    }
}
