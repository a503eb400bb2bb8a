mod custom;
mod entry;
mod exact;
mod fields;

use super::api::DeleteRegistration;
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::text;
use crate::ui::{Confirm, Copyable, Hidden, NoticeBox, Tone};
use entry::Entry;
pub(super) use entry::Kind;
use fields::Fields;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

/// The page on which an app registration is made.
pub async fn new_registration(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let language = desk.language();
    let title = say!(language, "registration.new");
    let kind = Kind::of(&desk.visit.asked("provider").unwrap_or_default());
    let lead = match kind {
        Kind::Exact => say!(language, "registration.new_lead"),
        Kind::Custom => say!(language, "registration.new_lead_custom"),
    };
    let body = view! {
        <Crumbs language/>
        <div class="page-head"><h1>{title.clone()}</h1></div>
        <Kinds language chosen=kind/>
        <p class="lead">{lead}</p>
        <Fields entry=Entry::new(language, kind, None, flash)/>
    };
    Ok(Page::new(title, Here::Settings, body.into_any()))
}

/// The page of one app registration.
pub async fn registration(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let asked = use_params_map().with_untracked(|params| params.get("registration")).unwrap_or_default();
    let all = desk.operator.registrations().await?;
    let known = all.into_iter().find(|it| it.id.to_string() == asked).ok_or(Trouble::NotFound)?;
    let language = desk.language();
    let title = known.name.clone();
    let kind = Kind::of(&known.provider);
    let refused = known.refused_since.map(chain::Time::millis).map(|at| {
        let since = text::relative(at, desk.visit.now.millis(), &language.relative_words());
        view! {
            <NoticeBox tone=Tone::Bad title=say!(language, "registration.refused_title")>
                <p>{say!(language, "registration.refused_text", since = since)}</p>
            </NoticeBox>
        }
    });
    let used = known.containers;
    let delete = if used == 0 {
        view! {
            <Confirm
                label=say!(language, "registration.delete")
                consequence=say!(language, "registration.delete_what", name = known.name)
                act=say!(language, "registration.delete_act")
                action=DeleteRegistration::url()
            >
                <Hidden name="registration" value=asked/>
            </Confirm>
        }
        .into_any()
    } else {
        let words = match used {
            1 => say!(language, "registration.in_use_one"),
            _ => say!(language, "registration.in_use", count = used),
        };
        view! { <p class="quiet">{words}</p> }.into_any()
    };
    let body = view! {
        <Crumbs language/>
        <div class="page-head"><h1>{title.clone()}</h1></div>
        {refused}
        <section class="card">
            <h2>{say!(language, "registration.redirect")}</h2>
            <p class="quiet">{say!(language, "registration.redirect_why")}</p>
            <Copyable
                text=known.redirect_uri.clone()
                label=say!(language, "registration.copy_redirect")
                done=say!(language, "act.copied")
            />
        </section>
        <Fields entry=Entry::new(language, kind, Some(known), flash)/>
        {delete}
    };
    Ok(Page::new(title, Here::Settings, body.into_any()))
}

#[component]
fn Crumbs(language: Language) -> impl IntoView {
    view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href="/settings">{say!(language, "settings.title")}</a>
            <crate::ui::Icon name="next"/>
            <a href="/settings/registrations">{say!(language, "registration.title")}</a>
        </nav>
    }
}

/// The kinds of providers, each a link to its own form.
#[component]
fn Kinds(language: Language, chosen: Kind) -> impl IntoView {
    let tabs = Kind::ALL
        .into_iter()
        .map(|kind| {
            let current = (kind == chosen).then_some("page");
            let label = language.text(&format!("registration.kind.{}", kind.word()));
            view! { <li><a href=kind.page() aria-current=current>{label}</a></li> }
        })
        .collect_view();
    view! {
        <nav class="tabs" aria-label=say!(language, "registration.kinds")>
            <ul>{tabs}</ul>
        </nav>
    }
}
