use super::api::RedeliverAlert;
use super::words;
use crate::language::{Language, say};
use crate::text;
use crate::ui::{Hidden, Icon};
use engine::alert::State;
use engine::view::DeliveryView;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What was sent of late, and what is to be sent.
#[component]
pub(super) fn Deliveries(language: Language, deliveries: Vec<DeliveryView>, now: i64) -> impl IntoView {
    if deliveries.is_empty() {
        return view! {
            <section class="card">
                <h2>{say!(language, "alerts.deliveries")}</h2>
                <p class="quiet">{say!(language, "alerts.no_deliveries")}</p>
            </section>
        }
        .into_any();
    }
    let column = |name: &str| language.text(&format!("alerts.column.{name}"));
    let columns = ["event", "target", "state", "tries", "answer", "again"]
        .map(|name| view! { <th scope="col">{column(name)}</th> });
    let rows = deliveries.into_iter().map(|delivery| row(language, delivery, now)).collect_view();
    view! {
        <section class="card table-card">
            <h2 id="deliveries">{say!(language, "alerts.deliveries")}</h2>
            <table class="list" aria-labelledby="deliveries">
                <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn row(language: Language, delivery: DeliveryView, now: i64) -> AnyView {
    let column = |name: &str| language.text(&format!("alerts.column.{name}"));
    let moment = |at: chain::Time| {
        let at = at.millis();
        let words = text::relative(at, now, &language.relative_words());
        view! { <time datetime=text::machine(at) title=text::exact(at)>{words}</time> }
    };
    let about = match delivery.about.as_slice() {
        [] => String::new(),
        [(name, alias)] => format!("{name} · {alias}"),
        [(name, alias), more @ ..] => format!("{name} · {alias} +{}", more.len()),
    };
    let event = words::event(language, delivery.event);
    let (class, icon) = match (delivery.state, delivery.paused, delivery.tries) {
        (State::Delivered, _, _) => ("chip chip-live", "live"),
        (State::Failed, _, _) => ("chip chip-broken", "broken"),
        (State::Pending, _, _) => ("chip chip-waiting", "waiting"),
    };
    let standing =
        if delivery.paused { say!(language, "alerts.held") } else { words::state(language, delivery.state) };
    let answer = delivery.last.map(|(at, answer)| {
        view! { {words::answer(language, answer)} " " <span class="quiet">{moment(at)}</span> }
    });
    let next = delivery.next_at.filter(|_| !delivery.paused).map(|at| {
        view! { <span class="quiet">{moment(at)}</span> }
    });
    let label = say!(language, "alerts.redeliver_what", event = event, target = delivery.target);
    view! {
        <tr>
            <th scope="row">
                {event} <span class="slug">{about} " " {moment(delivery.at)}</span>
            </th>
            <td data-label=column("target")>{delivery.target.clone()}</td>
            <td data-label=column("state")>
                <span class=class>
                    <Icon name=icon/>
                    <span>{standing}</span>
                </span>
            </td>
            <td data-label=column("tries") class="figure">{delivery.tries.to_string()}</td>
            <td data-label=column("answer")>{answer}</td>
            <td data-label=column("again")>
                {next}
                <form method="post" action=RedeliverAlert::url()>
                    <Hidden name="delivery" value=delivery.id/>
                    <button class="button button-quiet" aria-label=label>{say!(language, "alerts.redeliver")}</button>
                </form>
            </td>
        </tr>
    }
    .into_any()
}
