use crate::database::container_page;
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::grant::outcome_words;
use crate::language::{Language, say};
use crate::text::{self, RelativeWords};
use crate::ui::{Empty, Icon, NoticeBox, Tone};
use crate::visit::encode;
use crate::words;
use engine::view::{JournalEntry, RepairItem};
use leptos::prelude::*;

/// The page with all repairs, or with those of one database (`?database=`).
pub async fn list(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let now = desk.visit.now.millis();
    let only = desk.visit.asked("database");
    let mut items = desk.operator.repairs().await?;
    if let Some(slug) = &only {
        items.retain(|item| item.database_slug == *slug);
    }
    let outcome = desk.visit.asked("evergrant").map(|word| {
        let words = outcome_words(language, &word, desk.visit.asked("code").as_deref());
        let tone = if word == "renewed" { Tone::Good } else { Tone::Warning };
        view! { <NoticeBox tone title=words.title><p>{words.meaning}</p></NoticeBox> }
    });
    let words = language.relative_words();
    let count = items.len();
    let list = if items.is_empty() {
        view! {
            <Empty icon="live" title=say!(language, "repairs.nothing")>
                <p>{say!(language, "repairs.nothing_text")}</p>
            </Empty>
        }
        .into_any()
    } else {
        let back = desk.visit.address();
        let items = items
            .into_iter()
            .map(|item| view! { <li><Item language item back=back.clone() now words=words.clone()/></li> })
            .collect_view();
        view! { <ul class="repairs">{items}</ul> }.into_any()
    };
    let all = only.map(
        |_| view! { <a class="button button-quiet" href="/repairs">{say!(language, "repairs.all")}</a> },
    );
    let body = view! {
        {outcome}
        <div class="page-head">
            <h1>{say!(language, "repairs.title")}</h1>
            {(count > 0).then(|| view! { <span class="count">{count.to_string()}</span> })}
            <span class="space"></span>
            {all}
        </div>
        {list}
    };
    let page = Page::new(say!(language, "repairs.title"), Here::Repairs, body.into_any());
    Ok(Page { ages: true, ..page })
}

#[component]
fn Item(language: Language, item: RepairItem, back: String, now: i64, words: RelativeWords) -> impl IntoView {
    let fault = words::fault(language, item.fault);
    let since = item.since.millis();
    let user = item.upstream_user.map(|user| {
        view! { <p class="as-user"><Icon name="person"/> " " {say!(language, "repairs.sign_in_as", user = user.name)}</p> }
    });
    let renew =
        format!("/renew/{}/{}?return_to={}", encode(&item.database_slug), encode(&item.alias), encode(&back));
    let tried = (!item.tried.is_empty())
        .then(|| view! { <Tried language tried=item.tried now words=words.clone()/> });
    let label = format!("{} · {}", item.database_name, item.alias);
    let renew_label = say!(language, "container.renew_alias", alias = item.alias);
    let database = format!("/databases/{}", encode(&item.database_slug));
    let container = container_page(&item.database_slug, &item.alias);
    view! {
        <article class="card repair" aria-label=label>
            <div class="repair-head">
                <div>
                    <h2>
                        <a href=database>{item.database_name}</a>
                        <span class="quiet">" · "</span>
                        <a href=container>{item.alias}</a>
                    </h2>
                    <p class="quiet">
                        {say!(language, "repairs.since")} " "
                        <time datetime=text::machine(since) title=text::exact(since)>{text::relative(since, now, &words)}</time>
                    </p>
                </div>
                <a class="button button-main" href=renew aria-label=renew_label>
                    <Icon name="refresh"/>
                    <span>{say!(language, "container.renew")}</span>
                </a>
            </div>
            <p class="cause">
                <Icon name="broken"/>
                " "
                <strong>{fault.title}</strong>
                " "
                <code>{fault.code}</code>
            </p>
            <p>{fault.text}</p>
            <p>{fault.next}</p>
            {user}
            {tried}
        </article>
    }
}

/// What Evergrant tried, newest first.
#[component]
fn Tried(language: Language, tried: Vec<JournalEntry>, now: i64, words: RelativeWords) -> impl IntoView {
    let entries = tried
        .into_iter()
        .map(|entry| {
            let at = entry.at.millis();
            view! {
                <li>
                    <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time>
                    " "
                    {words::action(language, &entry.action)}
                    {entry.code.map(|code| view! { " " <code>{code}</code> })}
                </li>
            }
        })
        .collect_view();
    view! {
        <details class="tried">
            <summary>{say!(language, "repairs.tried")}</summary>
            <ul>{entries}</ul>
        </details>
    }
}
