//! What the forms of these pages are sent to.

use crate::desk::sign_in_address;
use crate::error::AppError;
use crate::flash::{self, Flash};
use crate::language::{Language, say};
use crate::session;
use crate::visit::{Visit, encode, go, own_path};
use chain::OperatorId;
use engine::guard::secret::Password;
use engine::{SetUpError, SignInError};
use leptos::prelude::*;

/// Signs an operator in.
#[server(prefix = "/do", endpoint = "sign-in")]
pub async fn sign_in(
    name: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let visit = Visit::here()?;
    let back = sign_in_address(own_path(&next).unwrap_or_default());
    match visit.engine.sign_in(&name, Password::new(password), visit.from).await {
        Ok(operator) => match session::sign_in(&visit.session, operator).await {
            Ok(()) => {
                note_sign_in(&visit, operator).await;
                go(&way_on(&next));
            }
            Err(error) => return Err(visit.fail(&back, &error).await),
        },
        Err(SignInError::Store(error)) => return Err(visit.fail(&back, &error).await),
        Err(error) => {
            let text = refusal(visit.language, &error);
            return Err(refuse(&visit, "sign-in", &back, "password", text, name).await);
        }
    }
    Ok(())
}

/// Makes the first operator and signs them in.
#[server(prefix = "/do", endpoint = "set-up")]
pub async fn set_up(token: String, name: String, password: String) -> Result<(), AppError> {
    let visit = Visit::here()?;
    let back = format!("/set-up/{}", encode(&token));
    let operator = match visit.engine.set_up(&token, &name, Password::new(password)).await {
        Ok(operator) => operator,
        Err(error @ (SetUpError::Store(_) | SetUpError::Hash(_))) => {
            return Err(visit.fail(&back, &error).await);
        }
        Err(error) => {
            let (field, text) = set_up_refusal(visit.language, &error);
            return Err(refuse(&visit, "set-up", &back, field, text, name).await);
        }
    };
    match session::sign_in(&visit.session, operator).await {
        Ok(()) => {
            note_sign_in(&visit, operator).await;
            go("/databases");
        }
        Err(error) => return Err(visit.fail("/sign-in", &error).await),
    }
    Ok(())
}

/// Writes down who signed in; whoever did so is not kept out when that fails.
async fn note_sign_in(visit: &Visit, operator: OperatorId) {
    let noted = match visit.engine.operator(operator).await {
        Ok(Some(operator)) => operator.at(visit.from).note_sign_in().await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = noted {
        tracing::error!(error = engine::report(&error), "a sign-in was not written down");
    }
}

/// Where somebody goes once signed in. A renew link leads to the provider, where a browser does not
/// let the answer to a form lead: a page in between leads on.
pub(super) fn way_on(next: &str) -> String {
    match own_path(next) {
        Some(renew) if renew.starts_with("/renew/") => format!("/go-on?to={}", encode(renew)),
        Some(other) => other.to_owned(),
        None => "/databases".to_owned(),
    }
}

async fn refuse(visit: &Visit, form: &str, back: &str, field: &str, text: String, name: String) -> AppError {
    let flash = Flash {
        form: Some(form.to_owned()),
        errors: vec![(field.to_owned(), text)],
        values: vec![("name".to_owned(), name)],
        notice: None,
    };
    flash::leave(&visit.session, &flash).await;
    go(back);
    AppError::Refused
}

fn refusal(language: Language, error: &SignInError) -> String {
    match error {
        SignInError::Wrong => say!(language, "sign_in.wrong"),
        SignInError::TooManyTries { retry_after } => {
            say!(language, "sign_in.too_many", seconds = retry_after.as_secs().max(1))
        }
        SignInError::Store(_) => say!(language, "failure.notice"),
    }
}

fn set_up_refusal(language: Language, error: &SetUpError) -> (&'static str, String) {
    match error {
        SetUpError::Link => ("link", say!(language, "set_up.used")),
        SetUpError::Password => ("password", say!(language, "set_up.password_hint")),
        SetUpError::Name => ("name", say!(language, "problem.too_long", most = 100)),
        SetUpError::NameTaken => ("name", say!(language, "problem.taken")),
        SetUpError::Unknown | SetUpError::Store(_) | SetUpError::Hash(_) => {
            ("name", say!(language, "failure.notice"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::way_on;

    #[test]
    fn whoever_signs_in_goes_where_they_wanted_to_and_never_elsewhere() {
        assert_eq!(way_on(""), "/databases");
        assert_eq!(way_on("/repairs"), "/repairs");
        assert_eq!(way_on("https://evil.example/"), "/databases");
        assert_eq!(way_on("/renew/a/b?return_to=/x"), "/go-on?to=%2Frenew%2Fa%2Fb%3Freturn_to%3D%2Fx");
    }
}
