//! Bars over time, drawn as SVG with the page; the same numbers are in a table below them.
//!
//! The drawing stretches with the page, so that no letter of it gets too small to read: words and
//! numbers stand beside it, as text.

use leptos::prelude::*;

/// How high the drawing is, in its own units.
const HEIGHT: f64 = 100.0;
/// How wide the place of one moment is.
const SLOT: f64 = 10.0;
/// How much of that place is bars.
const FILLED: f64 = 8.0;

/// One kind of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What they count.
    pub label: String,
    /// One figure for each moment.
    pub values: Vec<f64>,
}

/// One bar, in the units of the drawing.
#[derive(Clone, Debug, PartialEq)]
struct Bar {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    series: usize,
    title: String,
}

/// A chart of bars with its numbers.
#[component]
pub fn BarChart(
    /// Its id, unique on the page.
    id: &'static str,
    /// What it shows.
    title: String,
    /// The same in a sentence, with the figure that matters.
    summary: String,
    /// What the moments are called, in the head of the table.
    moment: String,
    /// The moments.
    moments: Vec<String>,
    /// The bars.
    series: Vec<Series>,
    /// Bars of one moment stand on each other, not side by side.
    #[prop(optional)]
    stacked: bool,
    /// Digits behind the point.
    #[prop(optional)]
    digits: usize,
    /// What unfolds the table.
    table: String,
) -> impl IntoView {
    let top = round_up(highest(&series, stacked));
    let width = SLOT * float(moments.len().max(1));
    let bars = bars(&moments, &series, stacked, top, digits)
        .into_iter()
        .map(|bar| {
            let look = format!("series-{}", bar.series % 6 + 1);
            let at = |value: f64| format!("{value:.2}");
            view! {
                <rect class=look x=at(bar.x) y=at(bar.y) width=at(bar.width) height=at(bar.height)>
                    <title>{bar.title}</title>
                </rect>
            }
        })
        .collect_view();
    let lines = [0.0, 0.5, 1.0]
        .map(|part| view! { <line class="grid" x1="0" x2=format!("{width}") y1=format!("{}", HEIGHT * part) y2=format!("{}", HEIGHT * part)></line> })
        .collect_view();
    let ends = [moments.first(), moments.get(moments.len() / 2), moments.last()]
        .map(|moment| view! { <span>{moment.cloned().unwrap_or_default()}</span> })
        .collect_view();
    let scale = [figure(top, if top < 10.0 { digits } else { 0 }), figure(0.0, 0)]
        .map(|figure| view! { <span>{figure}</span> })
        .collect_view();
    let legend = (series.len() > 1 || stacked).then(|| {
        let entries = series
            .iter()
            .enumerate()
            .map(|(index, one)| {
                view! { <li><span class=format!("swatch series-{}", index % 6 + 1)></span> {one.label.clone()}</li> }
            })
            .collect_view();
        view! { <ul class="legend">{entries}</ul> }
    });
    let heading = format!("{id}-title");
    let labelled = heading.clone();
    let caption = title.clone();
    view! {
        <figure class="card chart" aria-labelledby=labelled>
            <figcaption>
                <h2 id=heading>{caption}</h2>
                <p class="quiet">{summary}</p>
            </figcaption>
            {legend}
            <div class="plot" aria-hidden="true">
                <div class="scale">{scale}</div>
                <svg viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none">{lines} {bars}</svg>
                <div class="ends">{ends}</div>
            </div>
            <details class="numbers">
                <summary>{table}</summary>
                <Numbers title moment moments series digits/>
            </details>
        </figure>
    }
}

