use super::part::Part;
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::say;
use crate::live::StateChip;
use crate::ui::Icon;
use crate::visit::encode;
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page of a container's auto-recovery.
pub async fn show(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let (slug, alias) = use_params_map().with_untracked(|params| {
        (params.get("database").unwrap_or_default(), params.get("alias").unwrap_or_default())
    });
    let database = desk.operator.database(&slug).await?.ok_or(Trouble::NotFound)?;
    let container = database.containers.into_iter().find(|it| it.alias == alias).ok_or(Trouble::NotFound)?;
    let recovery = desk.operator.recovery(container.id).await?.ok_or(Trouble::NotFound)?;
    let language = desk.language();
    let now = desk.visit.now.millis();
    let news = words::container(language, container.id, &container.status, now);
    let title = say!(language, "recovery.of", alias = alias);
    let body = view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href="/databases">{say!(language, "databases.title")}</a>
            <Icon name="next"/>
            <a href=format!("/databases/{}", encode(&slug))>{database.name.clone()}</a>
        </nav>
        <div class="page-head">
            <h1>{title.clone()}</h1>
            <StateChip id=news.id.clone() initial=news.standing/>
        </div>
        <div class="card">
            <Part language database=slug.clone() alias id=news.id running=news.shield.running recovery flash now/>
        </div>
    };
    let title = format!("{title} · {}", database.name);
    let live = format!("/live?database={}", encode(&slug));
    Ok(Page { title, here: Some(Here::Databases), live, ages: false, tells: true, body: body.into_any() })
}
