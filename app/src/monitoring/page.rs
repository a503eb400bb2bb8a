use super::charts::Charts;
use super::filter;
use super::messages::{Messages, places};
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::text;
use crate::words;
use engine::view::NextStepView;
use leptos::prelude::*;
use std::time::Duration;

/// Messages shown at once.
const MESSAGES: u64 = 50;
/// Next steps shown.
const STEPS: u64 = 8;
/// How far back charts reach.
const CHARTED: Duration = Duration::from_secs(30 * 86_400);

/// The page with what happened and what comes next.
pub async fn overview(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let now = desk.visit.now.millis();
    let filter = filter::read(&desk.visit.query);
    let found = desk.operator.messages(&filter, MESSAGES).await?;
    let steps = desk.operator.next_steps(STEPS).await?;
    let to = desk.visit.now;
    let hours = desk.operator.figures(to - CHARTED, to).await?;
    let states = desk.operator.state_counts().await?;
    let title = say!(language, "monitoring.title");
    let body = view! {
        <div class="page-head"><h1>{title.clone()}</h1></div>
        <Charts language hours states/>
        <NextSteps language steps now/>
        <Messages language filter found now/>
    };
    let page = Page::new(title, Here::Monitoring, body.into_any());
    Ok(Page { live: "/live?messages=true".to_owned(), ..page })
}

#[component]
fn NextSteps(language: Language, steps: Vec<NextStepView>, now: i64) -> impl IntoView {
    let words = language.relative_words();
    let label = |column: &str| language.text(&format!("monitoring.column.{column}"));
    let columns = ["step", "container", "when"].map(|column| view! { <th scope="col">{label(column)}</th> });
    let none = steps.is_empty();
    let rows = steps
        .into_iter()
        .map(|step| {
            // What is overdue is about to happen.
            let at = step.at.millis().max(now);
            view! {
                <tr>
                    <th scope="row">{words::step(language, step.what)}</th>
                    <td data-label=label("container")>{places(step.places)}</td>
                    <td data-label=label("when") class="figure">
                        <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let list = if none {
        view! { <p class="card-line quiet">{say!(language, "monitoring.no_steps")}</p> }.into_any()
    } else {
        view! {
            <table class="list" aria-labelledby="steps">
                <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="card table-card" aria-labelledby="steps">
            <h2 id="steps">{say!(language, "monitoring.steps")}</h2>
            <div data-tail>{list}</div>
        </section>
    }
}
