//! The grants of a round as tables.

use super::{ROUND, renew_and_back};
use crate::database::container_page;
use crate::language::{Language, say};
use crate::ui::Icon;
use crate::visit::encode;
use crate::words;
use engine::view::{RepairItem, RoundView, StateName, StopCame, StopView, UpstreamUser};
use leptos::prelude::*;

/// A container and its database, in one line.
pub fn place(database: &str, alias: &str) -> String {
    format!("{database} · {alias}")
}

/// What a round would go through, in its order.
#[component]
pub fn Broken(
    /// The language.
    language: Language,
    /// What is broken.
    broken: Vec<RepairItem>,
) -> impl IntoView {
    let label = |column: &str| language.text(&format!("repairs.round.column.{column}"));
    let rows = broken
        .into_iter()
        .map(|item| {
            let fault = words::fault(language, item.fault);
            let places = item
                .places
                .into_iter()
                .map(|it| {
                    let address = container_page(&it.database_slug, &it.alias);
                    view! { <a class="row-link stop-place" href=address>{place(&it.database_name, &it.alias)}</a> }
                })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">{places}</th>
                    <td data-label=label("user")>{user(item.upstream_user)}</td>
                    <td data-label=label("state")>{fault.title} " " <code>{fault.code}</code></td>
                </tr>
            }
        })
        .collect_view();
    let columns = ["place", "user", "state"].map(|column| view! { <th scope="col">{label(column)}</th> });
    view! {
        <div class="card table-card">
            <table class="list">
                <caption class="visually-hidden">{say!(language, "repairs.title")}</caption>
                <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Every grant of a round with what came of it.
#[component]
pub fn Stops(
    /// The language.
    language: Language,
    /// The round.
    round: RoundView,
) -> impl IntoView {
    let over = round.next().is_none();
    let label = |column: &str| language.text(&format!("repairs.round.column.{column}"));
    let next = round.next().map(|stop| stop.container);
    let rows = round
        .stops
        .into_iter()
        .map(|stop| {
            let current = (next == Some(stop.container)).then_some("step");
            let state = stop.state;
            let act = act(language, &stop, over);
            let address = container_page(&stop.database_slug, &stop.alias);
            view! {
                <tr aria-current=current>
                    <th scope="row"><a class="row-link" href=address>{place(&stop.database_name, &stop.alias)}</a></th>
                    <td data-label=label("user")>{user(stop.upstream_user)}</td>
                    <td data-label=label("came")>{came(language, &stop.came)} {act}</td>
                    <td data-label=label("state")>
                        <span class=format!("chip chip-{}", state.as_str())>
                            <Icon name=state.as_str()/>
                            <span>{words::state(language, state)}</span>
                        </span>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let columns =
        ["place", "user", "came", "state"].map(|column| view! { <th scope="col">{label(column)}</th> });
    view! {
        <section class="card table-card" aria-labelledby="stops">
            <h2 id="stops">{say!(language, "repairs.round.list")}</h2>
            <table class="list" aria-labelledby="stops">
                <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

/// What there is still to do about a grant that is behind.
fn act(language: Language, stop: &StopView, over: bool) -> Option<AnyView> {
    if stop.undecided {
        let address = format!("/databases/{}", encode(&stop.database_slug));
        return Some(view! { " " <a href=address>{say!(language, "repairs.round.choose")}</a> }.into_any());
    }
    let broken = matches!(stop.state, StateName::Broken | StateName::Unlinked);
    let behind = over || stop.came != StopCame::Ahead;
    (broken && behind).then(|| {
        let way = renew_and_back(&stop.database_slug, &stop.alias, ROUND);
        let label = match stop.came {
            StopCame::Ahead => say!(language, "container.renew"),
            StopCame::Mended
            | StopCame::Renewed(_)
            | StopCame::OtherUser(_)
            | StopCame::Cancelled
            | StopCame::Denied
            | StopCame::Failed(_)
            | StopCame::Skipped => say!(language, "repairs.round.again"),
        };
        view! { " " <a href=way>{label}</a> }.into_any()
    })
}

fn came(language: Language, came: &StopCame) -> String {
    match came {
        StopCame::Ahead => say!(language, "repairs.round.came.ahead"),
        StopCame::Mended => say!(language, "repairs.round.came.mended"),
        StopCame::Renewed(Some(user)) => say!(language, "repairs.round.came.renewed", user = user),
        StopCame::Renewed(None) => say!(language, "repairs.round.came.renewed_unknown"),
        StopCame::OtherUser(user) => say!(language, "repairs.round.came.other_user", user = user),
        StopCame::Cancelled => say!(language, "repairs.round.came.cancelled"),
        StopCame::Denied => say!(language, "repairs.round.came.denied"),
        StopCame::Failed(Some(fault)) => {
            say!(language, "repairs.round.came.failed", why = words::fault(language, *fault).title)
        }
        StopCame::Failed(None) => say!(language, "repairs.round.came.failed_unknown"),
        StopCame::Skipped => say!(language, "repairs.round.came.skipped"),
    }
}

fn user(user: Option<UpstreamUser>) -> String {
    user.map_or_else(|| "–".to_owned(), |user| user.name)
}
