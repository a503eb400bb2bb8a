//! What alerts say, in the languages that people chose.

use chain::Time;

use super::{Event, Facts, Language};

/// One line: what happened to what.
pub(super) fn sentence(language: Language, event: Event, facts: &Facts) -> String {
    let what = what(language, facts);
    let until = facts.until().map(moment).unwrap_or_default();
    match language {
        Language::English => match event {
            Event::NeedsRepair => format!("{what} needs repair: somebody has to sign in at the provider."),
            Event::Repaired => format!("{what} was repaired."),
            Event::Recovered => format!("{what} broke and recovered by itself."),
            Event::RecoveryBlocked => {
                format!("Auto-recovery of {what} is blocked until the stored sign-in is replaced.")
            }
            Event::CredentialsEnd => {
                format!("The sign-in stored for {what} is deleted in {}, on {until}.", days(language, facts))
            }
            Event::LinkEnds => format!("The authorization of {what} ends on {until}: renew it before."),
            Event::Test => "This is a test: alerts of Evergrant arrive here.".to_owned(),
        },
        Language::Dutch => match event {
            Event::NeedsRepair => {
                format!("{what} moet hersteld worden: iemand moet zich aanmelden bij de aanbieder.")
            }
            Event::Repaired => format!("{what} is hersteld."),
            Event::Recovered => format!("{what} was verbroken en heeft zichzelf hersteld."),
            Event::RecoveryBlocked => {
                format!(
                    "Automatisch herstel van {what} is geblokkeerd totdat de opgeslagen aanmelding vervangen is."
                )
            }
            Event::CredentialsEnd => {
                let days = days(language, facts);
                format!("De opgeslagen aanmelding voor {what} wordt over {days} verwijderd, op {until}.")
            }
            Event::LinkEnds => format!("De autorisatie van {what} eindigt op {until}: vernieuw haar eerder."),
            Event::Test => "Dit is een test: meldingen van Evergrant komen hier aan.".to_owned(),
        },
    }
}

/// The subject of a mail.
pub(super) fn subject(language: Language, event: Event, facts: &Facts) -> String {
    let what = what(language, facts);
    let said = match (language, event) {
        (Language::English, Event::NeedsRepair) => format!("{what} needs repair"),
        (Language::English, Event::Repaired) => format!("{what} was repaired"),
        (Language::English, Event::Recovered) => format!("{what} recovered by itself"),
        (Language::English, Event::RecoveryBlocked) => format!("Auto-recovery of {what} is blocked"),
        (Language::English, Event::CredentialsEnd) => {
            format!("Sign-in of {what} ends in {}", days(language, facts))
        }
        (Language::English, Event::LinkEnds) => format!("Authorization of {what} ends soon"),
        (Language::English, Event::Test) => "Test".to_owned(),
        (Language::Dutch, Event::NeedsRepair) => format!("{what} moet hersteld worden"),
        (Language::Dutch, Event::Repaired) => format!("{what} is hersteld"),
        (Language::Dutch, Event::Recovered) => format!("{what} heeft zichzelf hersteld"),
        (Language::Dutch, Event::RecoveryBlocked) => format!("Automatisch herstel van {what} is geblokkeerd"),
        (Language::Dutch, Event::CredentialsEnd) => {
            format!("Aanmelding van {what} eindigt over {}", days(language, facts))
        }
        (Language::Dutch, Event::LinkEnds) => format!("Autorisatie van {what} eindigt binnenkort"),
        (Language::Dutch, Event::Test) => "Test".to_owned(),
    };
    format!("[Evergrant] {said}")
}

/// What stands in front of the message code.
pub(super) const fn code(language: Language) -> &'static str {
    match language {
        Language::English => "Message code",
        Language::Dutch => "Meldingscode",
    }
}

/// Why somebody gets a mail, in the words of its last line.
pub(super) fn footer(language: Language, organisation: &str, settings: &str) -> String {
    match language {
        Language::English => {
            format!("Sent by the Evergrant of {organisation}. Who gets what is chosen at {settings}")
        }
        Language::Dutch => {
            format!("Verstuurd door de Evergrant van {organisation}. Wie wat krijgt, staat op {settings}")
        }
    }
}

/// A moment, in full.
pub(super) fn moment(at: Time) -> String {
    jiff::Timestamp::from_millisecond(at.millis())
        .map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
        .unwrap_or_default()
}

fn what(language: Language, facts: &Facts) -> String {
    let mut containers = facts.containers.iter();
    let Some(first) = containers.next() else { return "Evergrant".to_owned() };
    let first = format!("{} · {}", first.name, first.alias);
    match (language, containers.count()) {
        (_, 0) => first,
        (Language::English, more) => format!("{first} (and {more} more)"),
        (Language::Dutch, more) => format!("{first} (en nog {more})"),
    }
}

fn days(language: Language, facts: &Facts) -> String {
    match (language, facts.days.unwrap_or_default()) {
        (Language::English, 1) => "1 day".to_owned(),
        (Language::English, days) => format!("{days} days"),
        (Language::Dutch, 1) => "1 dag".to_owned(),
        (Language::Dutch, days) => format!("{days} dagen"),
    }
}
