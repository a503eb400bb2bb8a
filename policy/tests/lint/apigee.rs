//! OAuthV2 policies of Apigee.

use std::time::Duration;

use policy::lint::{Rule, Severity};

use crate::{bytes_of, fixture, found, mended, rules};

fn policy(operation: &str, rest: &str) -> String {
    format!("<OAuthV2 name=\"P\">\n  <Operation>{operation}</Operation>\n{rest}\n</OAuthV2>\n")
}

const GRANTS: &str = "<SupportedGrantTypes><GrantType>authorization_code</GrantType></SupportedGrantTypes>";

fn issuing(access: &str, refresh: &str) -> String {
    policy("GenerateAccessToken", &format!("  {GRANTS}\n  {access}\n  {refresh}"))
}

#[test]
fn the_antipattern_of_no_lifetime_is_found_where_it_is_and_mended() {
    let text = fixture("no-refresh-lifetime.xml");
    let findings = found("no-refresh-lifetime.xml", &text);
    let [missing, password] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((missing.rule, password.rule), (Rule::LifetimeMissing, Rule::GrantPassword));
    assert_eq!(missing.policy.as_deref(), Some("GenerateAccessToken"));
    assert_eq!((missing.place.line, missing.place.column, missing.place.end_column), (1, 1, 9));
    assert_eq!((password.place.line, password.place.column), (6, 7));
    assert_eq!(missing.recommended, Some(Duration::from_hours(24)));
    let correction = missing.correction.as_ref().expect("a correction");
    assert_eq!(correction.snippet, "<RefreshTokenExpiresIn>86400000</RefreshTokenExpiresIn>");
    let text = mended("no-refresh-lifetime.xml", &text);
    assert!(text.contains(
        "    <ExpiresIn>1800000</ExpiresIn> <!-- 30 minutes -->\n    <RefreshTokenExpiresIn>86400000</"
    ));
    assert!(text.contains("      <GrantType>authorization_code</GrantType>\n"), "{text}");
}

#[test]
fn the_antipattern_of_a_long_lifetime_is_found_where_it_is() {
    let text = fixture("long-lifetimes.xml");
    let findings = found("long-lifetimes.xml", &text);
    let [long] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((long.rule, long.rule.severity()), (Rule::LifetimeLong, Severity::Warning));
    assert_eq!(
        &text[bytes_of(&text, long.place)],
        "<RefreshTokenExpiresIn>17280000000</RefreshTokenExpiresIn>"
    );
    assert!(long.reason().starts_with("Refresh tokens live for 200 days, longer than the 24 hours"));
    mended("long-lifetimes.xml", &text);
}

#[test]
fn a_sound_policy_is_clean() {
    assert_eq!(rules("sound.xml", &fixture("sound.xml")), []);
}

#[test]
fn only_what_issues_must_say() {
    for operation in ["VerifyAccessToken", "VerifyJWTAccessToken", "ValidateToken", "InvalidateToken"] {
        assert_eq!(rules("p.xml", &policy(operation, "")), [], "{operation}");
    }
    let missing = Rule::LifetimeMissing;
    assert_eq!(rules("p.xml", &policy("GenerateAuthorizationCode", "")), [missing]);
    assert_eq!(rules("p.xml", &policy("RefreshAccessToken", "")), [missing, missing]);
    assert_eq!(rules("p.xml", &policy("RefreshJWTAccessToken", "")), [missing, missing]);
    let reused = "<ReuseRefreshToken>true</ReuseRefreshToken>";
    assert_eq!(rules("p.xml", &policy("RefreshAccessToken", reused)), [missing]);
    let implicit = [missing, Rule::GrantImplicit];
    assert_eq!(rules("p.xml", &policy("GenerateAccessTokenImplicitGrant", "")), implicit);
    for operation in ["GenerateAccessToken", "GenerateJWTAccessToken", ""] {
        assert_eq!(rules("p.xml", &policy(operation, GRANTS)), [missing, missing], "{operation}");
    }
    assert_eq!(rules("p.xml", &format!("<OAuthV2>{GRANTS}</OAuthV2>")), [missing, missing]);
}

