//! What was found, in the words of a language.

use super::kept::{Found, NotRead, Put};
use crate::language::{Language, say};
use crate::lifetime::lifetime;
use policy::lint::Rule;
use std::time::Duration;

/// What is wrong.
pub fn reason(language: Language, rule: Rule, found: &Found) -> String {
    let element = found.element.as_str();
    let things = language.text(&format!("lint.thing.{}", found.thing));
    let spelled = |it: Option<Duration>| it.map(|it| lifetime(language, it)).unwrap_or_default();
    let text = found.text.clone().unwrap_or_default();
    let (value, against) = (spelled(found.lifetime), spelled(found.against));
    match rule {
        Rule::LifetimeMissing if found.thing == "refresh_token" => {
            say!(language, "lint.reason.missing_refresh", element = element)
        }
        Rule::LifetimeMissing => say!(language, "lint.reason.missing", element = element, things = things),
        Rule::LifetimeEndless => {
            say!(language, "lint.reason.endless", element = element, value = text, things = things)
        }
        Rule::LifetimeInvalid => say!(language, "lint.reason.invalid", element = element, value = text),
        Rule::LifetimeTwice => say!(language, "lint.reason.twice", element = element),
        Rule::LifetimeLong => {
            let wise = spelled(found.recommended);
            say!(language, "lint.reason.long", things = things, value = value, wise = wise)
        }
        Rule::LifetimeShort => {
            say!(language, "lint.reason.short", element = element, value = value, things = things)
        }
        Rule::LifetimeAtRunTime => {
            say!(language, "lint.reason.at_run_time", element = element, value = text, things = things)
        }
        Rule::RefreshEndsFirst => {
            say!(language, "lint.reason.ends_first", value = value, against = against)
        }
        Rule::RefreshNoMultiple => {
            say!(language, "lint.reason.no_multiple", value = value, against = against)
        }
        Rule::LifetimeOutOfBounds => {
            say!(language, "lint.reason.out_of_bounds", things = things, value = value)
        }
        Rule::BoundsUnsound => say!(language, "lint.reason.bounds", element = element, value = value),
        Rule::GrantPassword => say!(language, "lint.reason.password"),
        Rule::GrantImplicit => say!(language, "lint.reason.implicit"),
        Rule::GrantsUnsaid => say!(language, "lint.reason.grants_unsaid"),
        Rule::OperationUnknown => say!(language, "lint.reason.operation", value = text),
        Rule::NameUnknown => say!(language, "lint.reason.name", value = text),
        Rule::LeftToDefault => say!(language, "lint.reason.default", value = text),
    }
}

/// Where to put what is to be written instead.
pub fn put(language: Language, put: &Put) -> String {
    match put.at {
        Some(at) if put.snippet.is_empty() => {
            say!(language, "lint.put.out", line = at.line, column = at.column)
        }
        Some(at) if at.empty => say!(language, "lint.put.in", line = at.line, column = at.column),
        Some(at) if at.line == at.end_line => {
            say!(language, "lint.put.replace", line = at.line, column = at.column)
        }
        Some(at) => say!(language, "lint.put.replace_lines", line = at.line, end = at.end_line),
        None => say!(language, "lint.put.somewhere"),
    }
}

/// Why a file could not be read.
pub fn unread(language: Language, it: &NotRead) -> String {
    let detail = it.detail.as_str();
    match it.why.as_str() {
        "too_large" => say!(language, "lint.unread.too_large", most = detail),
        "link" => say!(language, "lint.unread.link"),
        "not_text" => say!(language, "lint.unread.not_text"),
        "not_xml" => say!(language, "lint.unread.not_xml", detail = detail),
        "doctype" => say!(language, "lint.unread.doctype"),
        "too_intricate" => say!(language, "lint.unread.too_intricate"),
        "other_xml" => say!(language, "lint.unread.other_xml", root = detail),
        "not_toml" => say!(language, "lint.unread.not_toml", detail = detail),
        "no_policy" => say!(language, "lint.unread.no_policy"),
        "bomb" => say!(language, "lint.unread.bomb"),
        "too_many" => say!(language, "lint.unread.too_many", most = detail),
        _ => say!(language, "lint.unread.broken", detail = detail),
    }
}

