//! A visit of somebody who is signed in.

use crate::error::AppError;
use crate::flash::{self, Flash};
use crate::language::{Language, say};
use crate::policies;
use crate::session;
use crate::ui::Tone;
use crate::visit::{Visit, encode, go};
use crate::words;
use engine::{FormError, Operator, Problem};

/// Somebody signed in, and the request they sent.
#[derive(Clone)]
pub struct Desk {
    /// The request.
    pub visit: Visit,
    /// What they may do.
    pub operator: Operator,
}

/// A form as it was sent: what is left for the page when it is refused. Secrets stay out of it.
pub struct Form {
    /// Its name; of several of one kind on a page, with what it is about behind.
    pub name: String,
    /// The page it is on.
    pub back: String,
    /// What was in its fields.
    pub values: Vec<(&'static str, String)>,
}

impl Form {
    /// The form for the page that it goes back to, with what is wrong with which field.
    pub fn into_flash(self, errors: Vec<(String, String)>) -> Flash {
        let values = self.values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Flash { form: Some(self.name), errors, values, notice: None }
    }
}

impl Desk {
    /// The desk of the request that is being answered; somebody who is not signed in is sent to
    /// the sign-in page and comes back from there.
    ///
    /// # Errors
    /// [`AppError::SignInFirst`], or when session or store cannot be read.
    pub async fn open() -> Result<Self, AppError> {
        let visit = Visit::here()?;
        match session::signed_in(&visit.session, &visit.engine).await {
            Ok(Some(operator)) => {
                let operator = operator.at(visit.from);
                Ok(Self { visit, operator })
            }
            Ok(None) => {
                // A form is not sent again: its page is what one comes back to.
                let next = if visit.path.starts_with("/do/") { String::new() } else { visit.address() };
                go(&sign_in_address(&next));
                Err(AppError::SignInFirst)
            }
            Err(error) => {
                tracing::error!(error = engine::report(&error), "could not find out who is signed in");
                Err(AppError::Failed)
            }
        }
    }

    /// The language of the answer.
    pub fn language(&self) -> Language {
        self.visit.language
    }

    /// Ends a form: on success goes to a page and says what was done, else goes back to the form,
    /// which then shows what is wrong.
    ///
    /// # Errors
    /// When the form was refused.
    pub async fn settle<T>(
        &self,
        form: Form,
        done: Result<T, FormError>,
        success: impl FnOnce(T) -> (String, String),
    ) -> Result<(), AppError> {
        let (field, problem) = match done {
            Ok(made) => {
                let (path, text) = success(made);
                self.visit.go_saying(&path, Tone::Good, text).await;
                return Ok(());
            }
            Err(FormError::Invalid { field, problem }) => (field, problem),
            Err(FormError::NotFound) => return Err(self.gone(&form.back).await),
            Err(error @ (FormError::Store(_) | FormError::Guard(_))) => {
                return Err(self.visit.fail(&form.back, &error).await);
            }
        };
        let back = form.back.clone();
        let errors = vec![(field.to_owned(), problem_text(self.language(), &problem))];
        flash::leave(&self.visit.session, &form.into_flash(errors)).await;
        go(&back);
        Err(AppError::Refused)
    }

