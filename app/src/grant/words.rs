use crate::language::Language;
use engine::{FinishedGrant, GrantOutcome};

/// How a grant ended, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeWords {
    /// What happened.
    pub title: String,
    /// What it means for the chain.
    pub meaning: String,
    /// What to do next.
    pub next: String,
    /// The message code, where there is one that people search for.
    pub code: Option<String>,
}

/// The word and the code that the address of the next page carries.
pub fn grant_result(finished: &FinishedGrant) -> (&'static str, Option<String>) {
    match &finished.outcome {
        GrantOutcome::Renewed(_) => ("renewed", None),
        GrantOutcome::OtherUser { .. } => ("renewed", Some("other-user".to_owned())),
        GrantOutcome::Cancelled => ("cancelled", None),
        GrantOutcome::Denied(_) => ("failed", Some("denied".to_owned())),
        GrantOutcome::StateMissing => ("failed", Some("state-missing".to_owned())),
        GrantOutcome::StateUnknown => ("failed", Some("state-unknown".to_owned())),
        GrantOutcome::StateUsed => ("failed", Some("state-used".to_owned())),
        GrantOutcome::StateExpired => ("failed", Some("state-expired".to_owned())),
        GrantOutcome::OtherBrowser => ("failed", Some("other-browser".to_owned())),
        GrantOutcome::Failed(fault) => ("failed", Some(fault.code().to_owned())),
        GrantOutcome::Broken => ("failed", Some("store".to_owned())),
    }
}

/// What the word and the code in an address mean. Both come from an address, so anything may be in
/// them; only what is known is said.
pub fn outcome_words(language: Language, word: &str, code: Option<&str>) -> OutcomeWords {
    let key = match (word, code) {
        ("renewed", Some("other-user")) => "other-user",
        ("renewed", _) => "renewed",
        ("cancelled", _) => "cancelled",
        (_, Some(code)) if KNOWN.contains(&code) => code,
        (_, Some(code)) => {
            if let Some(fault) = chain::Fault::from_code(code) {
                // A code that may have been taken may have ended the user's older links.
                let lost = fault == chain::Fault::AnswerLost || fault.verdict() == chain::Verdict::Doubt;
                let meaning = if lost { "outcome.lost.meaning" } else { "outcome.failed.meaning" };
                let fault = crate::words::fault(language, fault);
                return OutcomeWords {
                    title: fault.title,
                    meaning: language.text(meaning),
                    next: fault.next,
                    code: Some(fault.code),
                };
            }
            "failed"
        }
        (_, None) => "failed",
    };
    let text = |part: &str| language.text(&format!("outcome.{key}.{part}"));
    OutcomeWords { title: text("title"), meaning: text("meaning"), next: text("next"), code: None }
}

const KNOWN: [&str; 10] = [
    "denied",
    "state-missing",
    "state-unknown",
    "state-used",
    "state-expired",
    "other-browser",
    "store",
    "not-found",
    "return-to",
    "registration",
];

#[cfg(test)]
mod tests {
    use super::*;
    use chain::Fault;
    use engine::view::UpstreamUser;

    fn outcomes() -> Vec<GrantOutcome> {
        let user = || UpstreamUser { id: "1".to_owned(), name: "anna".to_owned() };
        let mut outcomes = vec![
            GrantOutcome::Renewed(None),
            GrantOutcome::OtherUser { was: user(), is: user() },
            GrantOutcome::Cancelled,
            GrantOutcome::Denied("server_error".to_owned()),
            GrantOutcome::StateMissing,
            GrantOutcome::StateUnknown,
            GrantOutcome::StateUsed,
            GrantOutcome::StateExpired,
            GrantOutcome::OtherBrowser,
            GrantOutcome::Broken,
        ];
        outcomes.extend(Fault::ALL.map(GrantOutcome::Failed));
        outcomes
    }

    #[test]
    fn every_outcome_has_words_in_every_language() {
        for language in Language::ALL {
            for outcome in outcomes() {
                let finished = FinishedGrant { outcome, database: None, alias: None, return_to: None };
                let (word, code) = grant_result(&finished);
                let words = outcome_words(language, word, code.as_deref());
                for text in [&words.title, &words.meaning, &words.next] {
                    assert!(!text.starts_with("outcome.") && !text.is_empty(), "{text}");
                }
                let general = outcome_words(language, "failed", None);
                assert!(word != "failed" || words != general, "{code:?} has words of its own");
            }
            for code in KNOWN {
                assert!(
                    !outcome_words(language, "failed", Some(code)).title.starts_with("outcome."),
                    "{code}"
                );
            }
        }
    }

    #[test]
    fn nothing_in_an_address_is_repeated() {
        let words = outcome_words(Language::English, "<script>", Some("<b>hi"));
        assert_eq!(words, outcome_words(Language::English, "failed", None));
    }
}
