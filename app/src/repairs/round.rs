use super::api::{BeginRound, SkipStop, StopRound};
use super::stops::{Broken, Stops, place};
use super::{ROUND, renew_and_back};
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::grant::outcome_words;
use crate::language::{Language, say};
use crate::ui::{Confirm, Empty, Hidden, Icon, NoticeBox, Tone};
use engine::view::{RepairItem, RoundView, StopView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page of the round over all that is broken: before it, while it goes on, and after it.
pub async fn round(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let round = desk.operator.round().await?;
    let broken = desk.operator.repairs().await?;
    let outcome = desk.visit.asked("evergrant").map(|word| {
        let (code, alias) = (desk.visit.asked("code"), desk.visit.asked("alias").unwrap_or_default());
        let words = outcome_words(language, &word, code.as_deref());
        let tone = if word == "renewed" && code.is_none() { Tone::Good } else { Tone::Warning };
        let title = if alias.is_empty() { words.title } else { format!("{alias}: {}", words.title) };
        view! { <NoticeBox tone title><p>{words.meaning}</p></NoticeBox> }
    });
    let asked_anew = desk.visit.asked("begin").is_some();
    let inner = match round {
        Some(round) if round.next().is_some() => view! { <UnderWay language round/> }.into_any(),
        Some(round) if !asked_anew => view! { <Over language round left=!broken.is_empty()/> }.into_any(),
        Some(_) | None => view! { <Before language broken/> }.into_any(),
    };
    let title = say!(language, "repairs.round.title");
    let body = view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href="/repairs">{say!(language, "repairs.title")}</a>
        </nav>
        <div class="page-head"><h1>{title.clone()}</h1></div>
        {outcome}
        {inner}
    };
    Ok(Page::new(title, Here::Repairs, body.into_any()))
}

/// What a round would do.
#[component]
fn Before(language: Language, broken: Vec<RepairItem>) -> impl IntoView {
    if broken.is_empty() {
        return view! {
            <Empty icon="live" title=say!(language, "repairs.nothing")>
                <p>{say!(language, "repairs.nothing_text")}</p>
            </Empty>
        }
        .into_any();
    }
    view! {
        <p class="lead">{say!(language, "repairs.round.lead")} " " {say!(language, "repairs.round.asks")}</p>
        <Broken language broken/>
        <form class="actions" method="post" action=BeginRound::url()>
            <button class="button button-main">
                <Icon name="refresh"/>
                <span>{say!(language, "repairs.round.begin")}</span>
            </button>
            <a class="button button-quiet" href="/repairs">{say!(language, "act.cancel")}</a>
        </form>
    }
    .into_any()
}

#[component]
fn UnderWay(language: Language, round: RoundView) -> impl IntoView {
    let next = round.next().cloned().map(|stop| view! { <Next language stop/> });
    view! {
        <Progress language done=round.done() of=round.stops.len()/>
        {next}
        <Stops language round/>
        <Confirm
            label=say!(language, "repairs.round.stop")
            icon="close"
            consequence=say!(language, "repairs.round.stop_what")
            act=say!(language, "repairs.round.stop_act")
            action=StopRound::url()
        />
    }
}

#[component]
fn Progress(language: Language, done: usize, of: usize) -> impl IntoView {
    view! {
        <p class="progress">
            <progress max=of.to_string() value=done.to_string() aria-label=say!(language, "repairs.round.progress_label")></progress>
            <strong>{say!(language, "repairs.round.progress", done = done, of = of)}</strong>
        </p>
    }
}

/// The grant whose turn it is.
#[component]
fn Next(language: Language, stop: StopView) -> impl IntoView {
    let way = renew_and_back(&stop.database_slug, &stop.alias, ROUND);
    let user = match &stop.upstream_user {
        Some(user) => say!(language, "repairs.sign_in_as", user = user.name),
        None => say!(language, "repairs.round.nobody"),
    };
    let others = match stop.others {
        0 => None,
        1 => Some(say!(language, "repairs.round.others_one")),
        count => Some(say!(language, "repairs.round.others", count = count)),
    };
    view! {
        <section class="card" aria-labelledby="next">
            <h2 id="next">{say!(language, "repairs.round.next", place = place(&stop.database_name, &stop.alias))}</h2>
            <p class="as-user"><Icon name="person"/> " " {user}</p>
            {others.map(|others| view! { <p class="quiet">{others}</p> })}
            <div class="actions">
                <a class="button button-main" href=way>
                    <Icon name="refresh"/>
                    <span>{say!(language, "repairs.round.to_provider")}</span>
                </a>
                <form method="post" action=SkipStop::url()>
                    <Hidden name="container" value=stop.container.to_string()/>
                    <button class="button">{say!(language, "repairs.round.skip")}</button>
                </form>
            </div>
        </section>
    }
}

/// What came of the round.
#[component]
fn Over(language: Language, round: RoundView, left: bool) -> impl IntoView {
    let (mended, of) = (round.mended(), round.stops.len());
    let tone = if mended == of { Tone::Good } else { Tone::Warning };
    let stopped = round.stopped_at.map(|_| say!(language, "repairs.round.stopped") + " ");
    let again = left.then(|| {
        view! {
            <form method="post" action=BeginRound::url()>
                <button class="button button-main">
                    <Icon name="refresh"/>
                    <span>{say!(language, "repairs.round.begin_again")}</span>
                </button>
            </form>
        }
    });
    view! {
        <NoticeBox tone title=say!(language, "repairs.round.over")>
            <p>
                {stopped}
                {say!(language, "repairs.round.result", mended = mended, of = of)}
                {left.then(|| format!(" {}", say!(language, "repairs.round.left")))}
            </p>
        </NoticeBox>
        <Progress language done=round.done() of/>
        <Stops language round/>
        <div class="actions">
            {again}
            <a class="button" href="/repairs">{say!(language, "repairs.title")}</a>
        </div>
    }
}
