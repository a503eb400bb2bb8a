//! Every answer of a sign-in page passes here: it is counted, and may be replaced by a fault.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{SignInFault, SignInStep, trouble};
use crate::door::hang_up;
use crate::pages::Language;
use crate::users::UserName;
use crate::world::Shared;

/// How an answer reaches the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A page of the first origin, or a redirect to one.
    WebForm,
    /// A page of the second origin.
    Identity,
    /// JSON for the script of a page.
    Data,
}

/// Says of an answer which request of the sign-in it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) step: SignInStep,
    pub(crate) user: Option<UserName>,
    pub(crate) shape: Shape,
    pub(crate) language: Language,
}

impl Stop {
    pub(crate) fn shows_a_page(&self) -> bool {
        self.shape != Shape::Data
    }

    /// Marks the answer.
    pub(crate) fn mark(self, answer: impl IntoResponse) -> Response {
        let mut answer = answer.into_response();
        answer.extensions_mut().insert(self);
        answer
    }
}

/// Counts the request, and lets the answer meet what waits for it.
pub(crate) async fn meet(State(shared): State<Shared>, answer: Response) -> Response {
    let stop = answer.extensions().get::<Stop>().cloned();
    let fault = {
        let mut guard = shared.lock();
        let world = &mut *guard;
        world.counts.sign_in_requests += 1;
        if let Some(user) = stop.as_ref().and_then(|stop| stop.user.as_ref()) {
            world.sign_ins.of(user).requests += 1;
        }
        let fault = stop.as_ref().and_then(|stop| world.sign_in_faults.meet(stop, &world.options));
        world.counts.sign_in_faults += u64::from(fault.is_some());
        fault
    };
    match (fault, stop) {
        (Some(fault), Some(stop)) => replace(answer, &fault, &stop).await,
        (Some(_) | None, Some(_) | None) => answer,
    }
}

/// What becomes of an answer; whatever the request did is done.
async fn replace(answer: Response, fault: &SignInFault, stop: &Stop) -> Response {
    match fault {
        SignInFault::Captcha => trouble::captcha(stop),
        SignInFault::UnknownPage => trouble::unknown_page(stop),
        SignInFault::Slow(late) => {
            // Real time: the deadline it is to miss is the caller's.
            tokio::time::sleep(*late).await;
            answer
        }
        SignInFault::Loop => lead_to(trouble::FIRST_TURN),
        SignInFault::ForeignHost(address) => lead_to(address),
        SignInFault::Error500 => trouble::failure(stop, StatusCode::INTERNAL_SERVER_ERROR),
        SignInFault::Outage503 => trouble::failure(stop, StatusCode::SERVICE_UNAVAILABLE),
        SignInFault::Closed => hang_up(),
        SignInFault::WrongPassword
        | SignInFault::WrongCode
        | SignInFault::Locked
        | SignInFault::Consent
        | SignInFault::OtherUser(_) => answer,
    }
}

fn lead_to(address: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
}
