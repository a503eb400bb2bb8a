//! Whatever is read: findings or a clear reason, and nothing worse.

use policy::lint::{Format, Outcome, check};
use proptest::prelude::*;

use crate::fixture;

/// Checks and shows; what is shown is sound.
fn whole(name: &str, bytes: &[u8]) {
    let report = check(name, bytes);
    assert_eq!(report.policies + report.unreadable.len(), 1, "{report:?}");
    if report.outcome() == Outcome::Unreadable {
        assert_eq!(report.findings, []);
    }
    for it in &report.unreadable {
        assert!(!it.why.to_string().contains('\n'), "{}", it.why);
    }
    for finding in &report.findings {
        assert!(!finding.reason().is_empty());
        let place = finding.place;
        assert!((place.line, place.column) <= (place.end_line, place.end_column), "{finding:?}");
    }
    for format in [Format::Text, Format::Json, Format::Sarif] {
        assert!(format.show(&report).ends_with('\n'));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), name in "(a|a\\.xml|a\\.toml)") {
        whole(&name, &bytes);
        let archive: Vec<u8> = b"PK\x03\x04".iter().copied().chain(bytes).collect();
        whole(&name, &archive);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), name in "(a|a\\.xml|a\\.toml)") {
        whole(&name, text.as_bytes());
        whole(&name, format!("<OAuthV2>{text}</OAuthV2>").as_bytes());
        whole(&name, format!("[access_token]\nlifetime = \"{text}\"\n").as_bytes());
    }

    #[test]
    fn any_lifetimes_are_found_or_sound(
        operation in "(GenerateAccessToken|RefreshAccessToken|GenerateAuthorizationCode|VerifyAccessToken|[A-Za-z]{0,8})",
        access in any::<i64>(), refresh in "[-+]?[0-9]{0,20}[a-z]?", grant in "(password|implicit|client_credentials|[a-z_]{0,9})",
    ) {
        let text = format!(
            "<OAuthV2 name='x'><Operation>{operation}</Operation><ExpiresIn>{access}</ExpiresIn>\
             <RefreshTokenExpiresIn>{refresh}</RefreshTokenExpiresIn>\
             <SupportedGrantTypes><GrantType>{grant}</GrantType></SupportedGrantTypes></OAuthV2>"
        );
        whole("a.xml", text.as_bytes());
    }

    #[test]
    fn any_damage_to_a_file_is_read_or_refused(
        name in "(sound\\.xml|no-refresh-lifetime\\.xml|sound\\.toml|unsound\\.toml)",
        at in any::<prop::sample::Index>(), length in 0_usize..40, put in "[<>&;/=\"' a0\\-\\[\\]\n]{0,5}",
    ) {
        let mut text = fixture(&name);
        let start = at.index(text.len());
        let end = (start + length).min(text.len());
        text.replace_range(start..end, &put);
        whole(&name, text.as_bytes());
    }
}
