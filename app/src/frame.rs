//! What is around every page: the document, the bar at the top, the rail with the places.

mod api;
mod document;
mod places;
mod site;
mod top_bar;

use crate::desk::Desk;
use crate::flash::{self, Flash};
use crate::language::say;
use crate::live::StaleNotice;
use crate::ui::{NoticeBox, Tone};
use crate::visit::{Visit, set_status};
use document::{Document, Shown};
use http::StatusCode;
use leptos::prelude::*;
use places::Rail;
use std::future::Future;
use thiserror::Error;
use top_bar::TopBar;

pub use places::Here;
pub use site::Site;

/// What a page shows within the frame.
pub struct Page {
    /// The title.
    pub title: String,
    /// The place it belongs to.
    pub here: Option<Here>,
    /// The event stream it listens to.
    pub live: String,
    /// Whether it shows what the event stream only counts, so that it says when it is not the
    /// newest any more.
    pub ages: bool,
    /// Whether it says itself how the last form went.
    pub tells: bool,
    /// The page itself.
    pub body: AnyView,
}

impl Page {
    /// A page that follows only how much needs repair.
    pub fn new(title: String, here: Here, body: AnyView) -> Self {
        Self { title, here: Some(here), live: "/live".to_owned(), ages: false, tells: false, body }
    }
}

/// Why a page is not shown.
#[derive(Debug, Error)]
pub enum Trouble {
    /// There is no such page.
    #[error("there is no such page")]
    NotFound,
    /// The store could not be read.
    #[error("could not read what the page shows")]
    Store(#[from] engine::store::StoreError),
}

/// A page for somebody who is signed in, within the frame; anybody else is sent to the sign-in page.
pub fn signed_in<F, P>(page: P) -> impl IntoView
where
    F: Future<Output = Result<Page, Trouble>> + Send,
    P: FnOnce(Desk, Flash) -> F + Send + 'static,
{
    Suspend::new(async move {
        let Ok(desk) = Desk::open().await else { return ().into_any() };
        let flash = flash::take(&desk.visit.session).await;
        let notice = flash.notice.clone();
        match page(desk.clone(), flash).await {
            Ok(page) => framed(&desk, page, notice).await,
            Err(Trouble::NotFound) => {
                set_status(StatusCode::NOT_FOUND);
                let page = missing(&desk.visit);
                framed(&desk, page, notice).await
            }
            Err(trouble) => {
                tracing::error!(error = engine::report(&trouble), path = desk.visit.path, "a page failed");
                crate::grant::failure(&desk.visit).into_any()
            }
        }
    })
}

/// A page for anybody, without rail and badge.
pub fn plain(visit: &Visit, title: String, body: AnyView) -> AnyView {
    let visit = visit.clone();
    view! {
        <Document visit=visit.clone() title shown=Shown { live: None, islands: false }>
            <TopBar visit signed_in=None/>
            <main id="main" class="plain" tabindex="-1">
                {body}
            </main>
        </Document>
    }
    .into_any()
}

/// The page for an address that leads nowhere.
pub fn not_found() -> impl IntoView {
    Suspend::new(async move {
        set_status(StatusCode::NOT_FOUND);
        match Desk::open().await {
            Ok(desk) => {
                let page = missing(&desk.visit);
                framed(&desk, page, None).await
            }
            Err(_) => ().into_any(),
        }
    })
}

fn missing(visit: &Visit) -> Page {
    let language = visit.language;
    let body = view! {
        <div class="page-head"><h1>{say!(language, "missing.title")}</h1></div>
        <p>{say!(language, "missing.text")}</p>
        <p><a class="button" href="/databases">{say!(language, "missing.back")}</a></p>
    };
    Page {
        title: say!(language, "missing.title"),
        here: None,
        live: "/live".to_owned(),
        ages: false,
        tells: false,
        body: body.into_any(),
    }
}

async fn framed(desk: &Desk, page: Page, notice: Option<(Tone, String)>) -> AnyView {
    let overview = match desk.operator.overview().await {
        Ok(overview) => overview,
        Err(error) => {
            tracing::error!(error = engine::report(&error), path = desk.visit.path, "a page failed");
            return crate::grant::failure(&desk.visit).into_any();
        }
    };
    let visit = desk.visit.clone();
    let language = visit.language;
    let stale = page.ages.then(|| {
        let (text, act) = (say!(language, "stale.text"), say!(language, "stale.act"));
        view! { <StaleNotice initial=overview.repairs text act address=visit.address()/> }
    });
    let notice = notice.filter(|_| !page.tells).map(|(tone, text)| view! { <NoticeBox tone title=text/> });
    view! {
        <Document visit=visit.clone() title=page.title shown=Shown { live: Some(page.live), islands: true }>
            <TopBar visit=visit.clone() signed_in=Some(overview)/>
            <div class="frame">
                <Rail language here=page.here/>
                <main id="main" tabindex="-1">
                    {notice}
                    {stale}
                    {page.body}
                </main>
            </div>
        </Document>
    }
    .into_any()
}
