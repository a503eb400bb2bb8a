use crate::language::{Language, say};
use crate::live::{FaultWords, ShieldNow};
use chain::RecoveryFailure;
use engine::view::{RecoveryMark, RunKind, RunOutcome, RunningView};
use std::time::Duration;

/// From this many days left on, somebody should think of the credentials.
pub const SOON: i64 = 7;
/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// Why a run failed, in words: what happened, what it means, what to do.
pub fn failure(language: Language, failure: RecoveryFailure) -> FaultWords {
    let code = failure.code();
    FaultWords {
        code: code.to_owned(),
        title: language.text(&format!("fault.{code}.title")),
        text: language.text(&format!("fault.{code}.text")),
        next: language.text(&format!("fault.{code}.next")),
    }
}

/// A number of days.
pub fn days(language: Language, count: i64) -> String {
    match count {
        1 => say!(language, "recovery.day"),
        _ => say!(language, "recovery.days", count = count),
    }
}

/// What the button of a container's auto-recovery says.
pub fn shield(language: Language, mark: &RecoveryMark, now: i64) -> ShieldNow {
    let running = mark.running.map(|(kind, step)| running(language, kind, step));
    let Some(until) = mark.expires_at.map(chain::Time::millis) else {
        let words = say!(language, "recovery.shield.off");
        return ShieldNow { look: "off".to_owned(), days: String::new(), words, running };
    };
    let left = (until - now).saturating_add(DAY - 1).div_euclid(DAY).max(0);
    let named = days(language, left);
    let (look, words) = match mark.blocked {
        _ if !mark.enabled => ("paused", say!(language, "recovery.shield.paused", days = named)),
        Some(why) => {
            let why = failure(language, why).title;
            ("blocked", say!(language, "recovery.shield.blocked", why = why))
        }
        None if left <= SOON => ("soon", say!(language, "recovery.shield.soon", days = named)),
        None => ("on", say!(language, "recovery.shield.on", days = named)),
    };
    let days = say!(language, "recovery.shield.left", count = left);
    ShieldNow { look: look.to_owned(), days, words, running }
}

/// A run under way.
pub fn running(language: Language, kind: RunKind, step: u8) -> String {
    let doing = language.text(&format!("recovery.step.{}", step.clamp(1, RunningView::STEPS)));
    let of = RunningView::STEPS;
    match kind {
        RunKind::Run => say!(language, "recovery.running", step = step, of = of, doing = doing),
        RunKind::Test => say!(language, "recovery.testing", step = step, of = of, doing = doing),
    }
}

/// What a run is for.
pub fn run_kind(language: Language, kind: RunKind) -> String {
    match kind {
        RunKind::Run => say!(language, "recovery.kind.run"),
        RunKind::Test => say!(language, "recovery.kind.test"),
    }
}

/// How a run ended.
pub fn outcome(language: Language, outcome: RunOutcome) -> String {
    match outcome {
        RunOutcome::Recovered => say!(language, "recovery.outcome.recovered"),
        RunOutcome::CodeInHand => say!(language, "recovery.outcome.code_in_hand"),
        RunOutcome::Failed(why) => failure(language, why).title,
    }
}

/// What a line of a trace did; an unknown word is shown as it is.
pub fn trace_step(language: Language, word: &str) -> String {
    traced(language, "step", word)
}

/// What came of it.
pub fn trace_outcome(language: Language, word: &str) -> String {
    traced(language, "outcome", word)
}

fn traced(language: Language, part: &str, word: &str) -> String {
    let key: String = word.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let found = language.find(&format!("trace.{part}.{}", key.to_ascii_lowercase()));
    found.unwrap_or_else(|| word.replace('_', " "))
}

/// How long something took: `0.4 s`, `14 s`, `1 min 5 s`.
pub fn took(language: Language, took: Duration) -> String {
    let (seconds, tenths) = (took.as_secs(), took.subsec_millis() / 100);
    match seconds {
        0 if tenths == 0 => say!(language, "recovery.took.hardly"),
        0..10 => say!(language, "recovery.took.tenths", seconds = seconds, tenths = tenths),
        10..60 => say!(language, "recovery.took.seconds", seconds = seconds),
        _ => say!(language, "recovery.took.minutes", minutes = seconds / 60, seconds = seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chain::Time;

    fn mark(days: i64) -> RecoveryMark {
        RecoveryMark { expires_at: Some(Time::from_millis(days * DAY)), ..RecoveryMark::NONE }
    }

    #[test]
    fn a_shield_counts_the_begun_day_and_turns_amber_a_week_ahead() {
        let said = |mark: &RecoveryMark, now| shield(Language::English, mark, now);
        assert_eq!(said(&RecoveryMark::NONE, 0).look, "off");
        assert_eq!(said(&mark(30), 0).days, "30 d");
        assert_eq!(said(&mark(8), 0).look, "on");
        assert_eq!(said(&mark(8), 1).look, "on");
        assert_eq!(said(&mark(8), DAY).look, "soon");
        assert_eq!(said(&mark(8), DAY - 1).look, "on");
        let last = said(&mark(8), 8 * DAY - 1);
        assert_eq!((last.look.as_str(), last.days.as_str()), ("soon", "1 d"));
        assert!(last.words.contains("1 day"), "{}", last.words);
    }

    #[test]
    fn a_shield_says_when_nothing_would_be_tried() {
        let blocked = RecoveryMark { blocked: Some(RecoveryFailure::WrongPassword), ..mark(20) };
        let said = shield(Language::English, &blocked, 0);
        assert_eq!(said.look, "blocked");
        assert!(said.words.contains("password is wrong"), "{}", said.words);
        let off = RecoveryMark { enabled: false, ..blocked };
        assert_eq!(shield(Language::English, &off, 0).look, "paused");
    }

    #[test]
    fn a_run_says_its_step_in_every_language() {
        for language in Language::ALL {
            for step in 0..=RunningView::STEPS + 1 {
                let said = running(language, RunKind::Test, step);
                assert!(!said.contains("recovery.") && !said.contains("%{"), "{said}");
            }
        }
    }

    #[test]
    fn a_duration_is_as_exact_as_anybody_cares() {
        let said = |millis| took(Language::English, Duration::from_millis(millis));
        assert_eq!(said(99), "under 0.1 s");
        assert_eq!(said(449), "0.4 s");
        assert_eq!(said(14_900), "14 s");
        assert_eq!(said(65_000), "1 min 5 s");
        assert_eq!(took(Language::Dutch, Duration::from_millis(2_500)), "2,5 s");
    }

    #[test]
    fn a_trace_is_readable_whatever_its_words_are() {
        assert_eq!(trace_step(Language::English, "one_time_code"), "One-time code");
        assert_eq!(trace_outcome(Language::English, "some_new thing"), "some new thing");
        assert_ne!(trace_outcome(Language::Dutch, "asks for the password"), "asks for the password");
    }
}