#[test]
fn programs_that_sign_in_as_themselves_get_no_refresh_token() {
    let own = "<SupportedGrantTypes><GrantType> client_credentials </GrantType></SupportedGrantTypes>
        <ExpiresIn>600000</ExpiresIn>";
    assert_eq!(rules("p.xml", &policy("GenerateAccessToken", own)), []);
}

#[test]
fn what_has_no_end_or_is_no_number_is_found() {
    for (text, rule) in [
        ("-1", Rule::LifetimeEndless),
        (" -1 ", Rule::LifetimeEndless),
        ("", Rule::LifetimeMissing),
        ("<!-- 30 minutes -->", Rule::LifetimeMissing),
        ("0", Rule::LifetimeInvalid),
        ("-2", Rule::LifetimeInvalid),
        ("30m", Rule::LifetimeInvalid),
        ("1800000.0", Rule::LifetimeInvalid),
        ("1 800 000", Rule::LifetimeInvalid),
        ("99999999999999999999", Rule::LifetimeInvalid),
        ("<b>1800000</b>", Rule::LifetimeInvalid),
        ("3600", Rule::LifetimeShort),
        ("9223372036854775807", Rule::LifetimeLong),
    ] {
        let sound = "<RefreshTokenExpiresIn>86400000</RefreshTokenExpiresIn>";
        let text = issuing(&format!("<ExpiresIn>{text}</ExpiresIn>"), sound);
        assert_eq!(rules("p.xml", &text), [rule], "{text}");
        assert_eq!(rules("p.xml", &mended("p.xml", &text)), []);
    }
}

#[test]
fn invalid_lifetimes_have_the_name_under_which_they_are_refused() {
    let text = issuing("<ExpiresIn>0</ExpiresIn>", "<RefreshTokenExpiresIn>x</RefreshTokenExpiresIn>");
    let codes: Vec<_> = found("p.xml", &text).iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Some("InvalidValueForExpiresIn"), Some("InvalidValueForRefreshTokenExpiresIn")]);
}

#[test]
fn a_variable_needs_a_default_and_the_default_counts() {
    let refresh = "<RefreshTokenExpiresIn ref='kvm.refresh'>86400000</RefreshTokenExpiresIn>";
    let text = issuing("<ExpiresIn ref='kvm.&quot;life'/>", refresh);
    let findings = found("p.xml", &text);
    let [at_run_time] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(at_run_time.rule, Rule::LifetimeAtRunTime);
    assert_eq!(at_run_time.rule.severity(), Severity::Note);
    assert!(at_run_time.reason().contains("the variable `kvm.\"life`"), "{}", at_run_time.reason());
    let text = mended("p.xml", &text);
    assert!(text.contains("<ExpiresIn ref='kvm.&quot;life'>1800000</ExpiresIn>"), "{text}");
    let text = issuing("<ExpiresIn ref='kvm.life'>-1</ExpiresIn>", refresh);
    assert_eq!(rules("p.xml", &text), [Rule::LifetimeEndless]);
    let text = issuing("<ExpiresIn ref=' '/>", refresh);
    assert_eq!(rules("p.xml", &text), [Rule::LifetimeMissing]);
}

#[test]
fn lifetimes_that_do_not_fit_each_other_are_found_with_what_would() {
    let pair = |access: &str, refresh: &str| {
        issuing(
            &format!("<ExpiresIn>{access}</ExpiresIn>"),
            &format!("<RefreshTokenExpiresIn>{refresh}</RefreshTokenExpiresIn>"),
        )
    };
    let text = pair("1500000", "86400000");
    assert_eq!(rules("p.xml", &text), [Rule::RefreshNoMultiple]);
    assert!(mended("p.xml", &text).contains("<RefreshTokenExpiresIn>85500000</"));
    let text = pair("1800000", "900000");
    assert_eq!(rules("p.xml", &text), [Rule::RefreshEndsFirst]);
    assert!(mended("p.xml", &text).contains("<RefreshTokenExpiresIn>86400000</"));
    let text = pair("864000000", "864000000");
    assert_eq!(rules("p.xml", &text), [Rule::LifetimeLong, Rule::LifetimeLong]);
    mended("p.xml", &text);
    // What is recommended beside a sound lifetime is a multiple of it, too.
    let text = pair("420000", "-1");
    assert_eq!(rules("p.xml", &text), [Rule::LifetimeEndless]);
    mended("p.xml", &text);
}

