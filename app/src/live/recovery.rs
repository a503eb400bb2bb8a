//! Auto-recovery as it stands from moment to moment.

use super::ShieldNow;
use super::store::store;
use crate::ui::Icon;
use leptos::prelude::*;

/// The right-most button of a container: leads to its auto-recovery, and says how that stands.
#[island]
pub fn RecoveryShield(
    /// The container.
    id: String,
    /// As the page was rendered.
    initial: ShieldNow,
    /// Where it leads.
    address: String,
    /// What it is called.
    label: String,
) -> impl IntoView {
    let live = store(0);
    let now = move || live.container(&id, |it| it.shield.clone()).unwrap_or_else(|| initial.clone());
    let now = Memo::new(move |_| now());
    let title = label.clone();
    let name = move || format!("{label}: {}", now.read().words);
    view! {
        <a
            class=move || format!("icon-button shield shield-{}", now.read().look)
            href=address
            data-dialog=title
            aria-haspopup="dialog"
            aria-label=name.clone()
            title=name
        >
            <Icon name="shield"/>
            <span class="shield-days" aria-hidden="true">{move || now.read().days.clone()}</span>
        </a>
    }
}

/// How far the run of a container is; nothing while there is none.
#[island]
pub fn RunProgress(
    /// The container.
    id: String,
    /// As the page was rendered.
    initial: Option<String>,
) -> impl IntoView {
    let live = store(0);
    let now = move || live.container(&id, |it| it.shield.running.clone()).unwrap_or_else(|| initial.clone());
    let now = Memo::new(move |_| now());
    view! {
        <div role="status">
            <p class="run-progress" hidden=move || now.read().is_none()>
                <Icon name="recovering"/>
                <span>{move || now.get().unwrap_or_default()}</span>
            </p>
        </div>
    }
}