/// The numbers of a chart.
#[component]
fn Numbers(
    title: String,
    moment: String,
    moments: Vec<String>,
    series: Vec<Series>,
    digits: usize,
) -> impl IntoView {
    let heads = series.iter().map(|one| view! { <th scope="col">{one.label.clone()}</th> }).collect_view();
    let rows = moments
        .into_iter()
        .enumerate()
        .map(|(index, moment)| {
            let cells = series
                .iter()
                .map(|one| {
                    let value = one.values.get(index).copied().unwrap_or_default();
                    view! { <td>{figure(value, digits)}</td> }
                })
                .collect_view();
            view! { <tr><th scope="row">{moment}</th> {cells}</tr> }
        })
        .collect_view();
    let label = title.clone();
    view! {
        // What scrolls can be reached with the keyboard.
        <div class="numbers-scroll" tabindex="0" role="region" aria-label=label>
            <table>
                <caption class="visually-hidden">{title}</caption>
                <thead><tr><th scope="col">{moment}</th> {heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn bars(moments: &[String], series: &[Series], stacked: bool, top: f64, digits: usize) -> Vec<Bar> {
    let mut bars = Vec::new();
    let width = if stacked { FILLED } else { FILLED / float(series.len().max(1)) };
    for (slot, moment) in moments.iter().enumerate() {
        let left = SLOT * float(slot) + (SLOT - FILLED) / 2.0;
        let mut ground = HEIGHT;
        for (index, one) in series.iter().enumerate() {
            let value = one.values.get(slot).copied().unwrap_or_default();
            if value <= 0.0 {
                continue;
            }
            let height = HEIGHT * value / top;
            let x = if stacked { left } else { left + width * float(index) };
            let y = if stacked { ground - height } else { HEIGHT - height };
            ground = y;
            let title = format!("{moment} · {}: {}", one.label, figure(value, digits));
            bars.push(Bar { x, y, width, height, series: index, title });
        }
    }
    bars
}

fn highest(series: &[Series], stacked: bool) -> f64 {
    let longest = series.iter().map(|one| one.values.len()).max().unwrap_or_default();
    let at = |slot: usize| {
        let values = series.iter().map(|one| one.values.get(slot).copied().unwrap_or_default());
        if stacked { values.sum() } else { values.fold(0.0, f64::max) }
    };
    (0..longest).map(at).fold(0.0, f64::max)
}

/// The next number that people like to read a scale by: 1, 2 or 5 with zeros.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    // What is a hair above a round number because of how it was calculated is that number.
    let fits = |step: &f64| step * power >= value * (1.0 - 1e-9);
    [1.0, 2.0, 5.0].into_iter().find(fits).unwrap_or(10.0) * power
}

fn figure(value: f64, digits: usize) -> String {
    format!("{value:.digits$}")
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Vec<Series> {
        vec![
            Series { label: "a".to_owned(), values: vec![1.0, 3.0] },
            Series { label: "b".to_owned(), values: vec![1.0, 0.0] },
        ]
    }

    fn moments() -> Vec<String> {
        ["08:00", "09:00"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_scale_ends_at_a_round_number() {
        for (value, top) in
            [(0.0, 1.0), (1.0, 1.0), (1.1, 2.0), (3.0, 5.0), (7.0, 10.0), (130.0, 200.0), (0.03, 0.05)]
        {
            assert!((round_up(value) - top).abs() < 1e-9, "{value}: {}", round_up(value));
        }
    }

    #[test]
    fn bars_stand_side_by_side_or_on_each_other_and_nothing_is_no_bar() {
        let beside = bars(&moments(), &two(), false, 5.0, 0);
        assert_eq!(beside.len(), 3);
        assert_eq!((beside[0].x, beside[0].width, beside[0].height), (1.0, 4.0, 20.0));
        assert_eq!((beside[1].x, beside[1].y), (5.0, 80.0));
        let stacked = bars(&moments(), &two(), true, 5.0, 0);
        assert_eq!((stacked[1].x, stacked[1].y, stacked[1].width), (1.0, 60.0, 8.0));
        assert_eq!(stacked[1].title, "08:00 · b: 1");
        assert_eq!((highest(&two(), false), highest(&two(), true)), (3.0, 3.0));
    }
}
