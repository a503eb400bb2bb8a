//! What reports look like.

use policy::lint::{Format, Report, Rule, check};
use serde_json::Value;

use crate::fixture;

fn report() -> Report {
    let mut report = check("proxies/a b.xml", fixture("no-refresh-lifetime.xml").as_bytes());
    report.join(check("unsound.toml", fixture("unsound.toml").as_bytes()));
    report.join(check("broken.xml", b"<x"));
    report
}

#[test]
fn people_read_where_why_and_what_instead() {
    let report = check("p.xml", fixture("no-refresh-lifetime.xml").as_bytes());
    let expected = "\
p.xml:1:1: error: `RefreshTokenExpiresIn` is missing: refresh tokens live for ever, or for years, and their rows pile up. [lifetime-missing]
    policy: GenerateAccessToken
    recommended: 24 hours (86400000 ms)
    put in at 3:55:
        <RefreshTokenExpiresIn>86400000</RefreshTokenExpiresIn>

p.xml:6:7: error: The password grant is supported, which RFC 9700 forbids: programs see passwords. [grant-password]
    policy: GenerateAccessToken
    put in the place of 6:7 to 6:38:
        <GrantType>authorization_code</GrantType>

1 policy read: 2 errors.
";
    assert_eq!(Format::Text.show(&report), expected);
    let clean = check("p.xml", fixture("sound.xml").as_bytes());
    assert_eq!(Format::Text.show(&clean), "1 policy read: nothing found.\n");
}

#[test]
fn programs_read_the_same_as_json() {
    let shown: Value = serde_json::from_str(&Format::Json.show(&report())).expect("JSON");
    assert_eq!((&shown["version"], &shown["policies"]), (&1.into(), &2.into()));
    let first = &shown["findings"][0];
    assert_eq!(first["rule"], "lifetime-missing");
    assert_eq!(first["severity"], "error");
    assert_eq!((&first["file"], &first["archive"]), (&"proxies/a b.xml".into(), &Value::Null));
    assert_eq!((&first["place"]["line"], &first["place"]["end_column"]), (&1.into(), &9.into()));
    assert_eq!(first["recommended_ms"], 86_400_000);
    assert_eq!(first["correction"]["snippet"], "<RefreshTokenExpiresIn>86400000</RefreshTokenExpiresIn>");
    assert_eq!(first["correction"]["place"]["column"], first["correction"]["place"]["end_column"]);
    let codes: Vec<_> =
        shown["findings"].as_array().expect("findings").iter().map(|it| &it["code"]).collect();
    assert!(codes.contains(&&"InvalidValueForRefreshTokenExpiresIn".into()), "{codes:?}");
    assert_eq!(shown["unreadable"][0]["file"], "broken.xml");
    assert_eq!(shown["unreadable"][0]["why"], "not_xml");
}

#[test]
fn code_scanning_reads_sarif() {
    let shown: Value = serde_json::from_str(&Format::Sarif.show(&report())).expect("JSON");
    assert_eq!(shown["version"], "2.1.0");
    let run = &shown["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), Rule::ALL.len());
    for rule in rules {
        assert!(rule["shortDescription"]["text"].is_string() && rule["help"]["text"].is_string(), "{rule}");
        assert!(
            ["error", "warning", "note"]
                .contains(&rule["defaultConfiguration"]["level"].as_str().expect("a level"))
        );
    }
    let artifacts = run["artifacts"].as_array().expect("artifacts");
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), report().findings.len());
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small")];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(result["message"]["text"].as_str().is_some_and(|text| text.ends_with('.')), "{result}");
        let place = &result["locations"][0]["physicalLocation"];
        let artifact =
            usize::try_from(place["artifactLocation"]["index"].as_u64().expect("an index")).expect("small");
        assert_eq!(artifacts[artifact]["location"]["uri"], place["artifactLocation"]["uri"]);
        assert_in_order(&place["region"]);
        for fix in result["fixes"].as_array().into_iter().flatten() {
            let change = &fix["artifactChanges"][0];
            assert_eq!(change["artifactLocation"], place["artifactLocation"]);
            assert_in_order(&change["replacements"][0]["deletedRegion"]);
            assert!(change["replacements"][0]["insertedContent"]["text"].is_string());
        }
    }
    assert_eq!(artifacts[0]["location"]["uri"], "proxies/a%20b.xml");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"][0]["level"], "error");
}

fn assert_in_order(region: &Value) {
    let number = |name: &str| region[name].as_u64().expect("a number");
    assert!(number("startLine") >= 1 && number("startColumn") >= 1, "{region}");
    assert!(
        (number("startLine"), number("startColumn")) <= (number("endLine"), number("endColumn")),
        "{region}"
    );
}

#[test]
fn a_file_in_an_archive_names_the_archive() {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("apiproxy/policies/a.xml", zip::write::SimpleFileOptions::default()).expect("a file");
    writer.write_all(fixture("no-refresh-lifetime.xml").as_bytes()).expect("its bytes");
    let bytes = writer.finish().expect("an archive").into_inner();
    let shown: Value = serde_json::from_str(&Format::Sarif.show(&check("/srv/b.zip", &bytes))).expect("JSON");
    let artifacts = &shown["runs"][0]["artifacts"];
    assert_eq!(artifacts[0]["location"]["uri"], "file:///srv/b.zip");
    assert_eq!(artifacts[1]["location"]["uri"], "/apiproxy/policies/a.xml");
    assert_eq!(artifacts[1]["parentIndex"], 0);
    assert_eq!(
        shown["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["index"],
        1
    );
}

#[test]
fn every_rule_has_texts_and_a_name_of_its_own() {
    let mut ids: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        assert!(!rule.title().ends_with('.') && rule.help().ends_with('.'), "{rule:?}");
    }
}
