use super::links::{container_page, recovery_page, renew};
use super::menu::RowMenu;
use crate::flash::Flash;
use crate::language::{Language, say};
use crate::live::{AccessToken, Moment, NextStep, RecoveryShield, StateChip, Which};
use crate::text::RelativeWords;
use crate::ui::Icon;
use crate::words;
use engine::view::ContainerView;
use leptos::prelude::*;

/// The data containers of a database, each between its renew button and its auto-recovery button.
#[component]
pub fn Table(
    /// The language.
    language: Language,
    /// The database's slug.
    database: String,
    /// The containers.
    containers: Vec<ContainerView>,
    /// What the last form left.
    flash: Flash,
    /// The moment of the request.
    now: i64,
) -> impl IntoView {
    const COLUMNS: [&str; 8] = ["alias", "provider", "user", "state", "token", "link", "refreshed", "next"];
    let words = language.relative_words();
    let columns = COLUMNS
        .map(|column| view! { <th scope="col">{language.text(&format!("container.column.{column}"))}</th> });
    let rows = containers
        .into_iter()
        .map(|container| {
            view! {
                <Row language database=database.clone() container flash=flash.clone() now words=words.clone()/>
            }
        })
        .collect_view();
    view! {
        <div class="card table-card">
            <table class="list containers">
                <caption class="visually-hidden">{say!(language, "container.list")}</caption>
                <thead>
                    <tr>
                        <th scope="col"><span class="visually-hidden">{say!(language, "container.renew")}</span></th>
                        {columns.into_iter().collect_view()}
                        <th scope="col"><span class="visually-hidden">{say!(language, "container.more")}</span></th>
                        <th scope="col"><span class="visually-hidden">{say!(language, "recovery.name")}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(
    language: Language,
    database: String,
    container: ContainerView,
    flash: Flash,
    now: i64,
    words: RelativeWords,
) -> impl IntoView {
    let column = |name: &str| language.text(&format!("container.column.{name}"));
    let news = words::container(language, container.id, &container.status, now);
    let id = news.id.clone();
    let alias = container.alias.clone();
    let user = container.upstream_user.clone().map_or_else(|| "–".to_owned(), |user| user.name);
    let (address, renew) = (container_page(&database, &alias), renew(&database, &alias));
    let recovery = recovery_page(&database, &alias);
    let recovery_label = say!(language, "recovery.of", alias = alias);
    let shield_id = id.clone();
    let (name, row_id) = (alias.clone(), format!("container-{alias}"));
    let renew_label = say!(language, "container.renew_alias", alias = alias);
    let (link_words, step_words) = (words.clone(), words.clone());
    let warm = container.warm.then(|| {
        let words = say!(language, "container.is_warm");
        view! { <span class="warm" title=words><Icon name="flame"/> <span class="visually-hidden">{words.clone()}</span></span> }
    });
    let shared = (container.shared_with > 0).then(|| {
        let words = say!(language, "container.shared", count = container.shared_with);
        view! { <span class="quiet small" title=say!(language, "container.shared_why")>{words}</span> }
    });
    view! {
        <tr id=row_id>
            <td class="cell-renew">
                <a
                    class="button button-renew"
                    href=renew
                    aria-label=renew_label
                    title=say!(language, "container.renew_why")
                >
                    <Icon name="refresh"/>
                    <span>{say!(language, "container.renew")}</span>
                </a>
            </td>
            <th scope="row" class="cell-alias">
                <a class="row-link" href=address>{name}</a>
                {warm}
            </th>
            <td class="cell-provider" data-label=column("provider") title=container.registration_name.clone()>
                {words::provider(&container.provider, &container.place)}
            </td>
            <td class="cell-user" data-label=column("user")><span>{user}</span> {shared}</td>
            <td data-label=column("state")><StateChip id=id.clone() initial=news.standing/></td>
            <td data-label=column("token") class="figure">
                <AccessToken
                    id=id.clone()
                    until=news.access_until
                    now
                    ended=say!(language, "token.ended")
                    none="–".to_owned()
                />
            </td>
            <td data-label=column("link") class="figure">
                <Moment id=id.clone() which=Which::LinkEnds at=news.refresh_until now words=link_words/>
            </td>
            <td data-label=column("refreshed") class="figure">
                <Moment id=id.clone() which=Which::Refreshed at=news.refreshed_at now words/>
            </td>
            <td class="cell-next" data-label=column("next")>
                <NextStep id initial=news.next now words=step_words none=say!(language, "step.none")/>
            </td>
            <td class="cell-menu"><RowMenu language database container flash now/></td>
            <td class="cell-recovery">
                <RecoveryShield id=shield_id initial=news.shield address=recovery label=recovery_label/>
            </td>
        </tr>
    }
}
