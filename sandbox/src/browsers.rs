//! What the sandbox knows of the browsers in front of its pages: forms, sessions, devices.

use std::collections::HashMap;

use crate::chains::Holder;
use crate::random;
use crate::users::UserName;

/// How long a signed-in session lasts; a choice, the real figure is not known.
const SESSION_LIFE: i64 = 3_600_000;

/// The step of the sign-in that a form stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The user name at the start page of the second generation.
    Start,
    UserName,
    Password(UserName),
    OneTimeCode(UserName),
}

/// A form as it was rendered: the fields that must be echoed, and its step.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) view_state: String,
    pub(crate) validation: String,
    pub(crate) step: Step,
}

/// An app's request to be let back in with a code.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) holder: Holder,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) code_challenge: Option<String>,
}

#[derive(Debug)]
struct Session {
    user: UserName,
    until: i64,
}

/// All browsers, by the cookies they hold.
#[derive(Debug, Default)]
pub(crate) struct Browsers {
    forms: HashMap<String, Form>,
    sessions: HashMap<String, Session>,
    devices: HashMap<String, UserName>,
    questions: HashMap<String, Wish>,
}

impl Browsers {
    /// Renders a form anew for this browser; the one before is worth nothing any more.
    pub(crate) fn render(&mut self, browser: &str, step: Step) -> Form {
        let form = Form { view_state: random::handle(), validation: random::handle(), step };
        self.forms.insert(browser.to_owned(), form.clone());
        form
    }

    pub(crate) fn form(&self, browser: &str) -> Option<&Form> {
        self.forms.get(browser)
    }

    pub(crate) fn sign_in(&mut self, browser: &str, user: UserName, now: i64) -> String {
        self.forms.remove(browser);
        let cookie = random::handle();
        let until = now.saturating_add(SESSION_LIFE);
        self.sessions.insert(cookie.clone(), Session { user, until });
        cookie
    }

    pub(crate) fn signed_in(&self, session: &str, now: i64) -> Option<UserName> {
        let session = self.sessions.get(session)?;
        (now < session.until).then(|| session.user.clone())
    }

    pub(crate) fn remember(&mut self, user: UserName) -> String {
        let device = random::handle();
        self.devices.insert(device.clone(), user);
        device
    }

    pub(crate) fn remembers(&self, device: &str, user: &UserName) -> bool {
        self.devices.get(device) == Some(user)
    }

    /// Keeps a wish until the user answered the consent page.
    pub(crate) fn ask(&mut self, wish: Wish) -> String {
        let ticket = random::handle();
        self.questions.insert(ticket.clone(), wish);
        ticket
    }

    /// The wish that was asked for, if it is this user who answers; each is answered once.
    pub(crate) fn answered(&mut self, ticket: &str, user: &UserName) -> Option<Wish> {
        if &self.questions.get(ticket)?.holder.user != user {
            return None;
        }
        self.questions.remove(ticket)
    }
}
