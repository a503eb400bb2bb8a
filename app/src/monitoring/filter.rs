//! The filter of the messages, as it stands in the address.

use crate::text;
use chain::{Fault, RecoveryFailure, Time};
use engine::view::{Cursor, MessageFilter};
use url::form_urlencoded::{Serializer, parse};

/// The actions that can be asked for: those of the journal that have words.
pub const ACTIONS: [&str; 49] = [
    "linked",
    "adopted",
    "refreshed",
    "refused",
    "never_sent",
    "no_answer",
    "recovered",
    "recovery_failed",
    "activated",
    "activation_failed",
    "broken",
    "in_doubt",
    "waiting",
    "recovering",
    "restarted",
    "credentials_stored",
    "credentials_removed",
    "credentials_expired",
    "credentials_expire_soon",
    "recovery_switched_on",
    "recovery_switched_off",
    "retention_changed",
    "consumer_added",
    "consumer_revoked",
    "key_life_changed",
    "registration_added",
    "registration_changed",
    "registration_deleted",
    "database_created",
    "database_renamed",
    "database_deleted",
    "container_created",
    "container_renamed",
    "container_changed",
    "container_deleted",
    "other_user_kept",
    "other_user_undone",
    "alert_target_added",
    "alert_target_changed",
    "alert_target_paused",
    "alert_target_resumed",
    "alert_target_deleted",
    "signed_in",
    "signed_out",
    "sign_in_failed",
    "operator_added",
    "operator_reset",
    "refresh_token_reused",
    "policy_changed",
];

/// Every message code, each once.
pub fn codes() -> Vec<&'static str> {
    let mut codes: Vec<&str> = Fault::ALL.map(Fault::code).to_vec();
    codes.extend(RecoveryFailure::ALL.map(RecoveryFailure::code));
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Reads a query; what is empty or not understood counts as not asked for.
pub fn read(query: &str) -> MessageFilter {
    let mut filter = MessageFilter::default();
    for (name, value) in parse(query.as_bytes()) {
        let value: String = value.trim().chars().take(200).collect();
        if value.is_empty() {
            continue;
        }
        match name.as_ref() {
            "code" => filter.code = Some(value),
            "action" => filter.action = Some(value),
            "database" => filter.database = Some(value),
            "container" => filter.container = Some(value),
            "since" => filter.since = text::from_day(&value).map(Time::from_millis),
            "before" => filter.before = cursor(&value),
            _ => {}
        }
    }
    filter
}

/// The filter as a query; empty when nothing is asked for.
pub fn query(filter: &MessageFilter) -> String {
    let mut query = Serializer::new(String::new());
    let texts = [
        ("code", &filter.code),
        ("action", &filter.action),
        ("database", &filter.database),
        ("container", &filter.container),
    ];
    for (name, value) in texts {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    if let Some(since) = filter.since {
        query.append_pair("since", &text::day(since.millis()));
    }
    if let Some(Cursor { at, id }) = filter.before {
        query.append_pair("before", &format!("{}-{id:032x}", at.millis()));
    }
    query.finish()
}

/// The address of a page with this filter.
pub fn address(path: &str, filter: &MessageFilter) -> String {
    let query = query(filter);
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn cursor(text: &str) -> Option<Cursor> {
    let (at, id) = text.split_once('-')?;
    let id = u128::from_str_radix(id, 16).ok()?;
    Some(Cursor { at: Time::from_millis(at.parse().ok()?), id })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn every_filter_survives_the_address() {
        let filter = MessageFilter {
            code: Some("itgenoda494".to_owned()),
            action: Some("refused".to_owned()),
            database: Some("café & co/100%".to_owned()),
            container: Some("a+b".to_owned()),
            since: text::from_day("2026-11-22").map(Time::from_millis),
            before: Some(Cursor { at: Time::from_millis(1_795_308_065_000), id: 0xfeed }),
        };
        assert_eq!(read(&query(&filter)), filter);
        assert_eq!(address("/monitoring", &MessageFilter::default()), "/monitoring");
    }

    #[test]
    fn nonsense_in_the_address_is_not_an_error() {
        let filter = read("since=yesterday&before=7&before=-&before=x-y&other=1&code=%20&action=");
        assert_eq!(filter, MessageFilter::default());
        assert_eq!(read("since=2026-02-31").since, None, "there is no such day");
    }

    #[test]
    fn every_action_has_words_and_every_code_a_title() {
        for language in Language::ALL {
            for action in ACTIONS {
                assert!(language.find(&format!("journal.{action}")).is_some(), "{action}");
            }
            for code in codes() {
                assert!(crate::words::code_title(language, code).is_some(), "{code}");
            }
        }
    }
}
