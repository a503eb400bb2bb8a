//! What is asked of a registration at Exact Online.

use super::entry::{Entry, Need};
use crate::language::say;
use crate::ui::{Choice, SelectField, Unfold};
use leptos::prelude::*;

/// The countries of Exact Online, in the order of the provider's own list.
const COUNTRIES: [&str; 7] = ["nl", "be", "de", "fr", "es", "uk", "us"];

/// The country, which is the provider's host.
#[component]
pub(super) fn Country(entry: Entry) -> impl IntoView {
    let language = entry.language;
    let choices = COUNTRIES
        .into_iter()
        .map(|code| Choice { value: code.to_owned(), label: language.text(&format!("country.{code}")) })
        .collect();
    let value = entry.value("country", entry.stored(|it| it.country.clone()));
    let error = entry.error("country");
    view! {
        <SelectField
            id="country".to_owned()
            name="country"
            label=say!(language, "registration.country")
            value
            choices
            hint=say!(language, "registration.country_hint")
            error
        />
    }
}

/// What hardly anybody needs; unfolded where something of it is set or wrong.
#[component]
pub(super) fn SpecialCases(entry: Entry) -> impl IntoView {
    let base_url = entry.stored(|it| it.base_url.clone().unwrap_or_default());
    let timing = entry.stored(|it| it.timing.clone().unwrap_or_default());
    let pkce = entry.known.as_ref().is_some_and(|it| it.pkce);
    let (origins, gives_consent) = (entry.custom.origins.join(" "), entry.custom.gives_consent);
    let texts = [("base_url", &base_url), ("timing", &timing), ("origins", &origins)];
    let ticked = entry.ticked("pkce", pkce) || entry.ticked("gives_consent", gives_consent);
    let open = ticked
        || texts.into_iter().any(|(name, stored)| {
            entry.error(name).is_some() || !entry.value(name, stored.clone()).is_empty()
        });
    let fields = [
        entry.line("base_url", base_url, Need::May, 200),
        entry.line("timing", timing, Need::May, 2_000),
        entry.check("pkce", pkce),
        entry.line("origins", origins, Need::May, 2_000),
        entry.check("gives_consent", gives_consent),
    ];
    view! {
        <Unfold class="unfold-line" icon="settings" label=say!(entry.language, "registration.special") open>
            {fields.into_iter().collect_view()}
        </Unfold>
    }
}
