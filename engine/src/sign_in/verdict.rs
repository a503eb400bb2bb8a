//! What the next page tells about what was sent: each thing is sent once, so a page that asks for
//! it again refuses it.

use chain::RecoveryFailure;

use super::form::Blank;
use super::page::{Page, Seen};
use super::words::{Refusal, Said};

/// What became of something that is sent once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sent {
    /// It was not sent.
    #[default]
    No,
    /// It was sent and nothing told yet.
    Waiting,
    /// The provider accepted it.
    Accepted,
}

/// What was sent so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    pub(super) named: bool,
    pub(super) password: Sent,
    pub(super) code: Sent,
}

/// What a page or an answer means for what was sent before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// What it tells about the password, if anything.
    pub(super) password: Option<bool>,
    /// Why the walk ends here, if it does.
    pub(super) failure: Option<RecoveryFailure>,
}

impl Verdict {
    const NOTHING: Self = Self { password: None, failure: None };

    pub(super) const fn ends(failure: RecoveryFailure) -> Self {
        Self { password: None, failure: Some(failure) }
    }

    const WRONG_PASSWORD: Self =
        Self { password: Some(false), failure: Some(RecoveryFailure::WrongPassword) };
}

impl Progress {
    /// What a page means.
    pub(super) fn judge(&mut self, seen: &Seen) -> Verdict {
        let said = seen.said;
        let asks = |blank: Blank| seen.page.form().is_some_and(|form| form.asks(blank));
        let over = asks(Blank::UserName) || asks(Blank::Password);
        let refused = matches!(seen.page, Page::Refused);
        if matches!(seen.page, Page::Captcha) {
            return Verdict::ends(RecoveryFailure::Captcha);
        }
        if self.named && said.has(Refusal::Locked) && (over || refused || asks(Blank::Code)) {
            return Verdict::ends(RecoveryFailure::AccountLocked);
        }
        if self.password == Sent::Waiting && (over || (refused && said.has(Refusal::Password))) {
            return self.refused(said);
        }
        let again = asks(Blank::Code) || ((over || refused) && said.has(Refusal::Code));
        if self.code == Sent::Waiting && again {
            return Verdict::ends(RecoveryFailure::WrongCode);
        }
        if refused && said.has(Refusal::Outage) {
            return Verdict::ends(RecoveryFailure::ProviderDown);
        }
        // Whom it does not know, it asks for once more.
        let unknown = self.named && self.password == Sent::No && said.has(Refusal::Password);
        if unknown && (refused || asks(Blank::UserName)) {
            return Verdict::WRONG_PASSWORD.of_the_name();
        }
        if asks(Blank::Code) || matches!(seen.page, Page::Consent(_) | Page::B2cStep(_)) {
            return self.accepted();
        }
        Verdict::NOTHING
    }

    /// Whatever was sent last was accepted.
    pub(super) fn accepted(&mut self) -> Verdict {
        let told = self.password == Sent::Waiting;
        for sent in [&mut self.password, &mut self.code] {
            if *sent == Sent::Waiting {
                *sent = Sent::Accepted;
            }
        }
        Verdict { password: told.then_some(true), failure: None }
    }

    /// Whatever was sent last was refused, in these words.
    pub(super) fn refused(&self, said: Said) -> Verdict {
        let about_code = said.has(Refusal::Code) && !said.has(Refusal::Password);
        if said.has(Refusal::Locked) {
            Verdict::ends(RecoveryFailure::AccountLocked)
        } else if said.has(Refusal::Puzzle) {
            Verdict::ends(RecoveryFailure::Captcha)
        } else if said.has(Refusal::Outage) && !said.has(Refusal::Password) && !said.has(Refusal::Code) {
            Verdict::ends(RecoveryFailure::ProviderDown)
        } else if self.code == Sent::Waiting && (about_code || self.password != Sent::Waiting) {
            Verdict::ends(RecoveryFailure::WrongCode)
        } else if self.password == Sent::Waiting {
            Verdict::WRONG_PASSWORD
        } else if said.has(Refusal::Password) {
            Verdict::WRONG_PASSWORD.of_the_name()
        } else {
            Verdict::ends(RecoveryFailure::PageNotUnderstood)
        }
    }
}

impl Verdict {
    /// The name was refused before any password was sent.
    const fn of_the_name(self) -> Self {
        Self { password: None, ..self }
    }
}
