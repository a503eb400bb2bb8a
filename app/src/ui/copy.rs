use super::Icon;
use leptos::prelude::*;

/// A button that puts a text on the clipboard and says so; it shows only once it can.
#[island]
pub fn CopyButton(
    /// What is copied.
    text: String,
    /// What the button is called.
    label: String,
    /// What it says afterwards.
    done: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            // The answer only says that it was allowed; there is nothing to do when it was not.
            let _ = window().navigator().clipboard().write_text(&text);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = &text;
        copied.set(true);
        set_timeout(move || copied.set(false), std::time::Duration::from_secs(2));
    };
    let said = move || if copied.get() { done.clone() } else { String::new() };
    view! {
        <button type="button" class="icon-button needs-script" title=label.clone() aria-label=label on:click=copy>
            <Icon name="copy"/>
        </button>
        <span class="copied" role="status">{said}</span>
    }
}
