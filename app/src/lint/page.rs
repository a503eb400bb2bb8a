use super::api::{CheckPolicy, FORM};
use super::kept::Kept;
use super::result::Outcome;
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::ui::{FileField, TextArea};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What may be chosen as a file.
const ACCEPT: &str = ".xml,.toml,.zip,text/xml,application/xml,application/zip";

/// The page on which a policy file is checked.
pub async fn page(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let title = say!(language, "lint.title");
    let kept = flash.value(FORM, Kept::FIELD).and_then(|text| Kept::read(&text));
    let body = view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href="/policies">{say!(language, "lint.policies")}</a>
        </nav>
        <div class="page-head"><h1>{title.clone()}</h1></div>
        <p class="lead">{say!(language, "lint.lead")}</p>
        {kept.map(|kept| view! { <Outcome language kept/> })}
        <section class="card lint-form">
            <Fields language flash/>
        </section>
    };
    Ok(Page::new(title, Here::Policies, body.into_any()))
}

#[component]
fn Fields(language: Language, flash: Flash) -> impl IntoView {
    view! {
        <form method="post" enctype="multipart/form-data" action=CheckPolicy::url()>
            <FileField
                id="lint-file".to_owned()
                name="file"
                label=say!(language, "lint.file")
                accept=ACCEPT
                hint=say!(language, "lint.file_hint")
                error=flash.error(FORM, "file").map(|_| say!(language, "lint.nothing"))
            />
            <TextArea
                id="lint-text".to_owned()
                name="text"
                label=say!(language, "lint.text")
                value=flash.value(FORM, "text").unwrap_or_default()
                hint=say!(language, "lint.text_hint")
            />
            <div class="actions">
                <button class="button button-main">{say!(language, "lint.act")}</button>
            </div>
        </form>
    }
}
