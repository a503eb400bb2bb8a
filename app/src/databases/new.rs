use super::api::CreateDatabase;
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::say;
use crate::ui::TextField;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page on which a database is made.
pub async fn new(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let body = view! {
        <div class="page-head"><h1>{say!(language, "databases.new")}</h1></div>
        <section class="card narrow">
            <form method="post" action=CreateDatabase::url()>
                <TextField
                    id="name".to_owned()
                    name="name"
                    label=say!(language, "databases.name")
                    value=flash.value("create-database", "name").unwrap_or_default()
                    hint=say!(language, "databases.name_hint")
                    error=flash.error("create-database", "name")
                    most=100
                />
                <div class="actions">
                    <button class="button button-main">{say!(language, "databases.create")}</button>
                    <a class="button button-quiet" href="/databases">{say!(language, "act.cancel")}</a>
                </div>
            </form>
        </section>
    };
    Ok(Page::new(say!(language, "databases.new"), Here::Databases, body.into_any()))
}
