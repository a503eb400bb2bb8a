//! What a provider says, and what it means: real answers, collected from users' reports.

use std::time::Duration;

use chain::{Fault, Time};
use engine::guard::secret::RawAnswer;
use engine::provider::{self, Answer, Custom, Profile, ProfileError, Settings, exact, oauth};
use proptest::prelude::*;

fn exact_at(country: &str, base_url: Option<&str>, timing: Option<&str>) -> Result<Profile, ProfileError> {
    Profile::of(Settings { provider: "exact", country, base_url, timing, custom: None })
}

fn custom(json: &str) -> Result<Profile, ProfileError> {
    Profile::of(Settings {
        provider: "custom",
        country: "",
        base_url: None,
        timing: None,
        custom: Some(json),
    })
}

fn answer(status: u16, reason: Option<&str>, body: &str) -> Answer {
    Answer { status, reason: reason.map(str::to_owned), body: RawAnswer::new(body.as_bytes().to_vec()) }
}

#[test]
fn refusals_are_told_apart_by_their_words() {
    let early =
        r#"{"error":"access_denied","error_description":"Rate limit exceeded: access_token not expired"}"#;
    let old = r#"{"error":"unauthorized_client","error_description":"Old refresh token used."}"#;
    let chain = r#"{"error":"invalid_grant","error_description":"Token is not allowed, because of invalid or empty chainId"}"#;
    let idle = r#"{"error":"invalid_request","error_description":"The refresh token expired at 10/11/2022 9:18:20 PM and it is now 10/28/2022 4:15:50 PM."}"#;
    let gateway = r#"{"fault":{"faultstring":"Failed to execute the ExtractVariables: ExtractAccessToken","detail":{"errorcode":"steps.extractvariables.ExecutionFailed"}}}"#;
    let outage = r#"{"fault":{"faultstring":"x","detail":{"errorcode":"messaging.adaptors.http.flow.ApplicationNotFound"}}}"#;
    let quota = r#"{"fault":{"faultstring":"x","detail":{"errorcode":"policies.ratelimit.QuotaViolation"}}}"#;
    for (status, reason, body, fault) in [
        (400, None, early, Fault::TooEarly),
        (401, None, early, Fault::TooEarly),
        (400, Some("TooEarlyToRefreshTokens: 12"), "", Fault::TooEarly),
        (401, None, old, Fault::OldRefreshTokenUsed),
        (400, None, old, Fault::OldRefreshTokenUsed),
        (400, None, chain, Fault::ChainMismatch),
        (400, None, idle, Fault::RefreshTokenExpired),
        (400, None, r#"{"error":"invalid_client"}"#, Fault::ClientRefused),
        (401, None, r#"{"error":"invalid_client"}"#, Fault::ClientRefused),
        (500, None, gateway, Fault::GatewayFailed),
        (404, None, outage, Fault::Outage),
        (503, None, outage, Fault::Outage),
        (429, None, quota, Fault::DailyLimit),
        (429, None, "{}", Fault::DailyLimit),
        (503, None, r#"{"error":"temporarily_unavailable"}"#, Fault::Outage),
        (500, None, r#"{"error":"server_error"}"#, Fault::GatewayFailed),
        (400, None, r#"{"error":"invalid_grant"}"#, Fault::Refused),
        (200, None, "<html>Maintenance</html>", Fault::Unintelligible),
        (502, None, "<html>Bad gateway</html>", Fault::Unintelligible),
        (200, None, "", Fault::Unintelligible),
        (200, None, r#"{"access_token":"#, Fault::Unintelligible),
        (200, None, "[]", Fault::Unintelligible),
    ] {
        assert_eq!(exact::refusal::classify(&answer(status, reason, body)), fault, "{status} {body}");
    }
}

#[test]
fn a_token_answer_is_read_however_it_writes_its_numbers() {
    for (expires_in, seconds) in [
        (r#""600""#, Some(600)),
        ("600", Some(600)),
        ("600.0", Some(600)),
        (r#"" 600 ""#, Some(600)),
        ("null", None),
        ("-1", None),
        ("0", None),
        (r#""soon""#, None),
        ("1e300", None),
    ] {
        let body = format!(
            r#"{{"access_token":"a","token_type":"bearer","expires_in":{expires_in},"refresh_token":"r"}}"#
        );
        let read = oauth::parse(&RawAnswer::new(body.into_bytes())).unwrap();
        assert_eq!(read.expires_in, seconds.map(Duration::from_secs), "{expires_in}");
        assert_eq!((read.access_token.expose(), read.refresh_token.unwrap().expose()), ("a", "r"));
    }
    let without = oauth::parse(&RawAnswer::new(br#"{"access_token":"a"}"#.to_vec())).unwrap();
    assert!(without.refresh_token.is_none());
    for nothing in ["", "{}", "[]", r#"{"access_token":""}"#, r#"{"access_token":7}"#, "\"a\""] {
        assert!(oauth::parse(&RawAnswer::new(nothing.as_bytes().to_vec())).is_none(), "{nothing}");
    }
}

#[test]
fn the_probe_names_its_user_in_both_shapes() {
    for body in [
        r#"{"d":{"results":[{"UserID":"ABC","UserName":"anna"}]}}"#,
        r#"{"d":{"UserID":"abc","UserName":"anna"}}"#,
    ] {
        let user = exact::identity::parse(&RawAnswer::new(body.as_bytes().to_vec())).unwrap();
        assert_eq!((user.id.as_str(), user.name.as_str()), ("abc", "anna"));
    }
    assert!(exact::identity::parse(&RawAnswer::new(b"{\"d\":{\"results\":[]}}".to_vec())).is_none());
}

#[test]
fn a_profile_is_refused_by_the_field_that_is_wrong() {
    let of = |country: &str, base: Option<&str>, timing: Option<&str>| {
        exact_at(country, base, timing).map(|profile| profile.server)
    };
    assert_eq!(of("nl", None, None).unwrap(), "https://start.exactonline.nl");
    assert_eq!(of("uk", None, Some("")).unwrap(), "https://start.exactonline.co.uk");
    assert_eq!(of("nl", Some("http://127.0.0.1:4100"), None).unwrap(), "http://127.0.0.1:4100");
    assert_eq!(of("xx", None, None), Err(ProfileError::Country));
    for base in [
        "start.exactonline.nl",
        "http://start.exactonline.nl",
        "https://user:secret@start.exactonline.nl",
        "https://start.exactonline.nl/path",
        "https://start.exactonline.nl?query",
        "ftp://127.0.0.1",
    ] {
        assert_eq!(of("nl", Some(base), None), Err(ProfileError::Address), "{base}");
    }
    for timing in [
        "7",
        "{",
        r#"{"acces_lifetime": 1}"#,
        r#"{"request_deadline": 0}"#,
        r#"{"request_deadline": 601}"#,
        r#"{"access_lifetime": 0}"#,
        r#"{"idle_life": 0}"#,
        r#"{"keep_alive": 99999999}"#,
        r#"{"minimum_interval": -1}"#,
    ] {
        assert!(matches!(of("nl", None, Some(timing)), Err(ProfileError::Timing(_))), "{timing}");
    }
}

#[test]
fn quiet_hours_are_one_to_two_in_the_netherlands_summer_and_winter() {
    let profile = exact_at("nl", None, None).unwrap();
    for (now, from) in [
        ("2026-01-10T12:00:00Z", "2026-01-11T00:00:00Z"),
        ("2026-01-10T00:30:00Z", "2026-01-10T00:00:00Z"),
        ("2026-01-10T01:00:00Z", "2026-01-11T00:00:00Z"),
        ("2026-07-10T12:00:00Z", "2026-07-10T23:00:00Z"),
    ] {
        let millis = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let quiet = profile.rules(false, Time::from_millis(millis(now))).quiet.unwrap();
        assert_eq!(quiet.from.millis(), millis(from), "{now}");
        assert_eq!(quiet.until.since(quiet.from), Duration::from_secs(3_600));
    }
}

proptest! {
    #[test]
    fn no_answer_is_too_strange_to_read(status in 100_u16..600, body in proptest::collection::vec(any::<u8>(), 0..512)) {
        let raw = Answer { status, reason: None, body: RawAnswer::new(body) };
        let _ = oauth::parse(&raw.body);
        let _ = exact::refusal::classify(&raw);
        let _ = exact::identity::parse(&raw.body);
    }
}

const ADDRESSES: &str = r#""authorize":"https://id.example/auth","token":"https://id.example/token","probe":"https://api.example/me""#;

#[test]
fn a_custom_provider_is_described_by_its_addresses() {
    let profile = custom(&format!(
        r#"{{{ADDRESSES},"scope":"openid offline_access","parameters":{{"prompt":"consent"}},"basic":true,
            "origins":["https://login.example"],"gives_consent":true,"user_name":"/email"}}"#
    ))
    .unwrap();
    assert_eq!(profile.server, "https://id.example");
    let parameters: Vec<_> =
        profile.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(parameters, [("scope", "openid offline_access"), ("prompt", "consent")]);
    assert_eq!(profile.asked(true), profile.parameters, "what the registration says goes first");
    let origins: Vec<_> = profile.origins.iter().map(url::Origin::ascii_serialization).collect();
    assert_eq!(origins, ["https://id.example", "https://login.example"]);
    assert!(profile.basic && profile.gives_consent);
    let rules = profile.rules(false, Time::from_millis(0));
    assert_eq!((rules.minimum_interval, rules.resend.tries), (Duration::ZERO, 0), "RFC 9700: never twice");
    let me =
        |body: &str| profile.user(&RawAnswer::new(body.as_bytes().to_vec())).map(|user| (user.id, user.name));
    assert_eq!(me(r#"{"sub":"7","email":"a@b.nl"}"#), Some(("7".to_owned(), "a@b.nl".to_owned())));
    assert_eq!(me(r#"{"sub":7}"#), Some(("7".to_owned(), "7".to_owned())));
    assert_eq!(me(r#"{"email":"a@b.nl"}"#), None);
}

#[test]
fn a_custom_provider_is_refused_by_the_field_that_is_wrong() {
    let full = |more: &str| format!("{{{ADDRESSES}{more}}}");
    let at = |address: &str| full("").replace("https://id.example/token", address);
    for (json, error) in [
        ("{}".to_owned(), ProfileError::Missing("authorize")),
        (
            r#"{"authorize":"https://id.example/auth","token":" ","probe":"https://id.example/me"}"#
                .to_owned(),
            ProfileError::Missing("token"),
        ),
        (at("http://id.example/token"), ProfileError::Endpoint("token")),
        (at("https://me:secret@id.example/token"), ProfileError::Endpoint("token")),
        (at("https://id.example/token#here"), ProfileError::Endpoint("token")),
        (at("/token"), ProfileError::Endpoint("token")),
        (full(r#","user_id":"sub""#), ProfileError::Pointer("user_id")),
        (full(r#","user_name":"email""#), ProfileError::Pointer("user_name")),
        (full(r#","origins":["ftp://login.example"]"#), ProfileError::Origin),
        (full(r#","origins":["https://login.example/path"]"#), ProfileError::Origin),
        (full(r#","parameters":{"state":"mine"}"#), ProfileError::Parameter("state".to_owned())),
        (full(r#","parameters":{"client_secret":"x"}"#), ProfileError::Parameter("client_secret".to_owned())),
    ] {
        assert_eq!(custom(&json).map(|profile| profile.server), Err(error), "{json}");
    }
    for json in ["not json".to_owned(), ADDRESSES.to_owned(), full(r#","unknown":1"#)] {
        assert!(matches!(custom(&json), Err(ProfileError::Custom(_))), "{json}");
    }
    let other = Settings { provider: "nango", country: "nl", base_url: None, timing: None, custom: None };
    assert_eq!(Profile::of(other).map(|profile| profile.server), Err(ProfileError::Provider));
}

#[test]
fn exact_online_signs_in_at_its_own_two_origins() {
    let with = |custom| {
        let settings = Settings { provider: "exact", country: "be", base_url: None, timing: None, custom };
        Profile::of(settings)
            .map(|profile| profile.origins.iter().map(url::Origin::ascii_serialization).collect::<Vec<_>>())
    };
    let own = ["https://start.exactonline.be", "https://login.exact.com"];
    assert_eq!(with(None).unwrap(), own);
    let more = with(Some(r#"{"origins":["https://sso.example"],"gives_consent":true}"#)).unwrap();
    assert_eq!(more, [&own[..], &["https://sso.example"]].concat());
    assert_eq!(with(Some(r#"{"basic":true}"#)), Err(ProfileError::NotCustom));
}

#[test]
fn what_is_said_of_a_provider_is_written_without_what_is_not_said() {
    assert_eq!(Custom::default().to_json(), None);
    let said = Custom { origins: vec!["https://sso.example".to_owned()], ..Custom::default() };
    assert_eq!(said.to_json().unwrap(), r#"{"origins":["https://sso.example"]}"#);
    assert_eq!(Custom::parse(said.to_json().as_deref()), Ok(said));
}

#[test]
fn further_parameters_are_written_as_in_an_address() {
    let parameters =
        Custom::read_parameters(" ?prompt=consent&resource=https%3A%2F%2Fa.example&=nameless&max_age");
    let said = Custom { parameters, ..Custom::default() };
    assert_eq!(said.query(), "max_age=&prompt=consent&resource=https%3A%2F%2Fa.example");
    assert_eq!(Custom::read_parameters(&said.query()), said.parameters);
    assert_eq!(Custom::read_parameters("  ").len(), 0);
}

#[test]
fn a_provider_is_placed_by_its_country_or_its_host() {
    let custom = format!("{{{ADDRESSES}}}");
    assert_eq!(provider::place("custom", "", Some(&custom)), "id.example");
    assert_eq!(provider::place("exact", "nl", None), "nl");
    assert_eq!(provider::place("custom", "", Some("{")), "");
}