#[test]
fn authorization_codes_may_live_for_ten_minutes() {
    let of = |millis: u64| policy("GenerateAuthorizationCode", &format!("<ExpiresIn>{millis}</ExpiresIn>"));
    assert_eq!(rules("p.xml", &of(600_000)), []);
    assert_eq!(rules("p.xml", &of(30_000)), []);
    let findings = found("p.xml", &of(600_001));
    assert_eq!(findings[0].rule, Rule::LifetimeLong);
    assert!(findings[0].reason().starts_with("Authorization codes live for 10 minutes 1 millisecond"));
    mended("p.xml", &of(600_001));
}

#[test]
fn a_lifetime_that_stands_twice_is_told_once() {
    let twice = "<ExpiresIn>1800000</ExpiresIn>".repeat(3);
    let text = issuing(&twice, "<RefreshTokenExpiresIn>86400000</RefreshTokenExpiresIn>");
    assert_eq!(rules("p.xml", &text), [Rule::LifetimeTwice]);
    mended("p.xml", &text);
}

#[test]
fn grants_that_rfc_9700_is_against_are_found() {
    let lives = "<ExpiresIn>1800000</ExpiresIn><RefreshTokenExpiresIn>86400000</RefreshTokenExpiresIn>";
    let with = |grants: &[&str]| {
        let grants: String = grants.iter().map(|grant| format!("<GrantType>{grant}</GrantType>")).collect();
        policy("GenerateAccessToken", &format!("<SupportedGrantTypes>{grants}</SupportedGrantTypes>{lives}"))
    };
    assert_eq!(rules("p.xml", &with(&["client_credentials", "urn:example:own"])), []);
    let text = with(&["password", "authorization_code", "implicit"]);
    assert_eq!(rules("p.xml", &text), [Rule::GrantPassword, Rule::GrantImplicit]);
    assert!(mended("p.xml", &text).contains("<SupportedGrantTypes><GrantType>authorization_code</"));
    mended("p.xml", &with(&["password"]));
    assert_eq!(rules("p.xml", &with(&[])), [Rule::GrantsUnsaid]);
    mended("p.xml", &with(&[]));
    let unsaid = policy("GenerateAccessToken", lives);
    assert_eq!(rules("p.xml", &unsaid), [Rule::GrantsUnsaid]);
    mended("p.xml", &unsaid);
    // The element of the same name beside them says where a request says its grant.
    let beside = "<GrantType>password</GrantType></OAuthV2>";
    assert_eq!(rules("p.xml", &with(&["authorization_code"]).replace("</OAuthV2>", beside)), []);
}

#[test]
fn nothing_is_said_of_an_operation_that_is_unknown() {
    assert_eq!(
        rules("p.xml", &policy("GenerateToken", "<ExpiresIn>-1</ExpiresIn>")),
        [Rule::OperationUnknown]
    );
    let findings = found("p.xml", &policy("verifyaccesstoken", ""));
    assert_eq!(findings[0].code, Some("InvalidOperation"));
    mended("p.xml", &policy("verifyaccesstoken", ""));
}

#[test]
fn a_policy_without_anything_is_mended_wherever_there_is_room() {
    for text in [
        "<OAuthV2/>",
        "<OAuthV2 name='x' />",
        "<OAuthV2></OAuthV2>",
        "<OAuthV2>\r\n</OAuthV2>",
        "<a:OAuthV2 xmlns:a='urn:a'/>",
    ] {
        let mended = mended("p.xml", text);
        assert!(mended.contains("RefreshTokenExpiresIn>86400000</"), "{mended}");
    }
}
