use super::words::{OutcomeWords, grant_result, outcome_words};
use crate::frame::plain;
use crate::language::say;
use crate::ui::{NoticeBox, Tone};
use crate::visit::{Visit, encode, set_status};
use engine::{FinishedGrant, GrantOutcome};
use http::StatusCode;
use leptos::prelude::*;

/// How the grant ended that [`GrantPage`] tells of; the server provides it as a context.
#[derive(Clone)]
pub struct Ended(pub FinishedGrant);

/// Why a renew link did not lead to the provider; the server provides it as a context for
/// [`BeginPage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeginFailed {
    /// No such container.
    NotFound,
    /// The address to come back to is neither ours nor on the list.
    ReturnTo,
    /// The app registration is not usable.
    Registration,
    /// Evergrant itself could not write.
    Store,
}

impl BeginFailed {
    const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::ReturnTo => "return-to",
            Self::Registration => "registration",
            Self::Store => "store",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::ReturnTo => StatusCode::BAD_REQUEST,
            Self::Registration => StatusCode::CONFLICT,
            Self::Store => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The page that says how a grant ended.
#[component]
pub fn GrantPage() -> impl IntoView {
    let (Ok(visit), Some(Ended(finished))) = (Visit::here(), use_context::<Ended>()) else {
        return ().into_any();
    };
    set_status(status(&finished.outcome));
    let (word, code) = grant_result(&finished);
    let words = outcome_words(visit.language, word, code.as_deref());
    let tone = match word {
        "renewed" => Tone::Good,
        "cancelled" => Tone::Plain,
        _ => Tone::Bad,
    };
    let way = finished
        .database
        .map_or_else(|| "/databases".to_owned(), |slug| format!("/databases/{}", encode(&slug)));
    told(&visit, tone, words, way)
}

/// The page that says why a renew link did not lead to the provider.
#[component]
pub fn BeginPage() -> impl IntoView {
    let (Ok(visit), Some(reason)) = (Visit::here(), use_context::<BeginFailed>()) else {
        return ().into_any();
    };
    set_status(reason.status());
    let words = outcome_words(visit.language, "failed", Some(reason.code()));
    told(&visit, Tone::Bad, words, "/databases".to_owned())
}

/// The page that says that something went wrong here.
#[component]
pub fn Failure() -> impl IntoView {
    match Visit::here() {
        Ok(visit) => failure(&visit).into_any(),
        Err(_) => ().into_any(),
    }
}

/// The page that says that something went wrong here; it reads nothing from the store.
pub fn failure(visit: &Visit) -> impl IntoView {
    set_status(StatusCode::INTERNAL_SERVER_ERROR);
    let language = visit.language;
    let body = view! {
        <section class="card narrow">
            <h1>{say!(language, "failure.title")}</h1>
            <p>{say!(language, "failure.text")}</p>
            <p>{say!(language, "failure.next")}</p>
            <p><a class="button" href=visit.address()>{say!(language, "failure.again")}</a></p>
        </section>
    };
    plain(visit, say!(language, "failure.title"), body.into_any())
}

fn told(visit: &Visit, tone: Tone, words: OutcomeWords, way: String) -> AnyView {
    let language = visit.language;
    let code = words.code.map(|code| view! { " " <code>{code}</code> });
    let title = words.title.clone();
    let body = view! {
        <section class="card narrow">
            <h1>{say!(language, "outcome.page")}</h1>
            <NoticeBox tone title=words.title>
                <p>{words.meaning} {code}</p>
                <p>{words.next}</p>
            </NoticeBox>
            <p><a class="button" href=way>{say!(language, "outcome.go_on")}</a></p>
        </section>
    };
    plain(visit, title, body.into_any())
}

fn status(outcome: &GrantOutcome) -> StatusCode {
    match outcome {
        GrantOutcome::Renewed(_) | GrantOutcome::OtherUser { .. } | GrantOutcome::Cancelled => StatusCode::OK,
        GrantOutcome::StateMissing
        | GrantOutcome::StateUnknown
        | GrantOutcome::StateUsed
        | GrantOutcome::StateExpired
        | GrantOutcome::OtherBrowser => StatusCode::BAD_REQUEST,
        GrantOutcome::Denied(_) | GrantOutcome::Failed(_) => StatusCode::BAD_GATEWAY,
        GrantOutcome::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
