use super::Topic;
use crate::language::{Language, say};
use leptos::prelude::*;

/// A link to a topic that leaves the page, and what was typed there, as it is.
#[component]
pub fn ReadMore(
    /// The language.
    language: Language,
    /// What it leads to.
    topic: Topic,
) -> impl IntoView {
    view! {
        <a href=topic.address() target="_blank" rel="noopener">
            {topic.title(language)}
            " "
            <span class="visually-hidden">{say!(language, "guide.new_tab")}</span>
        </a>
    }
}
