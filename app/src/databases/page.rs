use super::filter::{self, SORTS, STANDINGS, sort_word, standing_word};
use super::row::Row;
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::ui::{Empty, Icon, PageLinks};
use engine::view::{DatabaseFilter, DatabasePage};
use leptos::prelude::*;

/// The page with all databases, fifty at a time.
pub async fn list(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let filter = filter::read(&desk.visit.query);
    let found = desk.operator.databases(&filter).await?;
    let now = desk.visit.now;
    let total = found.total;
    let head = view! {
        <div class="page-head">
            <h1>{say!(language, "databases.title")}</h1>
            {(total > 0).then(|| view! { <span class="count">{total.to_string()}</span> })}
            <span class="space"></span>
            <a class="button button-main" href="/databases/new"><Icon name="add"/> <span>{say!(language, "databases.new")}</span></a>
        </div>
    };
    let body = if total == 0 {
        view! { {head} <FirstSteps language/> }.into_any()
    } else {
        view! {
            {head}
            <FilterBar language filter=filter.clone()/>
            <Table language filter found now=now.millis()/>
        }
        .into_any()
    };
    let page = Page::new(say!(language, "databases.title"), Here::Databases, body);
    Ok(Page { ages: true, ..page })
}

#[component]
fn FilterBar(language: Language, filter: DatabaseFilter) -> impl IntoView {
    let all = DatabaseFilter { standing: None, page: 1, ..filter.clone() };
    let tab = |to: DatabaseFilter, label: String| {
        let current = (to.standing == filter.standing).then_some("true");
        view! { <li><a href=filter::address(&to) aria-current=current>{label}</a></li> }
    };
    let tabs = STANDINGS
        .into_iter()
        .map(|standing| {
            let to = DatabaseFilter { standing: Some(standing), ..all.clone() };
            tab(to, language.text(&format!("databases.standing.{}", standing_word(standing))))
        })
        .collect_view();
    let sorts = SORTS
        .into_iter()
        .map(|sort| {
            let label = language.text(&format!("databases.sort.{}", sort_word(sort)));
            view! { <option value=sort_word(sort) selected=sort == filter.sort>{label}</option> }
        })
        .collect_view();
    let standing = filter
        .standing
        .map(|standing| view! { <input type="hidden" name="standing" value=standing_word(standing)/> });
    view! {
        <div class="filter">
            <nav class="tabs" aria-label=say!(language, "databases.filter")>
                <ul>
                    {tab(all.clone(), say!(language, "databases.standing.all"))}
                    {tabs}
                </ul>
            </nav>
            <form class="search" method="get" action="/databases" role="search">
                {standing}
                <label class="visually-hidden" for="search">{say!(language, "databases.search")}</label>
                <span class="search-box">
                    <Icon name="search"/>
                    <input
                        id="search"
                        type="search"
                        name="search"
                        value=filter.search.clone()
                        placeholder=say!(language, "databases.search")
                        maxlength="200"
                    />
                </span>
                <label class="visually-hidden" for="sort">{say!(language, "databases.sort.label")}</label>
                <select id="sort" name="sort">{sorts}</select>
                <button class="button">{say!(language, "databases.search_act")}</button>
            </form>
        </div>
    }
}

#[component]
fn Table(language: Language, filter: DatabaseFilter, found: DatabasePage, now: i64) -> impl IntoView {
    if found.rows.is_empty() {
        return view! {
            <Empty icon="search" title=say!(language, "databases.nothing")>
                <p><a class="button" href="/databases">{say!(language, "databases.show_all")}</a></p>
            </Empty>
        }
        .into_any();
    }
    let words = language.relative_words();
    let matching = match found.matching {
        1 => say!(language, "databases.matching_one"),
        count => say!(language, "databases.matching", count = count),
    };
    let rows = found
        .rows
        .into_iter()
        .map(|row| view! { <Row language row now words=words.clone()/> })
        .collect_view();
    let head = ["name", "provider", "containers", "repairs", "freshness", "used"]
        .map(|column| view! { <th scope="col">{language.text(&format!("databases.column.{column}"))}</th> });
    let address = Box::new(move |page| filter::address(&DatabaseFilter { page, ..filter.clone() }));
    view! {
        <div class="card table-card">
            <table class="list">
                <caption class="visually-hidden">{say!(language, "databases.title")}</caption>
                <thead><tr>{head.into_iter().collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <div class="list-foot">
            <p class="quiet">{matching}</p>
            <PageLinks
                page=found.page
                pages=found.pages
                label=say!(language, "pages.label")
                previous=say!(language, "pages.previous")
                next=say!(language, "pages.next")
                address
            />
        </div>
    }
    .into_any()
}

#[component]
fn FirstSteps(language: Language) -> impl IntoView {
    view! {
        <Empty icon="databases" title=say!(language, "databases.first.title")>
            <ol class="steps">
                <li>
                    <span>
                        <a href="/settings/registrations/new">{say!(language, "databases.first.registration")}</a>
                        <span class="quiet">{say!(language, "databases.first.registration_why")}</span>
                    </span>
                </li>
                <li>
                    <span>
                        <a href="/databases/new">{say!(language, "databases.first.database")}</a>
                        <span class="quiet">{say!(language, "databases.first.database_why")}</span>
                    </span>
                </li>
                <li>
                    <span>
                        <strong>{say!(language, "databases.first.connect")}</strong>
                        <span class="quiet">{say!(language, "databases.first.connect_why")}</span>
                    </span>
                </li>
            </ol>
        </Empty>
    }
}
