//! The engine's values in the words of a language.

mod recovery;

pub use recovery::{SOON, days, failure, outcome, run_kind, shield, took, trace_outcome, trace_step};

use crate::language::{Language, say};
use crate::live::{ContainerNow, FaultWords, NextNow, Repairs, StandingNow};
use chain::{Fault, Wake};
use engine::guard::one_time::OneTimeProblem;
use engine::view::{ContainerStatus, RunningView, StateName};

/// A state in a word or two.
pub fn state(language: Language, state: StateName) -> String {
    language.text(&format!("state.{}", state.as_str()))
}

/// A fault in words: what is wrong, what it means, what to do.
pub fn fault(language: Language, fault: Fault) -> FaultWords {
    let code = fault.code();
    FaultWords {
        code: code.to_owned(),
        title: language.text(&format!("fault.{code}.title")),
        text: language.text(&format!("fault.{code}.text")),
        next: language.text(&format!("fault.{code}.next")),
    }
}

/// The title of a message code, of whatever kind; `None` for a code that is not known.
pub fn code_title(language: Language, code: &str) -> Option<String> {
    language.find(&format!("fault.{code}.title"))
}

/// How many databases need repair.
pub fn repairs(language: Language, count: u64) -> Repairs {
    let words = match count {
        0 => say!(language, "repairs.none"),
        1 => say!(language, "repairs.one"),
        _ => say!(language, "repairs.many", count = count),
    };
    Repairs { count, words }
}

/// An automatic step in words.
pub fn step(language: Language, wake: Wake) -> String {
    match wake {
        Wake::KeepWarm => say!(language, "step.keep_warm"),
        Wake::KeepAlive => say!(language, "step.keep_alive"),
        Wake::Activate => say!(language, "step.activate"),
        Wake::Expire => say!(language, "step.expire"),
        Wake::LeaseEnds => say!(language, "step.lease_ends"),
        Wake::Resend => say!(language, "step.resend"),
        Wake::GiveUp => say!(language, "step.give_up"),
        Wake::Retry => say!(language, "step.retry"),
        Wake::RecoveryEnds => say!(language, "step.recovery_ends"),
        Wake::RecoverAgain => say!(language, "step.recover_again"),
    }
}

/// What the journal says was done; an unknown word is shown as it is.
pub fn action(language: Language, action: &str) -> String {
    language.find(&format!("journal.{action}")).unwrap_or_else(|| action.replace('_', " "))
}

/// Who did it.
pub fn actor(language: Language, actor: &str) -> String {
    match actor.strip_prefix("operator:") {
        Some(name) => name.to_owned(),
        None if actor == "stranger" => say!(language, "journal_by.stranger"),
        None => say!(language, "journal_by.system"),
    }
}

/// Why there is no usable secret of one-time codes in what was entered.
pub fn one_time(language: Language, problem: &OneTimeProblem) -> String {
    match problem {
        OneTimeProblem::Empty => say!(language, "problem.empty"),
        OneTimeProblem::NotBase32 => say!(language, "problem.one_time.not_base32"),
        OneTimeProblem::TooShort => say!(language, "problem.one_time.too_short"),
        OneTimeProblem::Hotp => say!(language, "problem.one_time.hotp"),
        OneTimeProblem::Digits(digits) => say!(language, "problem.one_time.digits", digits = digits),
        OneTimeProblem::Period(seconds) => say!(language, "problem.one_time.period", seconds = seconds),
        OneTimeProblem::Algorithm(name) => say!(language, "problem.one_time.algorithm", name = name),
        OneTimeProblem::NotAnAddress => say!(language, "problem.one_time.not_an_address"),
        OneTimeProblem::PictureTooLarge => say!(language, "problem.one_time.picture_too_large"),
        OneTimeProblem::PictureNotReadable => say!(language, "problem.one_time.picture_not_readable"),
        OneTimeProblem::NoQrCode => say!(language, "problem.one_time.no_qr_code"),
        OneTimeProblem::NoSecretInside => say!(language, "problem.one_time.no_secret_inside"),
    }
}

/// A provider and where it is: `Exact Online · NL`, or the host of another server.
pub fn provider(provider: &str, place: &str) -> String {
    match (provider, place) {
        ("exact", country) => format!("Exact Online · {}", country.to_uppercase()),
        ("custom", host) if !host.is_empty() => host.to_owned(),
        (other, _) => other.to_owned(),
    }
}

/// What of a container changes while somebody looks.
pub fn container(
    language: Language,
    id: chain::ContainerId,
    status: &ContainerStatus,
    now: i64,
) -> ContainerNow {
    let millis = |time: Option<chain::Time>| time.map(chain::Time::millis);
    ContainerNow {
        id: id.to_string(),
        standing: StandingNow {
            state: status.state.as_str().to_owned(),
            words: standing(language, status),
            fault: status.fault.map(|it| fault(language, it)),
        },
        access_until: millis(status.access_until),
        // A dead link ends no more.
        refresh_until: millis(
            status
                .refresh_until
                .filter(|_| !matches!(status.state, StateName::Broken | StateName::Recovering)),
        ),
        refreshed_at: millis(status.last_refreshed_at),
        refresh_from: millis(status.refresh_from),
        next: status.next_step.map(|(wake, at)| NextNow { what: step(language, wake), at: at.millis() }),
        shield: shield(language, &status.recovery, now),
    }
}

/// The state in a word or two; of a recovery also how far it is.
fn standing(language: Language, status: &ContainerStatus) -> String {
    match (status.state, status.recovery.running) {
        (StateName::Recovering, Some((_, step))) => {
            say!(language, "recovery.chip", step = step, of = RunningView::STEPS)
        }
        (other, _) => state(language, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_words_in_every_language() {
        for language in Language::ALL {
            for it in Fault::ALL {
                let words = fault(language, it);
                for text in [&words.title, &words.text, &words.next] {
                    assert!(!text.starts_with("fault."), "{text} in {}", language.code());
                }
            }
            for it in chain::RecoveryFailure::ALL {
                let words = failure(language, it);
                for text in [&words.title, &words.text, &words.next] {
                    assert!(!text.starts_with("fault."), "{text} in {}", language.code());
                }
            }
        }
    }

    #[test]
    fn every_state_has_a_word_in_every_language() {
        let states = [
            StateName::Unlinked,
            StateName::Live,
            StateName::Spending,
            StateName::InDoubt,
            StateName::Waiting,
            StateName::Recovering,
            StateName::Broken,
        ];
        for language in Language::ALL {
            for it in states {
                assert!(!state(language, it).starts_with("state."), "{}", it.as_str());
            }
        }
    }

    #[test]
    fn one_database_is_not_said_in_the_plural() {
        assert_eq!(repairs(Language::English, 1).words, "1 database needs repair");
        assert_eq!(repairs(Language::English, 3).words, "3 databases need repair");
        assert_eq!(repairs(Language::Dutch, 3).words, "3 databases moeten hersteld worden");
    }

    #[test]
    fn a_provider_is_named_by_its_country_or_its_host() {
        assert_eq!(provider("exact", "nl"), "Exact Online · NL");
        assert_eq!(provider("custom", "id.example"), "id.example");
        assert_eq!(provider("custom", ""), "custom");
    }

    #[test]
    fn a_journal_word_that_is_not_known_is_still_readable() {
        assert_eq!(action(Language::English, "refreshed"), "Access token renewed");
        assert_eq!(action(Language::English, "some_new_thing"), "some new thing");
        assert_eq!(actor(Language::English, "operator:anna"), "anna");
        assert_eq!(actor(Language::English, "system"), "Evergrant");
    }
}
