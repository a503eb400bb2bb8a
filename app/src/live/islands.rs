//! The small parts of a page that change by themselves.

use super::store::store;
use super::{NextNow, Repairs, StandingNow, Which};
use crate::text::{self, RelativeWords};
use crate::ui::Icon;
use leptos::prelude::*;

/// How many databases need repair, as a link; nothing when none does.
#[island]
pub fn RepairBadge(
    /// As the page was rendered.
    initial: Repairs,
) -> impl IntoView {
    let news = store(0).repairs;
    let now = move || news.get().unwrap_or_else(|| initial.clone());
    let (count, shown) = (now.clone(), now.clone());
    view! {
        <a
            class="badge"
            href="/repairs"
            hidden=move || shown().count == 0
            aria-label={let now = now.clone(); move || now().words}
            title=move || now().words
        >
            <Icon name="broken"/>
            <span aria-hidden="true">{move || count().count.to_string()}</span>
        </a>
    }
}

/// Says that a list is not the newest any more, with a link that shows the newest.
#[island]
pub fn StaleNotice(
    /// How much needed repair when the page was rendered.
    initial: u64,
    /// What it says.
    text: String,
    /// What the link says.
    act: String,
    /// The address of the page.
    address: String,
) -> impl IntoView {
    let news = store(0).repairs;
    let stale = Memo::new(move |_| news.read().as_ref().is_some_and(|news| news.count != initial));
    view! {
        <div class="notice stale" role="status" hidden=move || !stale.get()>
            <Icon name="info"/>
            <p class="notice-body">
                {text} " " <a href=address>{act}</a>
            </p>
        </div>
    }
}

/// The state of a container: icon, word, colour, and the code of what is wrong.
#[island]
pub fn StateChip(
    /// The container.
    id: String,
    /// As the page was rendered.
    initial: StandingNow,
) -> impl IntoView {
    let live = store(0);
    let now = move || live.container(&id, |it| it.standing.clone()).unwrap_or_else(|| initial.clone());
    let now = Memo::new(move |_| now());
    view! {
        <span class=move || format!("chip chip-{}", now.read().state)>
            <svg class="icon" aria-hidden="true"><use href=move || format!("#icon-{}", now.read().state)></use></svg>
            <span>{move || now.read().words.clone()}</span>
        </span>
        <span class="fault" hidden=move || now.read().fault.is_none()>
            <code>{move || now.read().fault.as_ref().map(|fault| fault.code.clone()).unwrap_or_default()}</code>
            " "
            <span>{move || now.read().fault.as_ref().map(|fault| fault.title.clone()).unwrap_or_default()}</span>
        </span>
    }
}

/// What is left of an access token.
#[island]
pub fn AccessToken(
    /// The container.
    id: String,
    /// When it ended or ends, as the page was rendered.
    until: Option<i64>,
    /// When the page was rendered.
    now: i64,
    /// What to show when it has ended.
    ended: String,
    /// What to show when there is none.
    none: String,
) -> impl IntoView {
    let live = store(now);
    let clock = live.now.clone();
    let until = move || live.container(&id, |it| it.access_until).unwrap_or(until);
    let until = Memo::new(move |_| until());
    let exact = move || until.get().map(text::exact).unwrap_or_default();
    view! {
        <span class="countdown" title=exact>
            {move || left(until.get(), clock.get(), &ended, &none)}
        </span>
    }
}

/// What is left until a moment, which does not change.
#[island]
pub fn Countdown(
    /// The moment.
    until: i64,
    /// When the page was rendered.
    now: i64,
    /// What to show when it has passed.
    ended: String,
) -> impl IntoView {
    let clock = store(now).now;
    view! {
        <span class="countdown" title=text::exact(until)>
            {move || left(Some(until), clock.get(), &ended, "")}
        </span>
    }
}

/// A moment of a container, as it lies from now.
#[island]
pub fn Moment(
    /// The container.
    id: String,
    /// Which of its moments.
    which: Which,
    /// As the page was rendered.
    at: Option<i64>,
    /// When the page was rendered.
    now: i64,
    /// The words of relative times.
    words: RelativeWords,
) -> impl IntoView {
    let live = store(now);
    let clock = live.now.clone();
    let newest = move || {
        let pick = |it: &super::ContainerNow| match which {
            Which::Refreshed => it.refreshed_at,
            Which::LinkEnds => it.refresh_until,
        };
        live.container(&id, pick).unwrap_or(at)
    };
    let at = Memo::new(move |_| newest());
    let exact = move || at.get().map(text::exact).unwrap_or_default();
    view! {
        <span class="moment" title=exact>
            {move || at.get().map_or_else(|| "–".to_owned(), |at| text::relative(at, clock.get(), &words))}
        </span>
    }
}

/// What Evergrant does next with a container, and when.
#[island]
pub fn NextStep(
    /// The container.
    id: String,
    /// As the page was rendered.
    initial: Option<NextNow>,
    /// When the page was rendered.
    now: i64,
    /// The words of relative times.
    words: RelativeWords,
    /// What to show when there is none.
    none: String,
) -> impl IntoView {
    let live = store(now);
    let clock = live.now.clone();
    let newest = move || live.container(&id, |it| it.next.clone()).unwrap_or_else(|| initial.clone());
    let next = Memo::new(move |_| newest());
    let what = move || next.read().as_ref().map_or_else(|| none.clone(), |next| next.what.clone());
    let when = move || {
        // What is overdue is about to happen.
        let at = next.read().as_ref().map(|next| next.at)?;
        let now = clock.get();
        Some(text::relative(at.max(now), now, &words))
    };
    let exact = move || next.read().as_ref().map(|next| text::exact(next.at)).unwrap_or_default();
    view! {
        <span>{what}</span>
        " "
        <span class="moment" title=exact>{move || when().unwrap_or_default()}</span>
    }
}

/// The button that renews the access token now; while the provider would refuse, it counts down
/// instead and cannot be pressed.
#[island]
pub fn RefreshButton(
    /// The container.
    id: String,
    /// From when on the provider accepts it, as the page was rendered.
    from: Option<i64>,
    /// When the page was rendered.
    now: i64,
    /// What it says.
    label: String,
    /// What it says while it waits; `{}` stands for the countdown.
    waiting: String,
) -> impl IntoView {
    let live = store(now);
    let clock = live.now.clone();
    let from = move || live.container(&id, |it| it.refresh_from).unwrap_or(from);
    let from = Memo::new(move |_| from());
    let wait = Memo::new(move |_| from.get().map(|from| from - clock.get()).filter(|left| *left > 0));
    view! {
        <button class="menu-item" disabled=move || wait.get().is_some()>
            <Icon name="refresh"/>
            <span class="countdown">
                {move || {
                    wait.get()
                        .map_or_else(|| label.clone(), |left| waiting.replace("{}", &text::countdown(left)))
                }}
            </span>
        </button>
    }
}

fn left(until: Option<i64>, now: i64, ended: &str, none: &str) -> String {
    match until {
        None => none.to_owned(),
        Some(until) if until <= now => ended.to_owned(),
        Some(until) => text::countdown(until - now),
    }
}

#[cfg(test)]
mod tests {
    use super::left;

    #[test]
    fn a_token_counts_down_to_its_end_and_then_says_so() {
        assert_eq!(left(None, 0, "ended", "none"), "none");
        assert_eq!(left(Some(462_000), 0, "ended", "none"), "7:42");
        assert_eq!(left(Some(462_000), 462_000, "ended", "none"), "ended");
    }
}
