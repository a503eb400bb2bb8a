use super::ROUND;
use super::item::Item;
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::grant::outcome_words;
use crate::language::{Language, say};
use crate::ui::{Empty, Icon, NoticeBox, Tone};
use engine::view::RoundView;
use leptos::prelude::*;

/// The page with all repairs, or with those of one database (`?database=`).
pub async fn list(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let now = desk.visit.now.millis();
    let only = desk.visit.asked("database");
    let mut items = desk.operator.repairs().await?;
    if let Some(slug) = &only {
        items.retain(|item| item.places.iter().any(|place| place.database_slug == *slug));
        // The container that is asked for is the one that is renewed.
        for item in &mut items {
            item.places.sort_by_key(|place| place.database_slug != *slug);
        }
    }
    let round = desk.operator.round().await?.filter(|round| round.next().is_some());
    let outcome = desk.visit.asked("evergrant").map(|word| {
        let words = outcome_words(language, &word, desk.visit.asked("code").as_deref());
        let tone = if word == "renewed" { Tone::Good } else { Tone::Warning };
        view! { <NoticeBox tone title=words.title><p>{words.meaning}</p></NoticeBox> }
    });
    let words = language.relative_words();
    let count = items.len();
    let renew_all = (only.is_none() && count > 1 && round.is_none()).then(|| {
        view! {
            <a class="button button-main" href=format!("{ROUND}?begin")>
                <Icon name="refresh"/>
                <span>{say!(language, "repairs.round.title")}</span>
            </a>
        }
    });
    let list = if items.is_empty() {
        view! {
            <Empty icon="live" title=say!(language, "repairs.nothing")>
                <p>{say!(language, "repairs.nothing_text")}</p>
            </Empty>
        }
        .into_any()
    } else {
        let back = own_address(only.as_deref());
        let items = items
            .into_iter()
            .map(|item| view! { <li><Item language item back=back.clone() now words=words.clone()/></li> })
            .collect_view();
        view! { <ul class="repairs">{items}</ul> }.into_any()
    };
    let all = only.map(
        |_| view! { <a class="button button-quiet" href="/repairs">{say!(language, "repairs.all")}</a> },
    );
    let body = view! {
        {outcome}
        {round.map(|round| view! { <UnderWay language round/> })}
        <div class="page-head">
            <h1>{say!(language, "repairs.title")}</h1>
            {(count > 0).then(|| view! { <span class="count">{count.to_string()}</span> })}
            <span class="space"></span>
            {all}
            {renew_all}
        </div>
        {list}
    };
    let page = Page::new(say!(language, "repairs.title"), Here::Repairs, body.into_any());
    Ok(Page { ages: true, ..page })
}

/// The address of the page without what the last grant left in it.
fn own_address(only: Option<&str>) -> String {
    only.map_or_else(
        || "/repairs".to_owned(),
        |slug| format!("/repairs?database={}", crate::visit::encode(slug)),
    )
}

/// A round that somebody left goes on here.
#[component]
fn UnderWay(language: Language, round: RoundView) -> impl IntoView {
    let (done, of) = (round.done(), round.stops.len());
    view! {
        <NoticeBox tone=Tone::Plain title=say!(language, "repairs.go_on", done = done, of = of)>
            <div class="actions">
                <a class="button button-main" href=ROUND>{say!(language, "repairs.go_on_act")}</a>
            </div>
        </NoticeBox>
    }
}
