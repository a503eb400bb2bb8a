//! What a program is told when it does not get what it asked for.

use std::error::Error;
use std::time::Duration;

use app::Language;
use app::live::FaultWords;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::StatusCode;
use engine::consumer::LONGEST_WAIT;
use engine::lend::LendError;
use engine::store::StoreError;
use engine::{BorrowError, ReachError};

use super::problem::Problem;

/// How soon it may look different where only a person can help.
const PERSON: Duration = Duration::from_secs(60);

impl From<ReachError> for Problem {
    fn from(error: ReachError) -> Self {
        match error {
            ReachError::NotFound => {
                let detail = "There is no such database, or it has no data container of this alias.";
                Self::new(StatusCode::NOT_FOUND, "not-found", detail)
            }
            ReachError::OutOfScope => {
                let detail = "The consumer key does not reach this database.";
                Self::new(StatusCode::FORBIDDEN, "out-of-scope", detail)
            }
            ReachError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        inner(&error)
    }
}

impl From<BorrowError> for Problem {
    fn from(error: BorrowError) -> Self {
        match error {
            BorrowError::Reach(error) => error.into(),
            BorrowError::MinimumBeyondLife { most } => {
                let seconds = most.as_secs();
                let detail =
                    format!("minimum_seconds is at most {seconds}, the life of an access token here.");
                Self::new(StatusCode::BAD_REQUEST, "minimum-beyond-life", detail)
            }
            BorrowError::WaitTooLong => {
                let detail = format!("wait is at most {} seconds.", LONGEST_WAIT.as_secs());
                Self::new(StatusCode::BAD_REQUEST, "wait-too-long", detail)
            }
            BorrowError::Lend(error) => error.into(),
        }
    }
}

impl From<LendError> for Problem {
    fn from(error: LendError) -> Self {
        match error {
            LendError::Renewing { retry_after } => {
                let detail = "The token is being renewed. Ask again, or let the request wait with wait=30.";
                upstream("renewing", detail.to_owned(), retry_after)
            }
            LendError::Waiting { fault, retry_after } => {
                faulty(&app::fault_words(Language::English, fault), fault.code(), retry_after)
            }
            LendError::Broken { fault } => {
                faulty(&app::fault_words(Language::English, fault), fault.code(), PERSON)
            }
            LendError::Unlinked => {
                let detail = "The data container was never authorized: an operator has to press Renew.";
                upstream("unlinked", detail.to_owned(), PERSON)
            }
            LendError::NotFound => ReachError::NotFound.into(),
            LendError::Store(error) => inner(&error),
            LendError::Tell(error) => inner(&error),
            LendError::Guard(error) => inner(&error),
        }
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::no_such_address()
    }
}

impl From<QueryRejection> for Problem {
    fn from(_: QueryRejection) -> Self {
        let detail = "The part of the address behind the question mark is not understood.";
        Self::new(StatusCode::BAD_REQUEST, "bad-query", detail)
    }
}

fn faulty(words: &FaultWords, code: &'static str, retry_after: Duration) -> Problem {
    upstream(code, format!("{}. {} {}", words.title, words.text, words.next), retry_after)
}

fn upstream(code: &'static str, detail: String, retry_after: Duration) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(retry_after)
}

fn inner(error: &dyn Error) -> Problem {
    tracing::error!(error = engine::report(error), "a program could not be answered");
    Problem::unavailable()
}
