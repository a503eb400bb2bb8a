//! One message from a form to the page that is shown next. It lies in the session, so that nothing
//! of it is in an address; secrets are never put into it.

use crate::ui::Tone;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

const KEY: &str = "flash";

/// What a form left for the next page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The form, if it was refused.
    pub form: Option<String>,
    /// What is wrong with which field.
    pub errors: Vec<(String, String)>,
    /// What was in the fields.
    pub values: Vec<(String, String)>,
    /// How it went.
    pub notice: Option<(Tone, String)>,
}

impl Flash {
    /// What there is to say.
    pub fn saying(tone: Tone, text: String) -> Self {
        Self { notice: Some((tone, text)), ..Self::default() }
    }

    /// What is wrong with a field of a form.
    pub fn error(&self, form: &str, field: &str) -> Option<String> {
        self.lookup(form, &self.errors, field)
    }

    /// What was in a field of a form that was refused.
    pub fn value(&self, form: &str, field: &str) -> Option<String> {
        self.lookup(form, &self.values, field)
    }

    /// Whether this form was refused.
    pub fn refused(&self, form: &str) -> bool {
        self.form.as_deref() == Some(form)
    }

    fn lookup(&self, form: &str, list: &[(String, String)], field: &str) -> Option<String> {
        if !self.refused(form) {
            return None;
        }
        list.iter().find(|(name, _)| name == field).map(|(_, text)| text.clone())
    }
}

/// Leaves a message for the next page; a message that cannot be left is not worth a failure.
pub async fn leave(session: &Session, flash: &Flash) {
    if let Err(error) = session.insert(KEY, flash).await {
        tracing::warn!(error = engine::report(&error), "could not leave a message in the session");
    }
}

/// Takes the message that the last form left.
pub async fn take(session: &Session) -> Flash {
    match session.get::<Flash>(KEY).await {
        Ok(None) => Flash::default(),
        Ok(Some(flash)) => {
            let _ = session.remove::<Flash>(KEY).await;
            flash
        }
        Err(error) => {
            tracing::warn!(error = engine::report(&error), "could not take the message in the session");
            Flash::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_form_left_is_not_shown_at_another() {
        let flash = Flash {
            form: Some("create-database".into()),
            errors: vec![("name".into(), "is empty".into())],
            values: vec![("name".into(), " ".into())],
            notice: None,
        };
        assert_eq!(flash.error("create-database", "name").as_deref(), Some("is empty"));
        assert_eq!(flash.value("create-database", "name").as_deref(), Some(" "));
        assert_eq!(flash.error("create-database", "slug"), None);
        assert_eq!(flash.error("rename-database", "name"), None);
    }
}
