use super::super::api::SaveRegistration;
use super::custom::CustomFields;
use super::entry::{Entry, Kind, Need};
use super::exact::{Country, SpecialCases};
use crate::language::say;
use crate::ui::{Hidden, TextField};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The form of a registration.
#[component]
pub(super) fn Fields(entry: Entry) -> impl IntoView {
    let language = entry.language;
    let is_new = entry.known.is_none();
    let secret_hint = if is_new {
        say!(language, "registration.secret_new")
    } else {
        say!(language, "registration.secret_keep")
    };
    let registration = entry.known.as_ref().map(|it| it.id.to_string());
    let name = entry.line("name", entry.stored(|it| it.name.clone()), Need::Must, 100);
    let client_id = entry.line("client_id", entry.stored(|it| it.client_id.clone()), Need::Must, 200);
    let secret_error = entry.error("client_secret");
    let provider = entry.kind.word();
    let (above, below) = match entry.kind {
        Kind::Exact => {
            let country = view! { <Country entry=entry.clone()/> };
            (country.into_any(), view! { <SpecialCases entry/> }.into_any())
        }
        Kind::Custom => (().into_any(), view! { <CustomFields entry/> }.into_any()),
    };
    view! {
        <section class="card narrow">
            <form method="post" action=SaveRegistration::url()>
                {registration.map(|id| view! { <Hidden name="registration" value=id/> })}
                <Hidden name="provider" value=provider/>
                {name}
                {above}
                {client_id}
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
                {below}
                <div class="actions">
                    <button class="button button-main">{say!(language, "act.save")}</button>
                    <a class="button button-quiet" href="/settings/registrations">{say!(language, "act.cancel")}</a>
                </div>
            </form>
        </section>
    }
}
