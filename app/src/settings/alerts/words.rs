//! Alerts in the words of a language.

use crate::language::{Language, say};
use engine::alert::{Answer, Event, Kind, State};

/// What an alert tells of.
pub(super) fn event(language: Language, event: Event) -> String {
    language.text(&format!("alerts.event.{}", event.as_str()))
}

/// How a target is reached.
pub(super) fn kind(language: Language, kind: Kind) -> String {
    language.text(&format!("alerts.kind.{}", kind.as_str()))
}

/// Where a delivery stands.
pub(super) fn state(language: Language, state: State) -> String {
    language.text(&format!("alerts.state.{}", state.as_str()))
}

/// What came of sending an alert.
pub(super) fn answer(language: Language, answer: Answer) -> String {
    match answer {
        Answer::Http(status @ 200..=299) => say!(language, "alerts.answer.http_taken", status = status),
        Answer::Http(status @ 300..=399) => say!(language, "alerts.answer.redirect", status = status),
        Answer::Http(status) => say!(language, "alerts.answer.http", status = status),
        Answer::Smtp(code @ 200..=299) => say!(language, "alerts.answer.smtp_taken", code = code),
        Answer::Smtp(code) => say!(language, "alerts.answer.smtp", code = code),
        Answer::Unreachable => say!(language, "alerts.answer.unreachable"),
        Answer::NoAnswer => say!(language, "alerts.answer.no_answer"),
        Answer::NotSecure => say!(language, "alerts.answer.not_secure"),
        Answer::NotPublic => say!(language, "alerts.answer.not_public"),
        Answer::NoMailServer => say!(language, "alerts.answer.no_mail_server"),
        Answer::NotMade => say!(language, "alerts.answer.not_made"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_of_an_alert_has_words_in_every_language() {
        for language in Language::ALL {
            let events = Event::CHOICES.into_iter().chain([Event::Test]).map(|it| event(language, it));
            let kinds = [Kind::Webhook, Kind::Mail].map(|it| kind(language, it));
            let states = [State::Pending, State::Delivered, State::Failed].map(|it| state(language, it));
            for text in events.chain(kinds).chain(states) {
                assert!(!text.starts_with("alerts."), "{text} in {}", language.code());
            }
        }
    }
}
