//! `evergrant lint`.

use std::path::Path;

use crate::binary::{Binary, Ended};

/// Where the policies are that the linter's own tests read.
fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy/tests/fixtures").join(name);
    path.canonicalize().unwrap().display().to_string()
}

fn lint(binary: &Binary, arguments: &[&str]) -> Ended {
    binary.run(&[&["lint"], arguments].concat())
}

#[test]
fn the_exit_code_says_what_it_came_to() {
    let binary = Binary::new();
    let clean = lint(&binary, &[&fixture("sound.xml"), &fixture("sound.toml")]);
    assert_eq!((clean.code, clean.out.as_str()), (Some(0), "2 policies read: nothing found.\n"));
    let found = lint(&binary, &[&fixture("no-refresh-lifetime.xml")]);
    assert_eq!((found.code, found.err.as_str()), (Some(1), ""));
    assert!(found.out.contains("no-refresh-lifetime.xml:1:1: error: `RefreshTokenExpiresIn` is missing"));
    let warned = lint(&binary, &[&fixture("long-lifetimes.xml")]);
    assert_eq!(warned.code, Some(1), "a warning is a finding");
    for file in ["nowhere.xml", "."] {
        let ended = lint(&binary, &[file]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
        assert!(ended.failure().starts_with(&format!("evergrant: {file} ")), "{ended:?}");
    }
    binary.write("other.xml", "<VerifyAPIKey name='x'/>");
    let other = lint(&binary, &["other.xml"]);
    assert_eq!(other.code, Some(2));
    let said = "evergrant: other.xml is no OAuthV2 policy: its root element is `VerifyAPIKey`";
    assert_eq!(other.failure(), said);
    assert_eq!(lint(&binary, &[]).code, Some(2), "nothing to check is a mistake");
    assert!(!binary.path("data").exists(), "checking needs no store");
}

#[test]
fn a_folder_is_read_as_a_bundle() {
    let binary = Binary::new();
    let ended = lint(&binary, &[&fixture("bundle")]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    assert!(ended.out.ends_with("3 policies read: 1 error, 1 note.\n"), "{}", ended.out);
    assert!(ended.out.contains("OA-Refresh.xml:3:5: error: `ExpiresIn` is `-1`"), "{}", ended.out);
    let policies = fixture("bundle/apiproxy/policies");
    assert!(lint(&binary, &[&policies]).out.ends_with("3 policies read: 1 error, 1 note.\n"));
    assert_eq!(lint(&binary, &[&fixture("bundle/apiproxy/proxies")]).code, Some(2));
}

#[test]
fn what_cannot_be_read_in_a_bundle_is_told_beside_what_was_found() {
    let binary = Binary::new();
    let policies = binary.path("apiproxy/policies");
    std::fs::create_dir_all(policies.join("policies")).unwrap();
    std::fs::create_dir_all(binary.path("apiproxy/.hidden/policies")).unwrap();
    binary.write("apiproxy/policies/broken.xml", "<OAuthV2>");
    binary.write("apiproxy/policies/bad.xml", "<OAuthV2><ExpiresIn>0</ExpiresIn></OAuthV2>");
    binary.write("apiproxy/policies/policies/deeper.xml", "<!DOCTYPE x><OAuthV2/>");
    binary.write("apiproxy/.hidden/policies/h.xml", "<OAuthV2/>");
    binary.write("secret.xml", "<OAuthV2/>");
    std::os::unix::fs::symlink(binary.path("secret.xml"), policies.join("link.xml")).unwrap();
    std::os::unix::fs::symlink("/proc", policies.join("proc")).unwrap();
    let ended = lint(&binary, &["apiproxy", "--format", "json"]);
    assert_eq!(ended.code, Some(2));
    let shown: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(shown["policies"], 1);
    let codes = shown["findings"].as_array().unwrap().iter().map(|it| it["code"].clone());
    assert!(codes.collect::<Vec<_>>().contains(&"InvalidValueForExpiresIn".into()), "{shown}");
    let why: Vec<_> = shown["unreadable"].as_array().unwrap().iter().map(|it| it["why"].as_str()).collect();
    assert_eq!(why, [Some("not_xml"), Some("link"), Some("doctype")]);
    assert_eq!(ended.err.lines().count(), 3, "{}", ended.err);
}

#[test]
fn standard_input_and_every_format_are_served() {
    let binary = Binary::new();
    let text = std::fs::read_to_string(fixture("no-refresh-lifetime.xml")).unwrap();
    let ended = binary.run_with(&["lint", "-", "--format", "sarif"], &text);
    assert_eq!(ended.code, Some(1));
    let shown: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(shown["runs"][0]["results"][0]["ruleId"], "lifetime-missing");
    let device = lint(&binary, &["/dev/zero"]);
    assert_eq!((device.code, device.failure()), (Some(2), "evergrant: /dev/zero is no file"));
    let help = binary.run(&["lint", "--help"]);
    assert!(help.good && help.out.contains("Exit codes: 0 nothing found"), "{}", help.out);
}
