//! What the second origin knows of the browsers that come to it.

use std::collections::{HashMap, VecDeque};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use url::form_urlencoded::Serializer;

use super::rounds::Round;
use super::{CLIENT, TENANT};
use crate::generation::IdentityPages;
use crate::origins::Origins;
use crate::random;
use crate::users::UserName;

/// A sign-in as the first origin hands it over.
#[derive(Clone, Debug)]
pub(crate) struct Handover {
    /// The browser's cookie at the first origin.
    pub(crate) browser: String,
    /// The user name that was typed there.
    pub(crate) typed: String,
    /// Where the first origin leads on afterwards.
    pub(crate) path: Option<String>,
    pub(crate) origins: Origins,
}

impl Handover {
    /// Where the second origin sends the browser back to.
    pub(crate) fn way_back(&self) -> String {
        format!("{}/signin-azureb2c", self.origins.start)
    }
}

/// A browser on its way through the rounds.
#[derive(Debug)]
pub(crate) struct Journey {
    pub(super) handover: Handover,
    pub(super) state: String,
    pub(super) csrf: String,
    pub(super) round: Round,
    pub(super) rounds: VecDeque<Round>,
    /// Whether the page's answers were taken, so that the browser may go on.
    pub(super) answered: bool,
    /// The user name as it was last told.
    pub(super) user: UserName,
    /// Whether the device is to be remembered.
    pub(super) skips_days: bool,
}

impl Journey {
    /// Goes on to the next page, under a new csrf token; `false` says that none is left.
    pub(super) fn go_on(&mut self) -> bool {
        let Some(round) = self.rounds.pop_front() else { return false };
        self.round = round;
        self.answered = false;
        self.csrf = csrf();
        true
    }
}

/// A finished sign-in that the first origin has not taken yet.
#[derive(Debug)]
struct Passed {
    state: String,
    handover: Handover,
    user: UserName,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Journeys {
    announced: HashMap<String, Handover>,
    underway: HashMap<String, Journey>,
    passed: HashMap<String, Passed>,
}

impl Journeys {
    /// Announces a browser, and says which address it is to be sent to.
    pub(crate) fn announce(&mut self, handover: Handover) -> String {
        let state = random::handle();
        let query = Serializer::new(String::new())
            .append_pair("client_id", CLIENT)
            .append_pair("redirect_uri", &handover.way_back())
            .append_pair("response_type", "code")
            .append_pair("response_mode", "form_post")
            .append_pair("scope", "openid")
            .append_pair("nonce", &random::handle())
            .append_pair("state", &state)
            .append_pair("login_hint", &handover.typed)
            .finish();
        let address = format!("{}{TENANT}/oauth2/v2.0/authorize?{query}", handover.origins.identity);
        self.announced.insert(state, handover);
        address
    }

    /// Begins the journey of an announced browser.
    pub(super) fn begin(&mut self, state: &str, redirect_uri: &str, pages: &IdentityPages) -> Option<String> {
        let handover = self.announced.get(state)?;
        if handover.way_back() != redirect_uri {
            return None;
        }
        let mut rounds: VecDeque<Round> = Round::first(pages).into();
        let journey = Journey {
            state: state.to_owned(),
            csrf: csrf(),
            round: rounds.pop_front()?,
            rounds,
            answered: false,
            user: UserName::new(&handover.typed),
            skips_days: false,
            handover: handover.clone(),
        };
        let told = json!({ "TID": uuid::Uuid::new_v4() }).to_string();
        let tx = format!("StateProperties={}", URL_SAFE_NO_PAD.encode(told));
        self.underway.insert(tx.clone(), journey);
        Some(tx)
    }

    pub(super) fn find_mut(&mut self, tx: &str) -> Option<&mut Journey> {
        self.underway.get_mut(tx)
    }

    /// Ends a journey well: the code and the state that go back.
    pub(super) fn pass(&mut self, tx: &str) -> Option<(String, String, Handover)> {
        let journey = self.underway.remove(tx)?;
        self.announced.remove(&journey.state);
        let code = random::token();
        let told = (code.clone(), journey.state.clone(), journey.handover.clone());
        let passed = Passed { state: journey.state, handover: journey.handover, user: journey.user };
        self.passed.insert(code, passed);
        Some(told)
    }

    /// Takes a code for good: who signed in, if it comes with its state and from its browser.
    pub(crate) fn take(
        &mut self,
        code: &str,
        state: &str,
        browser: &str,
    ) -> Option<(UserName, Option<String>)> {
        let passed = self.passed.remove(code)?;
        (passed.state == state && passed.handover.browser == browser)
            .then_some((passed.user, passed.handover.path))
    }
}

/// Base64 with its padding and signs: a caller that forgets to encode is noticed.
fn csrf() -> String {
    STANDARD.encode(format!("{};{}==", random::handle(), random::handle()))
}
