//! Walks a sign-in: one request after the other until the redirect URI is named.

use std::collections::HashSet;
use std::time::Duration;

use chain::{RecoveryFailure, Time};
use url::Url;

use super::b2c::{self, Answer};
use super::browser::{Browser, Reply, Trouble};
use super::form::{Blank, Form, Method, Request};
use super::page::{self, Page, Source};
use super::returned;
use super::verdict::{Progress, Sent, Verdict};
use super::{Companion, Consent, Step, Trace, Walk, Walked};
use crate::clock::Clock;
use crate::guard::secret::AuthorizationCode;

/// The longest that a walk may take.
const DEADLINE: Duration = Duration::from_secs(90);

/// Walks from the authorization request to the code.
///
/// A failure after [`Companion::password`] without [`Companion::password_answered`] means that the
/// provider did not tell what it thinks of the password.
pub async fn walk(clock: &Clock, walk: Walk, companion: &mut impl Companion) -> Walked {
    let Ok(browser) = Browser::new(clock.clone(), walk.origins.clone()) else {
        return Walked { outcome: Err(RecoveryFailure::Interrupted), trace: Vec::new() };
    };
    let mut run = Run {
        clock,
        walk,
        browser,
        step: Step::Opening,
        progress: Progress::default(),
        answered: HashSet::new(),
        pending: None,
        trace: Vec::new(),
    };
    let outcome = tokio::select! {
        outcome = run.go(companion) => outcome,
        () = clock.sleep(DEADLINE) => Err(RecoveryFailure::Interrupted),
    };
    run.note("no answer in time");
    Walked { outcome, trace: run.trace }
}

struct Run<'a> {
    clock: &'a Clock,
    walk: Walk,
    browser: Browser,
    step: Step,
    progress: Progress,
    /// The forms that were answered.
    answered: HashSet<String>,
    /// The request whose outcome is not noted yet: host and start.
    pending: Option<(String, Time)>,
    trace: Vec<Trace>,
}

enum Next {
    Request(Box<Request>),
    Code(AuthorizationCode),
}

impl Next {
    fn request(request: Request) -> Self {
        Self::Request(Box::new(request))
    }
}

