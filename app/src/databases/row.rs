use crate::language::{Language, say};
use crate::live::Countdown;
use crate::text::{self, RelativeWords};
use crate::ui::Icon;
use crate::words;
use engine::view::{DatabaseRow, StateName};
use leptos::prelude::*;

/// The most dots that are drawn for the containers of one database.
const MOST_DOTS: usize = 12;

/// A database in the list.
#[component]
pub fn Row(
    /// The language.
    language: Language,
    /// The database.
    row: DatabaseRow,
    /// The moment of the request.
    now: i64,
    /// The words of relative times.
    words: RelativeWords,
) -> impl IntoView {
    let column = |name: &str| language.text(&format!("databases.column.{name}"));
    let providers = row.providers.iter().map(|it| provider(it)).collect::<Vec<_>>().join(", ");
    let freshness = match row.fresh_until {
        Some(until) => {
            let ended = say!(language, "token.ended");
            view! { <Countdown until=until.millis() now ended/> }.into_any()
        }
        None => view! { <span class="quiet">"–"</span> }.into_any(),
    };
    let used = match row.last_used_at.map(chain::Time::millis) {
        Some(at) => view! {
            <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time>
        }
        .into_any(),
        None => view! { <span class="quiet">{say!(language, "databases.never_used")}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <a class="row-link" href=format!("/databases/{}", row.slug)>{row.name}</a>
                <code class="slug">{row.slug.clone()}</code>
            </th>
            <td data-label=column("provider")>{if providers.is_empty() { "–".to_owned() } else { providers }}</td>
            <td data-label=column("containers")><Dots language states=row.states/></td>
            <td data-label=column("repairs")><RepairCount language count=row.repairs slug=row.slug/></td>
            <td data-label=column("freshness") class="figure">{freshness}</td>
            <td data-label=column("used")>{used}</td>
        </tr>
    }
}

/// A dot per container; the words are for those who do not see them.
#[component]
fn Dots(language: Language, states: Vec<StateName>) -> impl IntoView {
    let spoken = spoken(language, &states);
    let more = states.len().saturating_sub(MOST_DOTS);
    let dots = states
        .into_iter()
        .take(MOST_DOTS)
        .map(|state| view! { <span class=format!("dot dot-{}", state.as_str())></span> })
        .collect_view();
    view! {
        <span class="dots" role="img" aria-label=spoken.clone() title=spoken>
            {dots}
            {(more > 0).then(|| format!("+{more}"))}
        </span>
    }
}

#[component]
fn RepairCount(language: Language, count: u64, slug: String) -> impl IntoView {
    let words = match count {
        1 => say!(language, "databases.repair_one"),
        _ => say!(language, "databases.repair_many", count = count),
    };
    (count > 0).then(|| {
        view! {
            <a class="badge" href=format!("/repairs?database={slug}") aria-label=words.clone() title=words>
                <Icon name="broken"/>
                <span aria-hidden="true">{count.to_string()}</span>
            </a>
        }
    })
}

/// A provider as the store lists it, `exact nl`, in words.
fn provider(stored: &str) -> String {
    stored.split_once(' ').map_or_else(|| stored.to_owned(), |(name, place)| words::provider(name, place))
}

/// The states in words, each with its number: `2 Live, 1 Broken`.
fn spoken(language: Language, states: &[StateName]) -> String {
    if states.is_empty() {
        return say!(language, "databases.no_containers");
    }
    let mut counts: Vec<(StateName, usize)> = Vec::new();
    for state in states {
        match counts.iter_mut().find(|(known, _)| known == state) {
            Some((_, count)) => *count += 1,
            None => counts.push((*state, 1)),
        }
    }
    let parts: Vec<_> = counts
        .into_iter()
        .map(|(state, count)| format!("{count} {}", words::state(language, state)))
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_also_said_in_words() {
        let states = [StateName::Live, StateName::Broken, StateName::Live];
        assert_eq!(spoken(Language::English, &states), "2 Live, 1 Needs repair");
        assert_eq!(spoken(Language::English, &[]), "No data containers yet");
    }

    #[test]
    fn a_stored_provider_is_named_as_people_know_it() {
        assert_eq!(provider("exact nl"), "Exact Online · NL");
        assert_eq!(provider("other"), "other");
    }
}