    /// What was to be changed is not there any more.
    pub async fn gone(&self, back: &str) -> AppError {
        self.visit.go_saying(back, Tone::Bad, say!(self.language(), "failure.gone")).await;
        AppError::NotFound
    }
}

/// The sign-in page, with the way back.
pub fn sign_in_address(next: &str) -> String {
    if next.is_empty() { "/sign-in".to_owned() } else { format!("/sign-in?next={}", encode(next)) }
}

/// What is wrong with a field, in words.
pub fn problem_text(language: Language, problem: &Problem) -> String {
    match problem {
        Problem::Empty => say!(language, "problem.empty"),
        Problem::TooLong { most } => say!(language, "problem.too_long", most = most),
        Problem::Taken => say!(language, "problem.taken"),
        Problem::BadCharacters => say!(language, "problem.bad_characters"),
        Problem::NotAUrl => say!(language, "problem.not_a_url"),
        Problem::Unknown => say!(language, "problem.unknown"),
        Problem::Timing(what) => say!(language, "problem.timing", what = what),
        Problem::NotAnAddress => say!(language, "problem.not_an_address"),
        Problem::NotAPointer => say!(language, "problem.not_a_pointer"),
        Problem::OwnParameter(name) => say!(language, "problem.own_parameter", name = name),
        Problem::NotUnderstood(what) => say!(language, "problem.not_understood", what = what),
        Problem::InUse { by } => say!(language, "problem.in_use", by = by),
        Problem::NotConnected => say!(language, "problem.not_connected"),
        Problem::OutOfBounds { least, most } => {
            say!(language, "problem.out_of_bounds", least = least, most = most)
        }
        Problem::NotAgreed => say!(language, "problem.not_agreed"),
        Problem::NotAccepted => say!(language, "problem.not_accepted"),
        Problem::Busy => say!(language, "problem.busy"),
        Problem::NotPublic => say!(language, "alerts.problem.not_public"),
        Problem::NotAMailbox => say!(language, "alerts.problem.not_a_mailbox"),
        Problem::NoMailServer => say!(language, "alerts.problem.no_mail_server"),
        Problem::Policy(error) => policies::refused(language, error),
        Problem::OneTime(problem) => words::one_time(language, problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::guard::one_time::OneTimeProblem;
    use policy::PolicyError;
    use std::time::Duration;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn the_way_back_survives_the_sign_in_page() {
        assert_eq!(sign_in_address(""), "/sign-in");
        let address = sign_in_address("/databases?search=a&page=2");
        assert_eq!(address, "/sign-in?next=%2Fdatabases%3Fsearch%3Da%26page%3D2");
    }

    #[test]
    fn every_problem_has_words_in_every_language() {
        let problems = [
            Problem::Empty,
            Problem::TooLong { most: 60 },
            Problem::Taken,
            Problem::BadCharacters,
            Problem::NotAUrl,
            Problem::Unknown,
            Problem::Timing("x".to_owned()),
            Problem::NotAnAddress,
            Problem::NotAPointer,
            Problem::OwnParameter("state".to_owned()),
            Problem::NotUnderstood("x".to_owned()),
            Problem::InUse { by: 3 },
            Problem::NotConnected,
            Problem::OutOfBounds { least: 1, most: 90 },
            Problem::NotAgreed,
            Problem::NotAccepted,
            Problem::Busy,
            Problem::NotPublic,
            Problem::NotAMailbox,
            Problem::NoMailServer,
            Problem::Policy(PolicyError::RefreshEndsFirst { access: DAY, refresh: DAY }),
            Problem::OneTime(OneTimeProblem::Empty),
            Problem::OneTime(OneTimeProblem::NotBase32),
            Problem::OneTime(OneTimeProblem::TooShort),
            Problem::OneTime(OneTimeProblem::Hotp),
            Problem::OneTime(OneTimeProblem::Digits(8)),
            Problem::OneTime(OneTimeProblem::Period(60)),
            Problem::OneTime(OneTimeProblem::Algorithm("MD5".to_owned())),
            Problem::OneTime(OneTimeProblem::NotAnAddress),
            Problem::OneTime(OneTimeProblem::PictureTooLarge),
            Problem::OneTime(OneTimeProblem::PictureNotReadable),
            Problem::OneTime(OneTimeProblem::NoQrCode),
            Problem::OneTime(OneTimeProblem::NoSecretInside),
        ];
        for language in Language::ALL {
            for problem in &problems {
                let text = problem_text(language, problem);
                assert!(
                    !text.starts_with("problem.") && !text.starts_with("alerts.") && !text.contains("%{"),
                    "{text}"
                );
            }
        }
    }
}
