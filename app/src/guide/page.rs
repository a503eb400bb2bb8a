use super::Topic;
use super::prose::html_of;
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The list of topics.
pub async fn contents(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let title = say!(language, "guide.title");
    let body = view! {
        <div class="page-head"><h1>{title.clone()}</h1></div>
        <p class="lead">{say!(language, "guide.lead")}</p>
        <Topics language but=None/>
    };
    Ok(Page { here: None, ..Page::new(title, Here::Settings, body.into_any()) })
}

/// The page of one topic.
pub async fn read(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let name = use_params_map().with_untracked(|params| params.get("topic")).unwrap_or_default();
    let topic = Topic::named(&name).ok_or(Trouble::NotFound)?;
    let language = desk.language();
    let body = view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href="/guide">{say!(language, "guide.title")}</a>
        </nav>
        <article class="prose" inner_html=html_of(topic.text(language))></article>
        <nav class="prose-more" aria-labelledby="more">
            <h2 id="more">{say!(language, "guide.more")}</h2>
            <Topics language but=Some(topic)/>
        </nav>
    };
    let title = topic.title(language).to_owned();
    Ok(Page { here: None, ..Page::new(title, Here::Settings, body.into_any()) })
}

#[component]
fn Topics(language: Language, but: Option<Topic>) -> impl IntoView {
    let topics = Topic::ALL.into_iter().filter(|topic| Some(*topic) != but);
    let items = topics
        .map(|topic| view! { <li><a href=topic.address()>{topic.title(language)}</a></li> })
        .collect_view();
    view! { <ul class="prose-topics">{items}</ul> }
}
