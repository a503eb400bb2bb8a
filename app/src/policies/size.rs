use super::growth::growth;
use super::words;
use crate::language::{Language, say};
use crate::ui::{BarChart, Series};
use chain::Time;
use engine::view::Size;
use leptos::prelude::*;

/// How large the store was and is, and how large it gets at the present rate.
#[component]
pub fn StoreSize(
    /// The language.
    language: Language,
    /// What was noted.
    sizes: Vec<(Time, Size)>,
    /// What it is now.
    size: Size,
    /// The moment of the request.
    now: i64,
) -> impl IntoView {
    let growth = growth(&sizes, size, now);
    let is = words::bytes(size.bytes);
    let summary = match (growth.rate, growth.in_a_week) {
        (Some(rate), Some(then)) if rate > 0 => {
            let (rate, then) = (words::bytes(rate.unsigned_abs()), words::bytes(then));
            say!(language, "policies.grows", size = is, rate = rate, then = then)
        }
        (Some(rate), Some(then)) if rate < 0 => {
            let (rate, then) = (words::bytes(rate.unsigned_abs()), words::bytes(then));
            say!(language, "policies.shrinks", size = is, rate = rate, then = then)
        }
        (Some(_), _) => say!(language, "policies.stays", size = is),
        (None, _) => say!(language, "policies.size_unknown", size = is),
    };
    let mut series = vec![Series { label: say!(language, "policies.used"), values: growth.used }];
    // What there is nothing of needs no colour.
    let others = [("policies.forecast", growth.ahead), ("policies.free", growth.free)];
    let others = others.into_iter().filter(|(_, values)| values.iter().any(|value| *value > 0.0));
    series.extend(others.map(|(label, values)| Series { label: language.text(label), values }));
    view! {
        <BarChart
            id="store-size"
            title=say!(language, "policies.size")
            summary
            moment=say!(language, "monitoring.day")
            moments=growth.days
            series
            stacked=true
            digits=1
            table=say!(language, "monitoring.as_table")
        />
    }
}
