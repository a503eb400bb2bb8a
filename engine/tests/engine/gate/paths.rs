//! Whatever is asked for: the address is within the provider's API, or there is none.

use engine::gate::PathError;
use engine::gate::path::Target;
use engine::provider::{Profile, Settings};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;

fn exact() -> Profile {
    let settings = Settings { provider: "exact", country: "nl", base_url: None, timing: None, custom: None };
    Profile::of(settings).unwrap()
}

fn custom(api: Option<&str>) -> Profile {
    let api = api.map_or_else(String::new, |api| format!(r#","api":"{api}""#));
    let custom = format!(
        r#"{{"authorize":"https://id.example/a","token":"https://id.example/t","probe":"https://data.example/me?x=1"{api}}}"#
    );
    let settings =
        Settings { provider: "custom", country: "", base_url: None, timing: None, custom: Some(&custom) };
    Profile::of(settings).unwrap()
}

fn url(profile: &Profile, path: &str, query: Option<&str>) -> String {
    Target::of(profile, path, query).unwrap().url.into()
}

#[test]
fn a_path_is_one_of_the_api_with_its_own_path_or_without() {
    let exact = exact();
    let there = "https://start.exactonline.nl/api/v1/current/Me";
    assert_eq!(url(&exact, "current/Me", None), there);
    assert_eq!(url(&exact, "api/v1/current/Me", None), there);
    assert_eq!(
        url(&exact, "current/Me", Some("$select=UserID&a=b%2Fc")),
        format!("{there}?$select=UserID&a=b%2Fc")
    );
    assert_eq!(url(&custom(None), "rows/7/", None), "https://data.example/rows/7/");
    let versioned = custom(Some("https://data.example/v2"));
    assert_eq!(url(&versioned, "rows", None), "https://data.example/v2/rows");
    assert_eq!(url(&versioned, "v2/rows", None), "https://data.example/v2/rows");
}

#[test]
fn what_names_things_in_real_apis_is_let_through() {
    for path in [
        "100001/crm/Accounts(guid'0f1b5b8e-0000-4000-8000-000000000001')",
        "100001/crm/Accounts(guid'0f1b5b8e-0000-4000-8000-000000000001')/Name",
        "100001/documents/Caf%C3%A9%20%26%20bar",
        "100001/crm/Café",
        "v1/projects:search",
        "files/report.v2.pdf",
        "files/.well-known",
        "a;b=c/d",
    ] {
        let target = Target::of(&exact(), path, None).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(target.url.path().starts_with("/api/v1/"), "{path}");
    }
}

#[test]
fn a_path_that_leaves_the_api_is_refused_and_says_why() {
    use PathError::{Absolute, Backslash, Dots, Empty, EmptySegment, Encoded, Malformed, Twice};
    for (path, error) in [
        ("", Empty),
        ("api/v1/", Empty),
        ("../oauth2/token", Dots),
        ("current/../../oauth2/token", Dots),
        ("current/..", Dots),
        ("current/./Me", Dots),
        ("current/..;x=1/token", Dots),
        ("current/...", Dots),
        ("current/..%20/token", Dots),
        ("current/%2e%2e/token", Encoded),
        ("current/.%2E/token", Encoded),
        ("current%2fMe", Encoded),
        ("current%2FMe", Encoded),
        ("current/%252e%252e/token", Twice),
        ("current%252fMe", Twice),
        ("current\\..\\token", Backslash),
        ("current%5c..%5ctoken", Backslash),
        ("https://evil.example/api/v1/current/Me", Absolute),
        ("https:/evil.example/", Absolute),
        ("//evil.example/", Absolute),
        ("/evil.example", Absolute),
        ("current//Me", EmptySegment),
        ("current/%zz", Malformed),
        ("current/%", Malformed),
        ("current/%2", Malformed),
        ("current/%00", Malformed),
        ("current/%0d%0aHost:%20evil.example", Malformed),
        ("current/%c0%ae%c0%ae/token", Malformed),
    ] {
        assert_eq!(Target::of(&exact(), path, None).unwrap_err(), error, "{path}");
    }
}

#[test]
fn a_user_or_a_port_in_the_path_stays_in_the_path() {
    for path in ["@evil.example/x", ":8080/x", "evil.example:80@x/y"] {
        let target = Target::of(&exact(), path, Some("//evil.example/?a=../..")).unwrap();
        assert_eq!(target.url.host_str(), Some("start.exactonline.nl"), "{path}");
        assert_eq!(target.url.port(), None, "{path}");
    }
}

#[test]
fn the_company_and_the_endpoint_are_read_off_the_path() {
    let split = |path: &str| {
        let target = Target::of(&exact(), path, None).unwrap();
        (target.company, target.endpoint)
    };
    let of = |company: &str, endpoint: &str| (Some(company.to_owned()), endpoint.to_owned());
    assert_eq!(split("100001/crm/Accounts(guid'1')/Name"), of("100001", "crm/accounts/name"));
    assert_eq!(split("api/v1/7/crm/Accounts/"), of("7", "crm/accounts"));
    assert_eq!(split("current/Me"), (None, "current/me".to_owned()));
    assert_eq!(split("100001"), (None, "100001".to_owned()));
}

#[test]
fn a_custom_api_is_an_address_without_a_query() {
    for api in [
        "data.example/v2",
        "http://data.example/v2",
        "https://data.example/v2?x=1",
        "https://a@data.example/",
    ] {
        let custom = format!(
            r#"{{"authorize":"https://id.example/a","token":"https://id.example/t","probe":"https://id.example/p","api":"{api}"}}"#
        );
        let settings =
            Settings { provider: "custom", country: "", base_url: None, timing: None, custom: Some(&custom) };
        assert!(Profile::of(settings).is_err(), "{api}");
    }
}

/// Pieces that break out of paths, in any order, and anything else.
fn paths() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("..".to_owned()),
        Just(".".to_owned()),
        Just("/".to_owned()),
        Just("//".to_owned()),
        Just("\\".to_owned()),
        Just("%2e".to_owned()),
        Just("%2F".to_owned()),
        Just("%5c".to_owned()),
        Just("%25".to_owned()),
        Just("%".to_owned()),
        Just(";".to_owned()),
        Just("@".to_owned()),
        Just("?".to_owned()),
        Just("#".to_owned()),
        Just("\t".to_owned()),
        Just("https:".to_owned()),
        Just("evil.example".to_owned()),
        Just("api/v1/".to_owned()),
        Just("100001".to_owned()),
        "[a-zA-Z0-9%./\\\\]{1,6}",
        "\\PC{1,3}",
    ];
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn no_path_leaves_the_api(path in paths(), query in prop::option::of("\\PC{0,20}"), own in any::<bool>()) {
        let profile = if own { custom(Some("https://data.example/v2")) } else { exact() };
        let Ok(target) = Target::of(&profile, &path, query.as_deref()) else { return Ok(()) };
        prop_assert_eq!(target.url.origin(), profile.api.origin());
        prop_assert!(target.url.path().starts_with(profile.api.path()));
        prop_assert!(target.url.username().is_empty() && target.url.fragment().is_none());
        // However often the server decodes what it gets, it finds no way up.
        let mut read = target.url.path().to_owned();
        for _ in 0..3 {
            let up = |segment: &str| segment.trim() == ".." || segment.trim() == ".";
            prop_assert!(!read.split(['/', '\\']).any(up), "{} became {}", path, read);
            prop_assert_eq!(read.matches('/').count(), target.url.path().matches('/').count());
            read = percent_decode_str(&read).decode_utf8_lossy().into_owned();
        }
    }
}
