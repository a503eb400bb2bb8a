use crate::language::{Language, say};
use crate::text;
use crate::ui::Icon;
use crate::words;
use engine::view::{RunOutcome, RunView, RunningView, TraceView};
use leptos::prelude::*;
use std::time::Duration;

/// Runs that ended, the newest first, each with what it did step by step.
#[component]
pub fn Runs(
    /// The language.
    language: Language,
    /// The runs.
    runs: Vec<RunView>,
    /// The moment of the request.
    now: i64,
) -> impl IntoView {
    let relative = language.relative_words();
    let runs = runs.into_iter().enumerate().map(|(index, run)| {
        let at = run.started_at.millis();
        let took = u64::try_from(run.ended_at.millis() - at).unwrap_or(0);
        let took = words::took(language, Duration::from_millis(took));
        let (class, icon, failed) = match run.outcome {
            RunOutcome::Recovered | RunOutcome::CodeInHand => ("run run-good", "live", None),
            RunOutcome::Failed(why) => ("run run-bad", "broken", Some(words::failure(language, why))),
        };
        let ended = match &failed {
            Some(_) => say!(language, "recovery.ended_at", step = run.step, of = RunningView::STEPS),
            None => String::new(),
        };
        let failed = failed.map(|words| {
            view! { <p>{words.text} " " {words.next} " " <code>{words.code}</code></p> }
        });
        let head = view! {
            <summary>
                <Icon name=icon/>
                <span class="run-title">
                    <strong>{words::outcome(language, run.outcome)}</strong>
                    <span class="quiet">
                        {words::run_kind(language, run.kind)} ", " {took} " · "
                        <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &relative)}</time>
                    </span>
                </span>
                <Icon name="down"/>
            </summary>
        };
        view! {
            <li>
                <details class=class open=index == 0>
                    {head}
                    <div class="run-body">
                        {failed}
                        <p class="quiet">{ended}</p>
                        <Trace language trace=run.trace/>
                    </div>
                </details>
            </li>
        }
    });
    view! { <ol class="runs">{runs.collect_view()}</ol> }
}

/// What a run did: never what a page said, a field held, or an address asked.
#[component]
fn Trace(language: Language, trace: Vec<TraceView>) -> impl IntoView {
    if trace.is_empty() {
        return view! { <p class="quiet">{say!(language, "recovery.no_trace")}</p> }.into_any();
    }
    let lines = trace.into_iter().map(|line| {
        view! {
            <li>
                <span>{words::trace_step(language, &line.step)}</span>
                <code>{line.host}</code>
                <span>{words::trace_outcome(language, &line.outcome)}</span>
                <span class="figure quiet">{words::took(language, line.took)}</span>
            </li>
        }
    });
    view! { <ol class="trace">{lines.collect_view()}</ol> }.into_any()
}
