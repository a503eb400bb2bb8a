use super::history::{Piece, pieces};
use super::links::{recovery_page, renew};
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::live::{FaultWords, StateChip};
use crate::recovery::Runs;
use crate::text::{self, RelativeWords};
use crate::ui::{Empty, Icon, NoticeBox, Tone};
use crate::visit::encode;
use crate::words;
use engine::view::JournalEntry;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page of one data container: its chain as a picture, and its journal.
pub async fn show_container(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let (slug, alias) = use_params_map().with_untracked(|params| {
        (params.get("database").unwrap_or_default(), params.get("alias").unwrap_or_default())
    });
    let database = desk.operator.database(&slug).await?.ok_or(Trouble::NotFound)?;
    let container = database.containers.into_iter().find(|it| it.alias == alias).ok_or(Trouble::NotFound)?;
    let journal = desk.operator.journal(container.id).await?;
    let language = desk.language();
    let now = desk.visit.now.millis();
    let words = language.relative_words();
    let news = words::container(language, container.id, &container.status, now);
    let fault = news.standing.fault.clone().map(|fault| view! { <FaultBox fault/> });
    let chain = pieces(&journal);
    let recovery = desk.operator.recovery(container.id).await?.ok_or(Trouble::NotFound)?;
    let runs = (!recovery.runs.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="runs">
                <h2 id="runs">{say!(language, "recovery.runs")}</h2>
                <Runs language runs=recovery.runs now/>
            </section>
        }
    });
    let body = view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href="/databases">{say!(language, "databases.title")}</a>
            <Icon name="next"/>
            <a href=format!("/databases/{}", encode(&slug))>{database.name.clone()}</a>
        </nav>
        <div class="page-head">
            <h1>{alias.clone()}</h1>
            <StateChip id=news.id initial=news.standing/>
            <span class="space"></span>
            <a class="button" href=recovery_page(&slug, &alias)>
                <Icon name="shield"/>
                <span>{say!(language, "recovery.name")}</span>
            </a>
            <a class="button" href=renew(&slug, &alias)>
                <Icon name="refresh"/>
                <span>{say!(language, "container.renew")}</span>
            </a>
        </div>
        {fault}
        <section class="card" aria-labelledby="chain">
            <h2 id="chain">{say!(language, "history.chain")}</h2>
            <Chain language chain now words=words.clone()/>
        </section>
        {runs}
        <section class="card table-card" aria-labelledby="journal">
            <h2 id="journal">{say!(language, "history.journal")}</h2>
            <Journal language journal now words/>
        </section>
    };
    let title = format!("{alias} · {}", database.name);
    let live = format!("/live?database={}", encode(&slug));
    Ok(Page { title, here: Some(Here::Databases), live, ages: false, tells: false, body: body.into_any() })
}

/// What is wrong, in full.
#[component]
fn FaultBox(fault: FaultWords) -> impl IntoView {
    view! {
        <NoticeBox tone=Tone::Warning title=fault.title>
            <p>{fault.text} " " <code>{fault.code}</code></p>
            <p>{fault.next}</p>
        </NoticeBox>
    }
}

/// The links of a chain from the oldest known to the present one, with its breaks.
#[component]
fn Chain(language: Language, chain: Vec<Piece>, now: i64, words: RelativeWords) -> impl IntoView {
    if chain.is_empty() {
        return view! { <p class="quiet">{say!(language, "history.no_chain")}</p> }.into_any();
    }
    let piece = |piece: Piece| match piece {
        Piece::Link { generation, how, at, present } => {
            let class = if present { "link link-present" } else { "link" };
            view! {
                <li class=class aria-current=present.then_some("true")>
                    <span class="link-number">{format!("#{generation}")}</span>
                    <span class="link-how">{words::action(language, &how)}</span>
                    <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time>
                </li>
            }
            .into_any()
        }
        Piece::Break { code, at } => {
            let cause = code.as_deref().and_then(|code| words::code_title(language, code));
            view! {
                <li class="link link-break">
                    <span class="link-number"><Icon name="broken"/> <span>{say!(language, "history.break")}</span></span>
                    <span class="link-how">{cause} {code.map(|code| view! { " " <code>{code}</code> })}</span>
                    <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time>
                </li>
            }
            .into_any()
        }
    };
    view! { <ol class="chain">{chain.into_iter().map(piece).collect_view()}</ol> }.into_any()
}

#[component]
fn Journal(language: Language, journal: Vec<JournalEntry>, now: i64, words: RelativeWords) -> impl IntoView {
    if journal.is_empty() {
        return view! {
            <Empty icon="info" title=say!(language, "history.no_journal")/>
        }
        .into_any();
    }
    let columns = ["when", "what", "code", "generation", "who"]
        .map(|column| view! { <th scope="col">{language.text(&format!("history.column.{column}"))}</th> });
    let label = |column: &str| language.text(&format!("history.column.{column}"));
    let rows = journal
        .into_iter()
        .map(|entry| {
            let at = entry.at.millis();
            let title = entry.code.as_deref().and_then(|code| words::code_title(language, code));
            view! {
                <tr>
                    <td data-label=label("when") class="figure">
                        <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time>
                    </td>
                    <th scope="row">{words::action(language, &entry.action)}</th>
                    <td data-label=label("code") title=title>
                        {entry.code.map(|code| view! { <code>{code}</code> })}
                    </td>
                    <td data-label=label("generation") class="figure">
                        {entry.generation.map(|generation| format!("#{generation}"))}
                    </td>
                    <td data-label=label("who")>{words::actor(language, &entry.actor)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="list" aria-labelledby="journal">
            <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
