use super::LIST;
use super::api::RevokeConsumer;
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::text::{self, RelativeWords};
use crate::ui::{Confirm, Empty, Hidden, Icon};
use engine::view::{ConsumerStanding, ConsumerView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page with all consumers.
pub async fn list(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let consumers = desk.operator.consumers().await?;
    let now = desk.visit.now.millis();
    let count = consumers.len();
    let list = if consumers.is_empty() {
        view! {
            <Empty icon="consumers" title=say!(language, "consumers.none")>
                <p>{say!(language, "consumers.none_text")}</p>
                <p><a class="button button-main" href=format!("{LIST}/new")>{say!(language, "consumers.new")}</a></p>
            </Empty>
        }
        .into_any()
    } else {
        view! { <Table language consumers now/> }.into_any()
    };
    let title = say!(language, "consumers.title");
    let body = view! {
        <div class="page-head">
            <h1>{title.clone()}</h1>
            {(count > 0).then(|| view! { <span class="count">{count.to_string()}</span> })}
            <span class="space"></span>
            <a class="button button-main" href=format!("{LIST}/new")>
                <Icon name="add"/>
                <span>{say!(language, "consumers.new")}</span>
            </a>
        </div>
        <p class="lead">{say!(language, "consumers.lead")}</p>
        {list}
    };
    Ok(Page::new(title, Here::Consumers, body.into_any()))
}

#[component]
fn Table(language: Language, consumers: Vec<ConsumerView>, now: i64) -> impl IntoView {
    let label = |column: &str| language.text(&format!("consumers.column.{column}"));
    let columns = ["name", "scope", "standing", "used", "ends", "act"]
        .map(|column| view! { <th scope="col">{label(column)}</th> });
    let words = language.relative_words();
    let rows = consumers
        .into_iter()
        .map(|it| {
            let page = format!("{LIST}/{}", it.id);
            let ends = it.expires_at.millis();
            let used = view! { <Used language consumer=it.clone() now words=words.clone()/> };
            let revoke = (it.standing == ConsumerStanding::Active)
                .then(|| view! { <Revoke language consumer=it.clone()/> });
            view! {
                <tr>
                    <th scope="row">
                        <a class="row-link" href=page>{it.name.clone()}</a>
                        <code class="slug">{format!("{}…", it.shown)}</code>
                    </th>
                    <td data-label=label("scope")>{scope(language, &it)}</td>
                    <td data-label=label("standing")><Standing language standing=it.standing/></td>
                    <td data-label=label("used")>{used}</td>
                    <td data-label=label("ends") class="figure">
                        <time datetime=text::machine(ends) title=text::exact(ends)>{text::relative(ends, now, &words)}</time>
                    </td>
                    <td class="cell-wide">{revoke}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="card table-card">
            <table class="list consumers">
                <caption class="visually-hidden">{say!(language, "consumers.title")}</caption>
                <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The form that revokes a key, behind one question.
#[component]
pub fn Revoke(
    /// The language.
    language: Language,
    /// The consumer.
    consumer: ConsumerView,
) -> impl IntoView {
    view! {
        <Confirm
            label=say!(language, "consumers.revoke")
            consequence=say!(language, "consumers.revoke_what", name = consumer.name)
            act=say!(language, "consumers.revoke_act")
            action=RevokeConsumer::url()
        >
            <Hidden name="consumer" value=consumer.id.to_string()/>
        </Confirm>
    }
}

/// Whether a key works, in a word.
#[component]
pub fn Standing(
    /// The language.
    language: Language,
    /// Whether it works.
    standing: ConsumerStanding,
) -> impl IntoView {
    let (chip, icon) = match standing {
        ConsumerStanding::Active => ("chip chip-live", "live"),
        ConsumerStanding::Expired => ("chip chip-waiting", "waiting"),
        ConsumerStanding::Revoked => ("chip", "close"),
    };
    view! {
        <span class=chip>
            <Icon name=icon/>
            <span>{language.text(&format!("consumers.standing.{}", standing.as_str()))}</span>
        </span>
    }
}

/// When a key was last used, and from where.
#[component]
pub fn Used(
    /// The language.
    language: Language,
    /// The consumer.
    consumer: ConsumerView,
    /// The moment of the request.
    now: i64,
    /// The words of relative times.
    words: RelativeWords,
) -> impl IntoView {
    let Some(at) = consumer.last_used_at.map(chain::Time::millis) else {
        return view! { <span class="quiet">{say!(language, "consumers.never_used")}</span> }.into_any();
    };
    let from = consumer.last_used_from.map(
        |from| view! { " " <span class="quiet">{say!(language, "consumers.used_from", from = from)}</span> },
    );
    view! {
        <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time>
        {from}
    }
    .into_any()
}

/// The databases that a key reaches, in words.
pub fn scope(language: Language, consumer: &ConsumerView) -> String {
    const MOST: usize = 3;
    let Some(databases) = &consumer.databases else { return say!(language, "consumers.all_databases") };
    let named: Vec<&str> = databases.iter().take(MOST).map(|it| it.name.as_str()).collect();
    match databases.len().saturating_sub(MOST) {
        0 if named.is_empty() => say!(language, "consumers.no_databases"),
        0 => named.join(", "),
        more => say!(language, "consumers.more_databases", named = named.join(", "), count = more),
    }
}
