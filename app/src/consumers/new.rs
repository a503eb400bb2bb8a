use super::LIST;
use super::api::{AddConsumer, FORM};
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::ui::{Icon, NumberField, TextField};
use engine::DatabaseEntry;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page on which a consumer is added.
pub async fn new(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let life = desk.operator.key_life().await?;
    let databases = desk.operator.inventory().await?;
    let value = |field: &str| flash.value(FORM, field);
    let title = say!(language, "consumers.new");
    let body = view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href=LIST>{say!(language, "consumers.title")}</a>
        </nav>
        <div class="page-head"><h1>{title.clone()}</h1></div>
        <section class="card narrow">
            <form method="post" action=AddConsumer::url()>
                <TextField
                    id="name".to_owned()
                    name="name"
                    label=say!(language, "consumers.name")
                    value=value("name").unwrap_or_default()
                    hint=say!(language, "consumers.name_hint")
                    error=flash.error(FORM, "name")
                    most=100
                />
                <Scope
                    language
                    databases
                    scope=value("scope").unwrap_or_default()
                    chosen=value("databases").unwrap_or_default()
                    error=flash.error(FORM, "databases").map(|_| say!(language, "consumers.scope_needed"))
                />
                <NumberField
                    id="days".to_owned()
                    name="days"
                    label=say!(language, "consumers.days")
                    value=value("days").unwrap_or_else(|| life.usual.to_string())
                    least=1
                    most=life.most
                    hint=say!(language, "consumers.days_hint", most = life.most)
                    error=flash.error(FORM, "days")
                />
                <div class="actions">
                    <button class="button button-main">{say!(language, "consumers.create")}</button>
                    <a class="button button-quiet" href=LIST>{say!(language, "act.cancel")}</a>
                </div>
            </form>
        </section>
    };
    Ok(Page::new(title, Here::Consumers, body.into_any()))
}

/// Which databases the key reaches: some of them, or all.
#[component]
fn Scope(
    language: Language,
    databases: Vec<DatabaseEntry>,
    scope: String,
    chosen: String,
    error: Option<String>,
) -> impl IntoView {
    let chosen: Vec<&str> = chosen.split(' ').collect();
    let boxes = databases
        .into_iter()
        .map(|database| {
            let ticked = chosen.contains(&database.slug.as_str());
            view! {
                <li>
                    <label class="choice">
                        <input type="checkbox" name="databases[]" value=database.slug checked=ticked/>
                        <span>{database.name}</span>
                    </label>
                </li>
            }
        })
        .collect_view();
    let all = scope == "all";
    let error = error.map(|error| {
        view! { <p class="error" id="databases-error"><Icon name="broken"/> <span>{error}</span></p> }
    });
    let described = error.is_some().then_some("databases-error");
    view! {
        <fieldset class="scope" aria-describedby=described>
            <legend>{say!(language, "consumers.scope")}</legend>
            <label class="choice">
                <input type="radio" name="scope" value="some" checked=!all/>
                <span>{say!(language, "consumers.scope_some")}</span>
            </label>
            <ul class="scope-list">{boxes}</ul>
            <label class="choice">
                <input type="radio" name="scope" value="all" checked=all/>
                <span>{say!(language, "consumers.scope_all")}</span>
            </label>
            {error}
        </fieldset>
    }
}
