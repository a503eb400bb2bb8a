use super::api::KeepLifetimes;
use super::{PAGE, words};
use crate::language::{Language, say};
use crate::lifetime::lifetime;
use crate::text::{self, RelativeWords};
use crate::ui::{Icon, NoticeBox, Tone};
use engine::view::{Living, PolicyView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use policy::{Bounds, Warning};

/// What holds for each kind, and what lives by it.
#[component]
pub fn Kinds(
    /// The language.
    language: Language,
    /// The kinds.
    kinds: Vec<PolicyView>,
    /// The moment of the request.
    now: i64,
) -> impl IntoView {
    let label = |column: &str| language.text(&format!("policies.column.{column}"));
    let columns = ["kind", "lifetime", "bounds", "living", "ages", "act"]
        .map(|column| view! { <th scope="col">{label(column)}</th> });
    let words = language.relative_words();
    let is_left = |it: &Warning| matches!(it, Warning::LeftToDefault { .. });
    let left = kinds.iter().filter(|it| it.warnings.iter().any(is_left)).count();
    let left = (left > 0).then(|| {
        let title = say!(language, "policies.left", left = left, all = kinds.len());
        view! {
            <NoticeBox tone=Tone::Warning title>
                <p>{say!(language, "policies.warning.LeftToDefault.text")}</p>
                <form class="actions" method="post" action=KeepLifetimes::url()>
                    <button class="button">{say!(language, "policies.keep")}</button>
                </form>
            </NoticeBox>
        }
    });
    let rows = kinds
        .into_iter()
        .map(|it| {
            let name = words::kind(language, it.kind);
            let Bounds { least, most } = it.effective.policy.bounds();
            let bounds = say!(
                language,
                "policies.bounds",
                least = lifetime(language, least),
                most = lifetime(language, most)
            );
            let change = say!(language, "policies.change_of", kind = name.clone());
            let living = it.living.amount.to_string();
            let said = said(language, &it, now, &words);
            view! {
                <tr>
                    <th scope="row">
                        {name}
                        <span class="policy-what">{language.text(&format!("policies.about.{}", it.kind.word()))}</span>
                    </th>
                    <td data-label=label("lifetime")>
                        <strong>{lifetime(language, it.effective.policy.lifetime())}</strong>
                        {said}
                        <Warnings language warnings=it.warnings/>
                    </td>
                    <td data-label=label("bounds")>{bounds}</td>
                    <td data-label=label("living") class="figure">{living}</td>
                    <td data-label=label("ages")><Ages language living=it.living now words=words.clone()/></td>
                    <td class="cell-wide">
                        <a class="button button-quiet" href=format!("{PAGE}/{}", it.kind.word()) aria-label=change>
                            <Icon name="edit"/>
                            <span>{say!(language, "policies.change")}</span>
                        </a>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        {left}
        <div class="card table-card">
            <table class="list policies">
                <caption class="visually-hidden">{say!(language, "policies.title")}</caption>
                <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Who said so, and whether it is on its way still.
fn said(language: Language, it: &PolicyView, now: i64, words: &RelativeWords) -> impl IntoView + use<> {
    let changed = it.changed.as_ref().map(|(at, by)| {
        let at = at.millis();
        let by = by.clone();
        view! {
            <span class="policy-what">
                <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, words)}</time>
                " "
                {by}
            </span>
        }
    });
    let reaching = it.reaching.then(|| {
        view! {
            <span class="chip chip-spending">
                <Icon name="spending"/>
                <span>{say!(language, "policies.reaching")}</span>
            </span>
        }
    });
    (changed, reaching)
}

/// What is unwise, and why.
#[component]
pub fn Warnings(
    /// The language.
    language: Language,
    /// What is unwise.
    warnings: Vec<Warning>,
) -> impl IntoView {
    let warnings = warnings
        .iter()
        .map(|warning| {
            let (title, text) = words::warning(language, warning);
            view! {
                <li>
                    <span class="chip chip-waiting">
                        <Icon name="broken"/>
                        <span>{title}</span>
                    </span>
                    {text.map(|text| view! { <span class="policy-what">{text}</span> })}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="policy-warnings">{warnings}</ul> }
}

/// When the oldest and the newest were made.
#[component]
fn Ages(language: Language, living: Living, now: i64, words: RelativeWords) -> impl IntoView {
    let moment = |at: chain::Time| {
        let at = at.millis();
        view! { <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time> }
    };
    match (living.oldest, living.newest) {
        (Some(oldest), Some(newest)) if oldest != newest => {
            view! { {moment(oldest)} " – " {moment(newest)} }.into_any()
        }
        (Some(only), _) | (None, Some(only)) => moment(only).into_any(),
        (None, None) => view! { <span class="quiet">{say!(language, "policies.none")}</span> }.into_any(),
    }
}
