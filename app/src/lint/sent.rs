//! The form as a browser sent it.

use crate::error::AppError;
use leptos::server_fn::codec::MultipartData;
use policy::lint::{self, Origin, Report, Unread};

/// The most bytes of a file that are looked at, an archive too.
const MOST_FILE: u64 = 4 * 1024 * 1024;
/// The longest text that comes back with the form, in bytes.
const MOST_BACK: usize = 64 * 1024;

/// A file or a text to check.
#[derive(Default)]
pub struct Sent {
    name: String,
    file: Vec<u8>,
    text: Vec<u8>,
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
            let file_name = field.file_name().unwrap_or_default().to_owned();
            // One more than is looked at, so that it is too large.
            let most = usize::try_from(MOST_FILE + 1).unwrap_or(usize::MAX);
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(|_| AppError::NotUnderstood)? {
                let room = most.saturating_sub(bytes.len()).min(chunk.len());
                bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
            }
            match name.as_str() {
                "file" => (sent.name, sent.file) = (file_name, bytes),
                "text" => sent.text = bytes,
                _ => {}
            }
        }
        Ok(sent)
    }

    /// What is in the file, or else in the text; nothing when there is neither.
    pub fn check(&self) -> Option<Report> {
        if !self.name.is_empty() || !self.file.is_empty() {
            if self.file.len() as u64 > MOST_FILE {
                let mut report = Report::default();
                report.refuse(Origin::file(&self.name), Unread::TooLarge { most: MOST_FILE });
                return Some(report);
            }
            return Some(lint::check(&self.name, &self.file));
        }
        (!self.text.trim_ascii().is_empty()).then(|| lint::check("", &self.text))
    }

    /// The text, to come back with the form; none that is too long for that.
    pub fn text(&self) -> String {
        let short = Some(self.text.clone()).filter(|text| text.len() <= MOST_BACK);
        short.and_then(|text| String::from_utf8(text).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::lint::Outcome;

    fn outcome(name: &str, file: &[u8], text: &str) -> Option<Outcome> {
        let sent = Sent { name: name.to_owned(), file: file.to_vec(), text: text.as_bytes().to_vec() };
        sent.check().map(|report| report.outcome())
    }

    #[test]
    fn a_file_goes_before_a_text_and_nothing_is_nothing() {
        let sound = "<OAuthV2><Operation>VerifyAccessToken</Operation></OAuthV2>";
        assert_eq!(outcome("", b"", " \r\n"), None);
        assert_eq!(outcome("", b"", sound), Some(Outcome::Clean));
        assert_eq!(outcome("a.xml", b"<OAuthV2/>", sound), Some(Outcome::Findings));
        assert_eq!(outcome("a.xml", b"", sound), Some(Outcome::Unreadable));
    }

    #[test]
    fn what_is_too_large_is_said_to_be() {
        let large = vec![b' '; usize::try_from(MOST_FILE).expect("a size") + 1];
        assert_eq!(outcome("a.zip", &large, ""), Some(Outcome::Unreadable));
        let sent = Sent { text: vec![b'x'; MOST_BACK + 1], ..Sent::default() };
        assert_eq!(sent.text(), "");
    }
}
