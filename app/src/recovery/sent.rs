use crate::database::recovery_page;
use crate::error::AppError;
use chain::ContainerId;
use engine::guard::secret::{Password, TotpText, UserName};
use engine::{CredentialsForm, OneTimeInput};
use leptos::server_fn::codec::MultipartData;

/// The most bytes of a text that are kept; every field is refused before it is this long.
const MOST_TEXT: usize = 64 * 1024;
/// The most bytes of a picture that are kept: one more than is looked at, so that it is too large.
const MOST_PICTURE: usize = 5 * 1024 * 1024 + 1;

/// The form with the credentials, as a browser sent it.
#[derive(Default)]
pub struct Sent {
    database: String,
    alias: String,
    container: String,
    user_name: String,
    password: Option<Password>,
    one_time: Option<TotpText>,
    picture: Vec<u8>,
    days: String,
    consent: bool,
}

impl Sent {
    /// Reads a form to its end, so that whoever sent too much still gets an answer.
    ///
    /// # Errors
    /// [`AppError::NotUnderstood`] when it breaks off, or is no form.
    pub async fn read(data: MultipartData) -> Result<Self, AppError> {
        let mut form = data.into_inner().ok_or(AppError::NotUnderstood)?;
        let mut sent = Self::default();
        while let Some(mut field) = form.next_field().await.map_err(|_| AppError::NotUnderstood)? {
            let name = field.name().unwrap_or_default().to_owned();
            let most = if name == "picture" { MOST_PICTURE } else { MOST_TEXT };
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(|_| AppError::NotUnderstood)? {
                let room = most.saturating_sub(bytes.len()).min(chunk.len());
                bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
            }
            sent.put(&name, bytes)?;
        }
        Ok(sent)
    }

    fn put(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), AppError> {
        if name == "picture" {
            self.picture = bytes;
            return Ok(());
        }
        let text = String::from_utf8(bytes).map_err(|_| AppError::NotUnderstood)?;
        match name {
            "database" => self.database = text,
            "alias" => self.alias = text,
            "container" => self.container = text,
            "user_name" => self.user_name = text,
            "password" => self.password = Some(Password::new(text)),
            "one_time" => self.one_time = Some(TotpText::new(text)),
            "days" => self.days = text,
            "consent" => self.consent = text == "true",
            _ => {}
        }
        Ok(())
    }

    /// The container.
    ///
    /// # Errors
    /// [`AppError::NotUnderstood`] when it is named by no id.
    pub fn container(&self) -> Result<ContainerId, AppError> {
        self.container.parse().map_err(|_| AppError::NotUnderstood)
    }

    /// The page that it was sent from.
    pub fn page(&self) -> String {
        recovery_page(&self.database, &self.alias)
    }

    /// What is left for the page when it is refused: all but the secrets.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            ("user_name", self.user_name.clone()),
            ("days", self.days.clone()),
            ("consent", self.consent.to_string()),
        ]
    }

    /// What was entered; what was left empty stays as it is stored.
    pub fn form(self) -> CredentialsForm {
        let one_time = one_time(self.one_time, self.picture);
        let name = self.user_name.trim();
        CredentialsForm {
            user_name: (!name.is_empty()).then(|| UserName::new(name.to_owned())),
            password: self.password.filter(|password| !password.expose().is_empty()),
            one_time,
            // What is no number is none that may be chosen.
            days: self.days.trim().parse().unwrap_or(0),
            consent: self.consent,
        }
    }

    /// What holds the secret of one-time codes, if anything was entered.
    pub fn into_one_time(self) -> Option<OneTimeInput> {
        one_time(self.one_time, self.picture)
    }
}

fn one_time(text: Option<TotpText>, picture: Vec<u8>) -> Option<OneTimeInput> {
    match text.filter(|text| !text.expose().trim().is_empty()) {
        Some(text) => Some(OneTimeInput::Text(text)),
        None => (!picture.is_empty()).then_some(OneTimeInput::Picture(picture)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(fields: &[(&str, &str)]) -> Sent {
        let mut sent = Sent::default();
        for (name, text) in fields {
            sent.put(name, text.as_bytes().to_vec()).expect("it is text");
        }
        sent
    }

    #[test]
    fn what_was_left_empty_stays_as_it_is_stored() {
        let form = sent(&[("user_name", " "), ("password", ""), ("one_time", " "), ("days", "30")]).form();
        assert!(form.user_name.is_none() && form.password.is_none() && form.one_time.is_none());
        assert_eq!((form.days, form.consent), (30, false));
    }

    #[test]
    fn secrets_are_not_left_for_the_page() {
        let sent = sent(&[("user_name", "anna"), ("password", "hush"), ("one_time", "hush"), ("days", "x")]);
        let values = sent.values();
        assert!(values.contains(&("user_name", "anna".to_owned())));
        assert!(values.iter().all(|(_, value)| value != "hush"), "{values:?}");
        assert_eq!(sent.form().days, 0);
    }

    #[test]
    fn a_typed_secret_goes_before_a_picture() {
        let mut both = sent(&[("one_time", "ABC")]);
        both.put("picture", vec![1]).expect("it is a picture");
        assert!(matches!(both.into_one_time(), Some(OneTimeInput::Text(_))));
        let mut one = sent(&[("one_time", "")]);
        one.put("picture", vec![1]).expect("it is a picture");
        assert!(matches!(one.into_one_time(), Some(OneTimeInput::Picture(_))));
        assert!(sent(&[]).into_one_time().is_none());
    }

    #[test]
    fn a_text_that_is_none_is_refused() {
        assert!(Sent::default().put("password", vec![0xff]).is_err());
    }
}
