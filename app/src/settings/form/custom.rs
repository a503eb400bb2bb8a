//! What is asked of a registration at any other OAuth server.

use super::entry::{Entry, Need};
use crate::language::say;
use crate::ui::Unfold;
use leptos::prelude::*;

/// The server, how it names the user, and what auto-recovery may do there.
#[component]
pub(super) fn CustomFields(entry: Entry) -> impl IntoView {
    let custom = entry.custom.clone();
    let text = |text: Option<String>| text.unwrap_or_default();
    let query = custom.query();
    let pkce = entry.known.as_ref().is_some_and(|it| it.pkce);
    let fields = [
        entry.line("authorize", text(custom.authorize), Need::Must, 2_000),
        entry.line("token", text(custom.token), Need::Must, 2_000),
        entry.check("basic", custom.basic),
        entry.check("pkce", pkce),
        entry.line("scope", text(custom.scope), Need::May, 1_000),
        entry.line("parameters", query, Need::May, 2_000),
        entry.line("probe", text(custom.probe), Need::Must, 2_000),
        entry.line("api", text(custom.api), Need::May, 2_000),
        entry.line("user_id", text(custom.user_id), Need::May, 200),
        entry.line("user_name", text(custom.user_name), Need::May, 200),
        entry.line("origins", custom.origins.join(" "), Need::May, 2_000),
        entry.check("gives_consent", custom.gives_consent),
    ];
    let timing = entry.stored(|it| it.timing.clone().unwrap_or_default());
    let open = entry.error("timing").is_some() || !entry.value("timing", timing.clone()).is_empty();
    let timing = entry.line("timing", timing, Need::May, 2_000);
    view! {
        {fields.into_iter().collect_view()}
        <Unfold class="unfold-line" icon="settings" label=say!(entry.language, "registration.special") open>
            {timing}
        </Unfold>
    }
}
