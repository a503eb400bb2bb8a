use super::renew_and_back;
use crate::database::{container_page, recovery_page};
use crate::language::{Language, say};
use crate::text::{self, RelativeWords};
use crate::ui::Icon;
use crate::visit::encode;
use crate::words;
use engine::view::{JournalEntry, PlaceView, RepairItem};
use leptos::prelude::*;

/// One chain that needs a person: the cause, what to do, what was and what will be tried.
#[component]
pub fn Item(
    /// The language.
    language: Language,
    /// The chain.
    item: RepairItem,
    /// The page to come back to.
    back: String,
    /// The moment of the request.
    now: i64,
    /// The words of relative times.
    words: RelativeWords,
) -> impl IntoView {
    let next = view! { <Next language item=item.clone() now words=words.clone()/> };
    let mut places = item.places.into_iter();
    let place = places.next()?;
    let also: Vec<PlaceView> = places.collect();
    let also = (!also.is_empty()).then(|| view! { <Also language also/> });
    let fault = words::fault(language, item.fault);
    let since = item.since.millis();
    let user = item.upstream_user.map(|user| {
        view! { <p class="as-user"><Icon name="person"/> " " {say!(language, "repairs.sign_in_as", user = user.name)}</p> }
    });
    let renew = renew_and_back(&place.database_slug, &place.alias, &back);
    let tried = (!item.tried.is_empty())
        .then(|| view! { <Tried language tried=item.tried now words=words.clone()/> });
    let label = format!("{} · {}", place.database_name, place.alias);
    let renew_label = say!(language, "container.renew_alias", alias = place.alias);
    Some(view! {
        <article class="card repair" aria-label=label>
            <div class="repair-head">
                <div>
                    <h2><Name place/></h2>
                    <p class="quiet">
                        {say!(language, "repairs.since")} " "
                        <time datetime=text::machine(since) title=text::exact(since)>{text::relative(since, now, &words)}</time>
                    </p>
                </div>
                <a class="button button-main" href=renew aria-label=renew_label>
                    <Icon name="refresh"/>
                    <span>{say!(language, "container.renew")}</span>
                </a>
            </div>
            <p class="cause">
                <Icon name="broken"/>
                " "
                <strong>{fault.title}</strong>
                " "
                <code>{fault.code}</code>
            </p>
            <p>{fault.text}</p>
            <p>{fault.next}</p>
            {user}
            {also}
            {next}
            {tried}
        </article>
    })
}

/// A container and its database, each a link.
#[component]
fn Name(place: PlaceView) -> impl IntoView {
    let database = format!("/databases/{}", encode(&place.database_slug));
    let container = container_page(&place.database_slug, &place.alias);
    view! {
        <a href=database>{place.database_name}</a>
        <span class="quiet">" · "</span>
        <a href=container>{place.alias}</a>
    }
}

/// The other containers of the chain.
#[component]
fn Also(language: Language, also: Vec<PlaceView>) -> impl IntoView {
    let places = also.into_iter().map(|place| view! { <li><Name place/></li> }).collect_view();
    view! {
        <div class="also">
            <p class="quiet">{say!(language, "repairs.also")}</p>
            <ul>{places}</ul>
        </div>
    }
}

/// What Evergrant will try, and what keeps it from trying.
#[component]
fn Next(language: Language, item: RepairItem, now: i64, words: RelativeWords) -> impl IntoView {
    let recovery = item.recovery;
    let to_recovery = item.places.first().map(|place| recovery_page(&place.database_slug, &place.alias));
    let link = |label: String| to_recovery.clone().map(|address| view! { " " <a href=address>{label}</a> });
    let words = match (item.next_step, recovery.expires_at, recovery.blocked) {
        (_, None, _) => view! {
            {say!(language, "repairs.next_nothing")}
            {link(say!(language, "repairs.store"))}
        }
        .into_any(),
        (_, Some(_), _) if !recovery.enabled => view! {
            {say!(language, "repairs.next_off")} " " <a href="/settings/recovery">{say!(language, "repairs.look")}</a>
        }
        .into_any(),
        (_, Some(_), Some(why)) => view! {
            {say!(language, "repairs.next_blocked", why = words::failure(language, why).title)}
            {link(say!(language, "repairs.look"))}
        }
        .into_any(),
        (Some((wake, at)), Some(_), None) => {
            // What is overdue is about to happen.
            let at = at.millis().max(now);
            view! {
                {say!(language, "repairs.next_at", what = words::step(language, wake))}
                " "
                <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time>
            }
            .into_any()
        }
        (None, Some(_), None) => view! {
            {say!(language, "repairs.next_person")}
            {link(say!(language, "repairs.look"))}
        }
        .into_any(),
    };
    view! {
        <p class="next">
            <span class="quiet">{say!(language, "repairs.next")} ": "</span>
            {words}
        </p>
    }
}

/// What Evergrant tried, newest first.
#[component]
fn Tried(language: Language, tried: Vec<JournalEntry>, now: i64, words: RelativeWords) -> impl IntoView {
    let entries = tried
        .into_iter()
        .map(|entry| {
            let at = entry.at.millis();
            view! {
                <li>
                    <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time>
                    " "
                    {words::action(language, &entry.action)}
                    {entry.code.map(|code| view! { " " <code>{code}</code> })}
                </li>
            }
        })
        .collect_view();
    view! {
        <details class="tried">
            <summary>{say!(language, "repairs.tried")}</summary>
            <ul>{entries}</ul>
        </details>
    }
}