impl Run<'_> {
    async fn go(&mut self, companion: &mut impl Companion) -> Result<AuthorizationCode, RecoveryFailure> {
        companion.reached(Step::Opening).await;
        let mut from = None;
        let mut request = Request::open(self.walk.start.clone());
        loop {
            let url = request.url.clone();
            match self.take(request, from.as_ref(), companion).await? {
                Next::Code(code) => return Ok(code),
                Next::Request(next) => (request, from) = (*next, Some(url)),
            }
        }
    }

    async fn take(
        &mut self,
        request: Request,
        from: Option<&Url>,
        companion: &mut impl Companion,
    ) -> Result<Next, RecoveryFailure> {
        if self.is_back(&request.url) {
            return self.returned(&request, companion).await.map(Next::Code);
        }
        let host = request.url.host_str().unwrap_or_default().to_owned();
        self.pending = Some((host, self.clock.now()));
        let reply = self.browser.send(&request, from).await;
        let reply = reply.map_err(|trouble| self.trouble(trouble))?;
        if (300..400).contains(&reply.status) {
            return self.redirected(request, &reply).map(Next::request);
        }
        match request.then {
            Some(then) => self.told(then, &reply, companion).await.map(Next::request),
            None => self.shown(&reply, companion).await.map(Next::request),
        }
    }

    fn trouble(&mut self, trouble: Trouble) -> RecoveryFailure {
        let (outcome, failure) = match trouble {
            Trouble::NotAllowed => ("not an allowed address", RecoveryFailure::LeftTheProvider),
            Trouble::TooMany => ("too many requests", RecoveryFailure::Endless),
            Trouble::NoAnswer => ("no answer", RecoveryFailure::ProviderDown),
            Trouble::TooLarge => ("page too large", RecoveryFailure::PageNotUnderstood),
        };
        self.note(outcome);
        failure
    }

    fn redirected(&mut self, request: Request, reply: &Reply) -> Result<Request, RecoveryFailure> {
        let Some(to) = reply.location() else {
            self.note("not understood");
            return Err(RecoveryFailure::PageNotUnderstood);
        };
        self.note("led on");
        let keeps = matches!(reply.status, 307 | 308) && request.method == Method::Post;
        if !keeps || self.is_back(&to) {
            return Ok(Request::open(to));
        }
        // What is sent once is not sent again because somebody points elsewhere.
        if request.holds_secrets || request.then.is_some() {
            return Err(RecoveryFailure::PageNotUnderstood);
        }
        Ok(Request { url: to, ..request })
    }

    /// A page came.
    async fn shown(
        &mut self,
        reply: &Reply,
        companion: &mut impl Companion,
    ) -> Result<Request, RecoveryFailure> {
        let seen = page::read(&Source {
            url: &reply.url,
            content_type: reply.content_type(),
            refresh: reply.refresh(),
            body: &reply.body,
        });
        if is_down(reply.status) && !matches!(seen.page, Page::Captcha) {
            self.note("out of order");
            return Err(RecoveryFailure::ProviderDown);
        }
        self.note(name(&seen.page));
        let verdict = self.progress.judge(&seen);
        self.heed(verdict, companion).await?;
        match seen.page {
            Page::UserName(form)
            | Page::Password(form)
            | Page::SignIn(form)
            | Page::OneTimeCode(form)
            | Page::B2cStep(form) => self.answer(form, companion).await,
            Page::Consent(form) => self.consent(form, companion).await,
            Page::AutoPost(form) => Ok(form.into_request(false)),
            Page::Refresh(to) => Ok(Request::open(to)),
            Page::Captcha => Err(RecoveryFailure::Captcha),
            Page::Refused | Page::Unknown => Err(RecoveryFailure::PageNotUnderstood),
        }
    }

    /// A step that a script sends was answered.
    async fn told(
        &mut self,
        then: Url,
        reply: &Reply,
        companion: &mut impl Companion,
    ) -> Result<Request, RecoveryFailure> {
        if is_down(reply.status) {
            self.note("out of order");
            return Err(RecoveryFailure::ProviderDown);
        }
        let (outcome, verdict) = match b2c::read_answer(&reply.body) {
            Answer::Accepted => ("accepted", self.progress.accepted()),
            Answer::Refused(said) => ("refused", self.progress.refused(said)),
            Answer::Failed => ("out of order", Verdict::ends(RecoveryFailure::ProviderDown)),
            Answer::NotUnderstood => ("not understood", Verdict::ends(RecoveryFailure::PageNotUnderstood)),
        };
        self.note(outcome);
        self.heed(verdict, companion).await?;
        Ok(Request::open(then))
    }

    async fn heed(
        &mut self,
        verdict: Verdict,
        companion: &mut impl Companion,
    ) -> Result<(), RecoveryFailure> {
        if let Some(accepted) = verdict.password {
            companion.password_answered(accepted).await;
        }
        verdict.failure.map_or(Ok(()), Err)
    }

    /// Fills in what a page asks for, each thing once; what is sent is known to be sendable first.
    async fn answer(
        &mut self,
        mut form: Form,
        companion: &mut impl Companion,
    ) -> Result<Request, RecoveryFailure> {
        let [named, password, code] =
            [Blank::UserName, Blank::Password, Blank::Code].map(|blank| form.asks(blank));
        let again =
            (password && self.progress.password != Sent::No) || (code && self.progress.code != Sent::No);
        if again {
            return Err(RecoveryFailure::PageNotUnderstood);
        }
        self.once(&form)?;
        let step = if password {
            Step::Password
        } else if code {
            Step::OneTimeCode
        } else {
            Step::UserName
        };
        if password || code || named {
            self.reach(step, companion).await;
        }
        if named {
            form.fill(Blank::UserName, companion.user_name().expose());
        }
        self.progress.named |= named || password;
        if code {
            form.fill(Blank::Code, companion.code().await?.expose());
            self.progress.code = Sent::Waiting;
        }
        if password {
            form.fill(Blank::Password, companion.password().await?.expose());
            self.progress.password = Sent::Waiting;
        }
        Ok(form.into_request(password || code))
    }

    async fn consent(
        &mut self,
        form: Form,
        companion: &mut impl Companion,
    ) -> Result<Request, RecoveryFailure> {
        match self.walk.consent {
            Consent::Leave => Err(RecoveryFailure::ConsentNeeded),
            Consent::Give => {
                self.once(&form)?;
                self.reach(Step::Consent, companion).await;
                Ok(form.into_request(false))
            }
        }
    }

    /// Each page is answered once, and only where its answer may be sent.
    fn once(&mut self, form: &Form) -> Result<(), RecoveryFailure> {
        if !self.answered.insert(form.mark()) {
            return Err(RecoveryFailure::Endless);
        }
        let may = if self.is_back(form.url()) { Ok(()) } else { self.browser.may_open(form.url()) };
        may.map_err(|trouble| {
            self.pending = Some((form.url().host_str().unwrap_or_default().to_owned(), self.clock.now()));
            self.trouble(trouble)
        })
    }

    /// Whether an address is the redirect URI, whatever it asks.
    fn is_back(&self, url: &Url) -> bool {
        let wanted = &self.walk.redirect_uri;
        url.origin() == wanted.origin() && url.path() == wanted.path()
    }

    /// The redirect URI is named: the code is in its query, or in the form that is meant for it.
    async fn returned(
        &mut self,
        request: &Request,
        companion: &mut impl Companion,
    ) -> Result<AuthorizationCode, RecoveryFailure> {
        self.pending = Some((request.url.host_str().unwrap_or_default().to_owned(), self.clock.now()));
        match returned::read(request, &self.walk.state) {
            Ok(code) => {
                self.reach(Step::Returning, companion).await;
                self.note("code in hand");
                let verdict = self.progress.accepted();
                self.heed(verdict, companion).await?;
                Ok(code)
            }
            Err(refused) => {
                self.note(refused.outcome);
                Err(refused.failure)
            }
        }
    }

    async fn reach(&mut self, step: Step, companion: &mut impl Companion) {
        self.step = step;
        companion.reached(step).await;
    }

    fn note(&mut self, outcome: &'static str) {
        let Some((host, since)) = self.pending.take() else { return };
        let took = self.clock.now().since(since);
        self.trace.push(Trace { step: self.step, host, outcome, took });
    }
}

fn is_down(status: u16) -> bool {
    status >= 500 || status == 429
}

fn name(page: &Page) -> &'static str {
    match page {
        Page::UserName(_) => "asks for the user name",
        Page::Password(_) => "asks for the password",
        Page::SignIn(_) => "asks for user name and password",
        Page::OneTimeCode(_) => "asks for the one-time code",
        Page::B2cStep(_) => "asks for the next step",
        Page::Consent(_) => "asks for consent",
        Page::AutoPost(_) | Page::Refresh(_) => "led on",
        Page::Refused => "refused",
        Page::Captcha => "shows a puzzle",
        Page::Unknown => "not understood",
    }
}
