use crate::language::{Language, say};
use crate::ui::Icon;
use leptos::prelude::*;

/// The dialog of a page, into which a link with `data-dialog` brings what it leads to.
#[component]
pub fn Dialog(
    /// The language.
    language: Language,
) -> impl IntoView {
    view! {
        <dialog id="dialog" class="dialog" aria-labelledby="dialog-title">
            <div class="dialog-head">
                <h2 id="dialog-title" tabindex="-1" autofocus data-title></h2>
                <form method="dialog">
                    <button class="icon-button" aria-label=say!(language, "act.close") title=say!(language, "act.close")>
                        <Icon name="close"/>
                    </button>
                </form>
            </div>
            <div class="dialog-body" data-body></div>
        </dialog>
    }
}
