use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::ui::{Copyable, Empty, Icon};
use crate::words;
use engine::view::RegistrationView;
use leptos::prelude::*;

/// The page with all app registrations.
pub async fn registrations(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let registrations = desk.operator.registrations().await?;
    let list = if registrations.is_empty() {
        view! {
            <Empty icon="settings" title=say!(language, "registration.none")>
                <p>{say!(language, "registration.none_text")}</p>
                <p><a class="button button-main" href="/settings/registrations/new">{say!(language, "registration.new")}</a></p>
            </Empty>
        }
        .into_any()
    } else {
        view! { <Table language registrations/> }.into_any()
    };
    let body = view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href="/settings">{say!(language, "settings.title")}</a>
        </nav>
        <div class="page-head">
            <h1>{say!(language, "registration.title")}</h1>
            <span class="space"></span>
            <a class="button button-main" href="/settings/registrations/new"><Icon name="add"/> <span>{say!(language, "registration.new")}</span></a>
        </div>
        {list}
    };
    Ok(Page::new(say!(language, "registration.title"), Here::Settings, body.into_any()))
}

#[component]
fn Table(language: Language, registrations: Vec<RegistrationView>) -> impl IntoView {
    let column = |name: &str| language.text(&format!("registration.column.{name}"));
    let columns = ["name", "provider", "client", "redirect", "containers", "standing"]
        .map(|name| view! { <th scope="col">{column(name)}</th> });
    let rows = registrations
        .into_iter()
        .map(|it| {
            let standing = if it.refused_since.is_some() {
                view! {
                    <span class="chip chip-broken">
                        <Icon name="broken"/>
                        <span>{say!(language, "registration.refused")}</span>
                    </span>
                }
                .into_any()
            } else {
                view! {
                    <span class="chip chip-live">
                        <Icon name="live"/>
                        <span>{say!(language, "registration.fine")}</span>
                    </span>
                }
                .into_any()
            };
            view! {
                <tr>
                    <th scope="row"><a class="row-link" href=format!("/settings/registrations/{}", it.id)>{it.name}</a></th>
                    <td data-label=column("provider")>{words::provider(&it.provider, &it.place)}</td>
                    <td data-label=column("client")><code class="long">{it.client_id}</code></td>
                    <td class="cell-wide" data-label=column("redirect")>
                        <Copyable text=it.redirect_uri label=say!(language, "registration.copy_redirect") done=say!(language, "act.copied")/>
                    </td>
                    <td data-label=column("containers") class="figure">{it.containers.to_string()}</td>
                    <td data-label=column("standing")>{standing}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="card table-card">
            <table class="list">
                <caption class="visually-hidden">{say!(language, "registration.title")}</caption>
                <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
