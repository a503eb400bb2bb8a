use super::api::{AddAlertTarget, FORM};
use super::words;
use crate::flash::Flash;
use crate::language::{Language, say};
use crate::ui::{CheckBox, Choice, SelectField, TextField};
use engine::alert::{Event, Kind};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The form for somebody who is to be told.
#[component]
pub(super) fn NewTarget(
    language: Language,
    flash: Flash,
    /// The mailbox that alerts come from, where a mail server is set up.
    from: Option<String>,
) -> impl IntoView {
    let value = |field: &str| flash.value(FORM, field);
    let error = |field: &str| flash.error(FORM, field);
    let kinds = [Kind::Webhook, Kind::Mail];
    let kinds = kinds.into_iter().filter(|kind| *kind == Kind::Webhook || from.is_some());
    let kinds =
        kinds.map(|kind| Choice { value: kind.as_str().to_owned(), label: words::kind(language, kind) });
    let mail = match &from {
        Some(from) => say!(language, "alerts.mail_from", from = from),
        None => say!(language, "alerts.no_mail"),
    };
    let languages = Language::ALL.into_iter();
    let languages = languages.map(|it| Choice { value: it.code().to_owned(), label: it.name().to_owned() });
    let boxes = Event::CHOICES.map(|event| {
        let name = event.as_str();
        // Until somebody chooses otherwise, all of them.
        let checked = value(name).is_none_or(|ticked| ticked == "true");
        view! { <CheckBox id=format!("alert-{name}") name label=words::event(language, event) checked/> }
    });
    let events_error = error("events").map(|error| {
        view! { <p class="error" id="alert-events-error">{error}</p> }
    });
    let described = events_error.is_some().then_some("alert-events-error");
    view! {
        <section class="card narrow">
            <h2>{say!(language, "alerts.new")}</h2>
            <form method="post" action=AddAlertTarget::url()>
                <SelectField
                    id="alert-kind".to_owned()
                    name="kind"
                    label=say!(language, "alerts.how")
                    value=value("kind").unwrap_or_default()
                    choices=kinds.collect()
                    hint=mail
                    error=error("kind")
                />
                <TextField
                    id="alert-name".to_owned()
                    name="name"
                    label=say!(language, "alerts.name")
                    value=value("name").unwrap_or_default()
                    error=error("name")
                    most=100
                />
                <TextField
                    id="alert-address".to_owned()
                    name="address"
                    label=say!(language, "alerts.address")
                    value=value("address").unwrap_or_default()
                    hint=say!(language, "alerts.address_hint")
                    error=error("address")
                    most=1_000
                />
                <fieldset class="alert-events" aria-describedby=described>
                    <legend>{say!(language, "alerts.events")}</legend>
                    {boxes.into_iter().collect_view()}
                    {events_error}
                </fieldset>
                <SelectField
                    id="alert-language".to_owned()
                    name="language"
                    label=say!(language, "alerts.language")
                    value=value("language").unwrap_or_else(|| language.code().to_owned())
                    choices=languages.collect()
                />
                <div class="actions">
                    <button class="button button-main">{say!(language, "alerts.add")}</button>
                </div>
            </form>
        </section>
    }
}
