//! The newest messages, while somebody looks.

use super::store::store;
use leptos::prelude::*;

/// A switch with which a list follows what happens; it shows only once it can.
///
/// What is to be followed is the piece of the page that is marked `data-tail`: whenever a message is
/// written, the server is asked for the page again and that piece takes its own place.
#[island]
pub fn LiveTail(
    /// The newest message when the page was rendered.
    initial: Option<String>,
    /// The address of the page.
    address: String,
    /// What the switch says.
    label: String,
    /// What is said once the list was brought up to date.
    done: String,
) -> impl IntoView {
    let on = RwSignal::new(true);
    let said = RwSignal::new(String::new());
    let newest = store(0).newest;
    let news = Memo::new(move |_| newest.get().filter(|newest| Some(newest) != initial.as_ref()));
    #[cfg(feature = "hydrate")]
    {
        let busy = StoredValue::new(false);
        let shown = RwSignal::new(None::<String>);
        Effect::new(move |_| {
            let wanted = news.get();
            if wanted.is_none() || !on.get() || shown.get() == wanted || busy.get_value() {
                return;
            }
            busy.set_value(true);
            let (address, done) = (address.clone(), done.clone());
            leptos::task::spawn_local(async move {
                let came = crate::parts::freshen(&address).await;
                busy.set_value(false);
                said.set(if came { done } else { String::new() });
                // What was written meanwhile is asked for next.
                shown.set(wanted);
            });
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (news, &address, &done);
    view! {
        <label class="tail needs-script">
            <input type="checkbox" prop:checked=move || on.get() checked=true on:change=move |_| on.update(|on| *on = !*on)/>
            <span>{label}</span>
        </label>
        <span class="tail-says" role="status">{move || said.get()}</span>
    }
}
