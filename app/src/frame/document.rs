use super::site::{Site, SiteLinks};
use crate::language::say;
use crate::ui::Icons;
use crate::visit::Visit;
use leptos::prelude::*;

/// What runs in a document.
pub struct Shown {
    /// The event stream it listens to.
    pub live: Option<String>,
    /// Whether it has islands.
    pub islands: bool,
}

/// A whole document: everything but the page.
#[component]
pub fn Document(
    /// The request.
    visit: Visit,
    /// The page's title.
    title: String,
    /// What runs in it.
    shown: Shown,
    /// The body.
    children: Children,
) -> impl IntoView {
    let language = visit.language;
    let site = use_context::<Site>();
    let links = site.map(|site| view! { <SiteLinks site islands=shown.islands/> });
    view! {
        <!DOCTYPE html>
        <html
            lang=language.code()
            data-theme=visit.theme.word()
            data-now=visit.now.millis().to_string()
            data-live=shown.live
        >
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{format!("{title} · Evergrant")}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                {links}
            </head>
            <body>
                <a class="skip" href="#main">{say!(language, "frame.skip")}</a>
                <Icons/>
                {children()}
            </body>
        </html>
    }
}
