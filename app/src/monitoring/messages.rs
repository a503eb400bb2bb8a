use super::filter::{ACTIONS, address, codes, query};
use crate::database::container_page;
use crate::language::{Language, say};
use crate::live::LiveTail;
use crate::text::{self, RelativeWords};
use crate::ui::{Choice, Empty, Icon, SelectField};
use crate::words;
use engine::view::{Closed, MessageFilter, MessageView, MessagesView, PlaceView};
use leptos::prelude::*;

/// The messages that match, with the filter and the ways to take them along.
#[component]
pub fn Messages(
    /// The language.
    language: Language,
    /// What is asked for.
    filter: MessageFilter,
    /// What was found.
    found: MessagesView,
    /// The moment of the request.
    now: i64,
) -> impl IntoView {
    let follows = filter.before.is_none();
    let tail = follows.then(|| {
        let initial = found.messages.first().map(|message| format!("{:032x}", message.id));
        let label = say!(language, "monitoring.follow");
        let done = say!(language, "monitoring.followed");
        view! { <LiveTail initial address=address("/monitoring", &filter) label done/> }
    });
    let all = MessageFilter { before: None, ..filter.clone() };
    let export = |kind: &str| address(&format!("/monitoring/messages.{kind}"), &all);
    let older = found.older.map(|older| {
        let to = address("/monitoring", &MessageFilter { before: Some(older), ..filter.clone() });
        view! { <a class="button" rel="next" href=format!("{to}#messages")>{say!(language, "monitoring.older")}</a> }
    });
    let newest = (!follows).then(|| {
        let to = address("/monitoring", &all);
        view! { <a class="button" href=format!("{to}#messages")>{say!(language, "monitoring.newest")}</a> }
    });
    let list = if found.messages.is_empty() {
        view! { <Empty icon="monitoring" title=say!(language, "monitoring.nothing")/> }.into_any()
    } else {
        view! { <List language messages=found.messages now/> }.into_any()
    };
    view! {
        <section class="card table-card messages" id="messages" aria-labelledby="messages-title">
            <div class="messages-head">
                <h2 id="messages-title">{say!(language, "monitoring.messages")}</h2>
                {tail}
                <span class="space"></span>
                <a class="button button-quiet" href=export("csv") download><Icon name="download"/> <span>"CSV"</span></a>
                <a class="button button-quiet" href=export("json") download><Icon name="download"/> <span>"JSON"</span></a>
            </div>
            <Filter language filter=filter.clone()/>
            <div data-tail>{list}</div>
        </section>
        <div class="list-foot actions">{newest} {older}</div>
    }
}

#[component]
fn Filter(language: Language, filter: MessageFilter) -> impl IntoView {
    let any = say!(language, "monitoring.filter.any");
    let mut actions = vec![Choice { value: String::new(), label: any.clone() }];
    actions.extend(
        ACTIONS.map(|action| Choice { value: action.to_owned(), label: words::action(language, action) }),
    );
    let mut choices = vec![Choice { value: String::new(), label: any }];
    choices.extend(codes().into_iter().map(|code| {
        let title = words::code_title(language, code).unwrap_or_default();
        Choice { value: code.to_owned(), label: format!("{code} · {title}") }
    }));
    let asked = !query(&filter).is_empty();
    let since = filter.since.map(|since| text::day(since.millis())).unwrap_or_default();
    let clear = asked.then(|| {
        view! { <a class="button button-quiet" href="/monitoring#messages">{say!(language, "monitoring.filter.clear")}</a> }
    });
    let line = |name: &'static str, label: String, value: Option<String>| {
        view! {
            <div class="field">
                <label for=format!("filter-{name}")>{label}</label>
                <input id=format!("filter-{name}") name=name type="search" value=value.unwrap_or_default() maxlength="200" autocapitalize="none" spellcheck="false"/>
            </div>
        }
    };
    view! {
        <form class="message-filter" method="get" action="/monitoring#messages" role="search" aria-label=say!(language, "monitoring.filter.label")>
            <SelectField
                id="filter-code".to_owned()
                name="code"
                label=say!(language, "monitoring.column.code")
                value=filter.code.unwrap_or_default()
                choices
            />
            <SelectField
                id="filter-action".to_owned()
                name="action"
                label=say!(language, "monitoring.column.what")
                value=filter.action.unwrap_or_default()
                choices=actions
            />
            {line("database", say!(language, "monitoring.filter.database"), filter.database)}
            {line("container", say!(language, "monitoring.filter.container"), filter.container)}
            <div class="field">
                <label for="filter-since">{say!(language, "monitoring.filter.since")}</label>
                <input id="filter-since" name="since" type="date" value=since/>
            </div>
            <div class="actions">
                <button class="button">{say!(language, "monitoring.filter.act")}</button>
                {clear}
            </div>
        </form>
    }
}

#[component]
fn List(language: Language, messages: Vec<MessageView>, now: i64) -> impl IntoView {
    let label = |column: &str| language.text(&format!("monitoring.column.{column}"));
    let columns = ["when", "what", "code", "container", "who", "ended"]
        .map(|column| view! { <th scope="col">{label(column)}</th> });
    let words = language.relative_words();
    let rows = messages
        .into_iter()
        .map(|message| {
            let at = message.at.millis();
            let title = message.code.as_deref().and_then(|code| words::code_title(language, code));
            let from = message.from_address.map(|from| view! { " " <span class="quiet small">{from}</span> });
            view! {
                <tr>
                    <td data-label=label("when") class="figure">
                        <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time>
                    </td>
                    <th scope="row">
                        {words::action(language, &message.action)}
                        {message.detail.map(|detail| view! { <span class="message-detail">{detail}</span> })}
                    </th>
                    <td class="cell-wide" data-label=label("code")>
                        {message.code.map(|code| view! { <code>{code}</code> " " {title} })}
                    </td>
                    <td data-label=label("container")>{places(message.places)}</td>
                    <td data-label=label("who")>{words::actor(language, &message.actor)} {from}</td>
                    <td data-label=label("ended")>{message.closed.map(|closed| ended(language, closed, now, &words))}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="list" aria-labelledby="messages-title">
            <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// The first of the containers as a link, and how many more there are.
pub fn places(places: Vec<PlaceView>) -> Option<AnyView> {
    let more = places.len().saturating_sub(1);
    let all: Vec<String> =
        places.iter().map(|place| format!("{} · {}", place.database_name, place.alias)).collect();
    let first = places.into_iter().next()?;
    let address = container_page(&first.database_slug, &first.alias);
    let name = format!("{} · {}", first.database_name, first.alias);
    let more = (more > 0)
        .then(|| view! { " " <span class="quiet" title=all.join(", ")>{format!("+{more}")}</span> });
    Some(view! { <a class="row-link" href=address>{name}</a> {more} }.into_any())
}

fn ended(language: Language, closed: Closed, now: i64, words: &RelativeWords) -> AnyView {
    match closed {
        Closed::By { action, at } => {
            let at = at.millis();
            view! {
                {words::action(language, &action)} " "
                <time class="quiet" datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, words)}</time>
            }
            .into_any()
        }
        Closed::Open(state) => view! {
            <span class=format!("chip chip-{}", state.as_str())>
                <Icon name=state.as_str()/>
                <span>{words::state(language, state)}</span>
            </span>
        }
        .into_any(),
        Closed::Gone => say!(language, "monitoring.gone").into_any(),
    }
}
