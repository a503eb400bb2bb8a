use super::figures::{breaks, hourly, recovery};
use crate::language::{Language, say};
use crate::ui::{BarChart, Icon, Series};
use crate::words;
use engine::view::{HourView, StateCount, StateName};
use leptos::prelude::*;

/// Hours of the chart of refreshes, lends, answers through the gate and short-lived tokens.
const HOURS: usize = 24;

/// The order of the states, from well to unwell.
const ORDER: [StateName; 7] = [
    StateName::Live,
    StateName::Spending,
    StateName::Recovering,
    StateName::Waiting,
    StateName::InDoubt,
    StateName::Broken,
    StateName::Unlinked,
];

/// How chains stand and how they fared.
#[component]
pub fn Charts(
    /// The language.
    language: Language,
    /// What was counted, hour by hour.
    hours: Vec<HourView>,
    /// How many chains are in which state.
    states: Vec<StateCount>,
) -> impl IntoView {
    let table = say!(language, "monitoring.as_table");
    let kept = states.iter().filter(|it| it.state != StateName::Unlinked).map(|it| it.chains).sum();
    let (hourly, breaks, recovery) = (hourly(&hours, HOURS), breaks(&hours, kept), recovery(&hours));
    let sum = |values: &[f64]| format!("{:.0}", values.iter().sum::<f64>());
    let traffic = say!(
        language,
        "monitoring.traffic_text",
        refreshes = sum(&hourly.refreshes),
        lends = sum(&hourly.lends),
        passed = sum(&hourly.passed),
        issued = sum(&hourly.issued),
        hours = HOURS
    );
    let causes = breaks
        .causes
        .into_iter()
        .map(|(cause, values)| Series { label: words::fault(language, cause).title, values })
        .collect();
    let rate = say!(language, "monitoring.breaks_text", rate = format!("{:.2}", breaks.rate));
    let took = |took| match took {
        Some(took) => words::took(language, took),
        None => say!(language, "monitoring.never"),
    };
    let mended = say!(
        language,
        "monitoring.recovery_text",
        itself = took(recovery.itself_took),
        person = took(recovery.person_took)
    );
    view! {
        <div class="charts">
            <States language states/>
            <BarChart
                id="traffic"
                title=say!(language, "monitoring.traffic")
                summary=traffic
                moment=say!(language, "monitoring.hour")
                moments=hourly.moments
                series=vec![
                    Series { label: say!(language, "monitoring.refreshes"), values: hourly.refreshes },
                    Series { label: say!(language, "monitoring.lends"), values: hourly.lends },
                    Series { label: say!(language, "monitoring.passed"), values: hourly.passed },
                    Series { label: say!(language, "monitoring.issued"), values: hourly.issued },
                ]
                table=table.clone()
            />
            <BarChart
                id="breaks"
                title=say!(language, "monitoring.breaks")
                summary=rate
                moment=say!(language, "monitoring.day")
                moments=breaks.days
                series=causes
                stacked=true
                digits=2
                table=table.clone()
            />
            <BarChart
                id="recovery"
                title=say!(language, "monitoring.recovery")
                summary=mended
                moment=say!(language, "monitoring.day")
                moments=recovery.days
                series=vec![
                    Series { label: say!(language, "monitoring.by_itself"), values: recovery.itself },
                    Series { label: say!(language, "monitoring.by_person"), values: recovery.person },
                ]
                digits=1
                table
            />
        </div>
    }
}

/// How many chains are in which state: a chart that is a table.
#[component]
fn States(language: Language, states: Vec<StateCount>) -> impl IntoView {
    let all: u64 = states.iter().map(|it| it.chains).sum();
    let rows = ORDER
        .into_iter()
        .map(|state| {
            let of_state = states.iter().filter(|it| it.state == state);
            let chains: u64 = of_state.map(|it| it.chains).sum();
            let share = 100 * chains / all.max(1);
            view! {
                <tr>
                    <th scope="row">
                        <span class=format!("chip chip-{}", state.as_str())>
                            <Icon name=state.as_str()/>
                            <span>{words::state(language, state)}</span>
                        </span>
                    </th>
                    <td class="share">
                        <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                            <rect class=format!("state-{}", state.as_str()) width=share.to_string() height="10"></rect>
                        </svg>
                    </td>
                    <td class="figure">{chains.to_string()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card chart" aria-labelledby="states">
            <h2 id="states">{say!(language, "monitoring.states")}</h2>
            <table class="states" aria-labelledby="states">
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">{say!(language, "monitoring.state")}</th>
                        <th scope="col">{say!(language, "monitoring.share")}</th>
                        <th scope="col">{say!(language, "monitoring.chains")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}
