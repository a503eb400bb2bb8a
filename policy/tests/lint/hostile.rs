//! Files from anywhere.

use policy::lint::{LARGEST, Rule, Unread};

use crate::{found, rules, unread};

const ENDLESS: &str = "<OAuthV2 name='é'>\n  <Operation>RefreshAccessToken</Operation>\n  \
    <ReuseRefreshToken>true</ReuseRefreshToken>\n  <ExpiresIn>-1</ExpiresIn>\n</OAuthV2>";

#[test]
fn a_document_type_declaration_is_refused_whatever_it_says() {
    let laughs = (1..10).fold("<!ENTITY a0 'ha'>".to_owned(), |all, number| {
        let ten = format!("&a{};", number - 1).repeat(10);
        format!("{all}<!ENTITY a{number} '{ten}'>")
    });
    for doctype in [
        format!("<!DOCTYPE OAuthV2 [{laughs}]>"),
        "<!DOCTYPE OAuthV2 SYSTEM 'file:///etc/hostname'>".to_owned(),
        "<!DOCTYPE OAuthV2>".to_owned(),
        "<?xml version='1.0'?>\n<!-- . -->\n<!DOCTYPE OAuthV2 [<!ENTITY a SYSTEM 'http://127.0.0.1/'>]>"
            .to_owned(),
    ] {
        let text = format!("{doctype}<OAuthV2><ExpiresIn>&a9;</ExpiresIn></OAuthV2>");
        assert_eq!(unread("p.xml", text.as_bytes()), Unread::Doctype, "{doctype}");
    }
    let text = "<OAuthV2><ExpiresIn>&a9;</ExpiresIn></OAuthV2>";
    assert!(matches!(unread("p.xml", text.as_bytes()), Unread::NotXml(_)));
}

#[test]
fn what_is_larger_or_more_intricate_than_any_policy_is_refused() {
    let large = format!("<OAuthV2>{}</OAuthV2>", " ".repeat(usize::try_from(LARGEST).expect("a size")));
    assert_eq!(unread("p.xml", large.as_bytes()), Unread::TooLarge { most: LARGEST });
    let attributes: String = (0..100_000).map(|number| format!(" a{number}=''")).collect();
    assert_eq!(unread("p.xml", format!("<OAuthV2{attributes}/>").as_bytes()), Unread::TooIntricate);
    let spaces: String = (0..20_000).map(|number| format!("<a xmlns:b{number}='c'>")).collect();
    assert_eq!(unread("p.xml", format!("<OAuthV2>{spaces}").as_bytes()), Unread::TooIntricate);
    let many = format!("<OAuthV2>{}</OAuthV2>", "<a/>".repeat(100_000));
    assert_eq!(unread("p.xml", many.as_bytes()), Unread::TooIntricate);
}

#[test]
fn deep_nesting_neither_overflows_nor_hides_anything() {
    let (open, close) = ("<a>".repeat(40_000), "</a>".repeat(40_000));
    let text = ENDLESS.replace("</OAuthV2>", &format!("{open}{close}</OAuthV2>"));
    assert_eq!(rules("p.xml", &text), [Rule::LifetimeEndless]);
    let text = ENDLESS.replace("</OAuthV2>", &open);
    assert!(matches!(unread("p.xml", text.as_bytes()), Unread::NotXml(_)));
    let tables = format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(unread("p.toml", tables.as_bytes()), Unread::NotToml { .. }));
}

#[test]
fn a_policy_is_read_in_every_encoding_and_with_every_end_of_line() {
    let mark = "\u{feff}";
    let wide = |text: &str, unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let marked = format!("{mark}{ENDLESS}");
    for bytes in [
        ENDLESS.as_bytes().to_vec(),
        marked.as_bytes().to_vec(),
        wide(&marked, u16::to_le_bytes),
        wide(&marked, u16::to_be_bytes),
        wide(ENDLESS, u16::to_le_bytes),
        wide(ENDLESS, u16::to_be_bytes),
        ENDLESS.replace('\n', "\r\n").into_bytes(),
    ] {
        let report = policy::lint::check("p", &bytes);
        let [endless] = report.findings.as_slice() else { panic!("{report:?}") };
        assert_eq!((endless.place.line, endless.place.column), (4, 3));
        assert_eq!((endless.place.end_line, endless.place.end_column), (4, 28));
        assert_eq!(endless.policy.as_deref(), Some("é"));
    }
    assert_eq!(unread("p.xml", &[0xFF, 0xFE, 0x3C]), Unread::NotText);
    assert_eq!(unread("p.xml", &[0xFF, 0xFE, 0x00, 0xD8]), Unread::NotText);
    assert_eq!(unread("p.xml", b"<OAuthV2 name='\xE9'/>"), Unread::NotText);
}

#[test]
fn namespaces_comments_and_character_data_change_nothing() {
    let plain = "<s:OAuthV2 xmlns:s='http://example.org/apimgmt' name='x'><s:Operation>Verify<!-- . -->AccessToken</s:Operation></s:OAuthV2>";
    assert_eq!(rules("p.xml", plain), []);
    let text = plain.replace("Verify<!-- . -->AccessToken", "RefreshAccessToken").replace(
        "</s:OAuthV2>",
        "<s:ExpiresIn>18<!-- . -->000<![CDATA[00]]></s:ExpiresIn><!-- <s:RefreshTokenExpiresIn>86400000</s:RefreshTokenExpiresIn> --></s:OAuthV2>",
    );
    let findings = found("p.xml", &text);
    assert_eq!(findings.iter().map(|it| it.rule).collect::<Vec<_>>(), [Rule::LifetimeMissing]);
    let correction = findings[0].correction.clone().expect("a correction");
    assert_eq!(correction.snippet, "<s:RefreshTokenExpiresIn>86400000</s:RefreshTokenExpiresIn>");
    let numbers = ENDLESS.replace("-1", "&#45;&#x31;");
    assert_eq!(rules("p.xml", &numbers), [Rule::LifetimeEndless]);
}

#[test]
fn what_is_no_policy_is_said_in_one_line() {
    for (name, text, said) in [
        ("p.xml", "<VerifyAPIKey name='x'/>", "is no OAuthV2 policy: its root element is `VerifyAPIKey`"),
        ("p", "<html><body>", "is not well-formed XML: "),
        ("p.xml", "", "is not well-formed XML: the document does not have a root node"),
        ("p.xml", "OAuthV2", "is not well-formed XML: "),
        ("p", "{\"OAuthV2\": 1}", "is neither a policy in XML nor one in TOML: line 1: "),
        ("p", "Just a text,\nand nothing else.", "is neither a policy in XML nor one in TOML: line 1: "),
    ] {
        let why = unread(name, text.as_bytes()).to_string();
        assert!(why.starts_with(said) && !why.contains('\n'), "{why}");
    }
}

#[test]
fn what_is_quoted_cannot_steer_a_terminal() {
    let name = "\u{9b}31m\u{202e}".to_owned() + &"x".repeat(500);
    let text = ENDLESS.replace('é', &name);
    let policy = found("a\u{1b}[31m\nb.xml", &text)[0].policy.clone().expect("a name");
    assert!(policy.starts_with("\u{fffd}31m\u{fffd}xx") && policy.chars().count() < 130, "{policy}");
    assert_eq!(found("a\u{1b}[31m\nb.xml", &text)[0].origin.path, "a\u{fffd}[31m\u{fffd}b.xml");
    let text = "<\u{e9}\u{300}\u{202e}/>";
    assert!(!unread("p.xml", text.as_bytes()).to_string().contains('\u{202e}'));
}
