use super::api::{KeepUser, UndoUser};
use crate::grant::outcome_words;
use crate::language::{Language, say};
use crate::ui::{Hidden, NoticeBox, Tone};
use engine::view::{ContainerView, UpstreamUser};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// How the grant ended that somebody just came back from.
#[component]
pub fn Outcome(
    /// The language.
    language: Language,
    /// `renewed`, `cancelled` or `failed`.
    word: String,
    /// The message code.
    code: Option<String>,
    /// The container's alias.
    alias: Option<String>,
) -> impl IntoView {
    let alias = alias.unwrap_or_default();
    let words = outcome_words(language, &word, code.as_deref());
    let tone = match word.as_str() {
        "renewed" if code.is_none() => Tone::Good,
        "renewed" => Tone::Warning,
        "cancelled" => Tone::Plain,
        _ => Tone::Bad,
    };
    let title = if alias.is_empty() { words.title } else { format!("{alias}: {}", words.title) };
    let code = words.code.map(|code| view! { " " <code>{code}</code> });
    view! {
        <NoticeBox tone title>
            <p>{words.meaning} {code} " " {words.next}</p>
        </NoticeBox>
    }
}

/// A different user signed in than the one the container belongs to: keep or undo.
#[component]
pub fn OtherUser(
    /// The language.
    language: Language,
    /// The database's slug.
    database: String,
    /// The container.
    container: ContainerView,
    /// The user who signed in.
    other: UpstreamUser,
) -> impl IntoView {
    let was = container.upstream_user.map_or_else(|| "–".to_owned(), |user| user.name);
    let id = container.id.to_string();
    view! {
        <NoticeBox tone=Tone::Warning title=say!(language, "other_user.title", alias = container.alias)>
            <p>{say!(language, "other_user.text", was = was, is = other.name)}</p>
            <div class="actions">
                <form method="post" action=KeepUser::url()>
                    <Hidden name="database" value=database.clone()/>
                    <Hidden name="container" value=id.clone()/>
                    <button class="button">{say!(language, "other_user.keep", is = other.name)}</button>
                </form>
                <form method="post" action=UndoUser::url()>
                    <Hidden name="database" value=database/>
                    <Hidden name="container" value=id/>
                    <button class="button button-main">{say!(language, "other_user.undo", was = was)}</button>
                </form>
            </div>
        </NoticeBox>
    }
}