#[cfg(test)]
mod tests {
    use super::super::kept::Kept;
    use super::*;
    use policy::Kind;
    use policy::lint::{self, Severity, Unread};

    /// Every finding that these files give.
    fn all_found() -> Vec<Found> {
        let oauth = |operation: &str, rest: &str| {
            format!("<OAuthV2 name='x'><Operation>{operation}</Operation>{rest}</OAuthV2>")
        };
        let texts = [
            oauth("GenerateAccessToken", "<ExpiresIn>0</ExpiresIn><ExpiresIn/>"),
            oauth("RefreshAccessToken", "<ExpiresIn>-1</ExpiresIn><RefreshTokenExpiresIn ref='a'/>"),
            oauth(
                "RefreshAccessToken",
                "<ExpiresIn>5</ExpiresIn><RefreshTokenExpiresIn>172800000</RefreshTokenExpiresIn>",
            ),
            oauth(
                "RefreshAccessToken",
                "<ExpiresIn>900000</ExpiresIn><RefreshTokenExpiresIn>600000</RefreshTokenExpiresIn>",
            ),
            oauth(
                "RefreshAccessToken",
                "<ExpiresIn>900000</ExpiresIn><RefreshTokenExpiresIn>1000000</RefreshTokenExpiresIn>",
            ),
            oauth(
                "GenerateAccessToken",
                "<SupportedGrantTypes><GrantType>password</GrantType><GrantType>implicit</GrantType></SupportedGrantTypes>",
            ),
            oauth("Whatever", ""),
            "x = 1\n[session]\nlifetime = '90d'\n[journal]\nlifetime = '400d'\nleast = '1s'\n".to_owned(),
        ];
        texts.iter().flat_map(|text| Kept::of(&lint::check("", text.as_bytes())).found).collect()
    }

    fn is_whole(text: &str) -> bool {
        !text.is_empty() && !text.contains("lint.") && !text.contains("%{") && !text.contains("  ")
    }

    #[test]
    fn every_rule_has_words_in_every_language() {
        let found = all_found();
        for rule in Rule::ALL {
            assert!(found.iter().any(|it| it.rule == rule.id()), "{rule:?} is not among them");
        }
        for language in Language::ALL {
            for it in &found {
                let rule = Rule::from_id(&it.rule).expect("a rule");
                assert!(is_whole(&reason(language, rule, it)), "{}", reason(language, rule, it));
                assert!(it.put.as_ref().is_none_or(|it| is_whole(&put(language, it))));
            }
            for thing in Kind::ALL.map(Kind::word).into_iter().chain(["authorization_code"]) {
                assert!(language.find(&format!("lint.thing.{thing}")).is_some(), "{thing}");
            }
            for severity in [Severity::Error, Severity::Warning, Severity::Note] {
                assert!(language.find(&format!("lint.severity.{}", severity.word())).is_some());
            }
        }
    }

    #[test]
    fn every_reason_why_not_has_words_in_every_language() {
        let reasons = [
            Unread::Closed("x".to_owned()),
            Unread::NoFile,
            Unread::Link,
            Unread::TooLarge { most: 1024 },
            Unread::NotText,
            Unread::NotXml("x".to_owned()),
            Unread::Doctype,
            Unread::TooIntricate,
            Unread::OtherXml { root: "x".to_owned() },
            Unread::NotToml { line: 1, message: "x".to_owned() },
            Unread::NoPolicy,
            Unread::BrokenArchive("x".to_owned()),
            Unread::Bomb,
            Unread::TooMany { most: 1 },
        ];
        for language in Language::ALL {
            for why in &reasons {
                let it = NotRead { file: String::new(), why: why.code().to_owned(), detail: why.detail() };
                assert!(is_whole(&unread(language, &it)), "{}", unread(language, &it));
            }
        }
    }
}
