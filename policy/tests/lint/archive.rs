//! Bundles in zip archives.

use std::io::{Cursor, Write};

use policy::lint::{LARGEST, LARGEST_ARCHIVE, Outcome, Report, Rule, Unread, check};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::{fixture, unread};

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, packed).expect("a file");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("an archive").into_inner()
}

fn reasons(report: &Report) -> Vec<(String, &'static str)> {
    report.unreadable.iter().map(|it| (it.origin.to_string(), it.why.code())).collect()
}

#[test]
fn every_policy_of_a_bundle_is_read_and_nothing_else() {
    let bad = fixture("no-refresh-lifetime.xml");
    let bytes = zipped(&[
        ("apiproxy/bundle.xml", b"<APIProxy name='x'/>"),
        ("apiproxy/policies/OA-1.xml", bad.as_bytes()),
        ("sharedflowbundle\\policies\\OA-2.XML", fixture("sound.xml").as_bytes()),
        ("apiproxy/policies/VK.xml", b"<VerifyAPIKey name='x'/>"),
        ("apiproxy/policies/broken.xml", b"<not xml"),
        ("apiproxy/policies/readme.txt", b"\xff"),
        ("apiproxy/proxies/default.xml", bad.as_bytes()),
        ("apiproxy/resources/policies/OA-3.xml", bad.as_bytes()),
        ("OA-4.xml", bad.as_bytes()),
        ("policies/folder.xml/", b""),
    ]);
    let report = check("bundle.zip", &bytes);
    assert_eq!((report.policies, report.outcome()), (3, Outcome::Findings));
    let found: Vec<_> = report.findings.iter().map(|it| (it.origin.to_string(), it.rule)).collect();
    let of = |path: &str, rule| (format!("bundle.zip!/{path}"), rule);
    assert_eq!(
        found,
        [
            of("apiproxy/policies/OA-1.xml", Rule::LifetimeMissing),
            of("apiproxy/policies/OA-1.xml", Rule::GrantPassword),
            of("OA-4.xml", Rule::LifetimeMissing),
            of("OA-4.xml", Rule::GrantPassword),
        ]
    );
}

#[test]
fn what_cannot_be_read_is_told_beside_what_was_found() {
    let bytes = zipped(&[
        ("policies/a.xml", fixture("no-refresh-lifetime.xml").as_bytes()),
        ("policies/b.xml", b"<OAuthV2>"),
        ("policies/c.xml", b"<!DOCTYPE x><OAuthV2/>"),
        ("../../policies/d.xml", b"\xff"),
    ]);
    let report = check("b.zip", &bytes);
    assert_eq!((report.outcome(), report.findings.len()), (Outcome::Unreadable, 2));
    let at = |path: &str, code| (format!("b.zip!/{path}"), code);
    let expected = [
        at("policies/b.xml", "not_xml"),
        at("policies/c.xml", "doctype"),
        at("../../policies/d.xml", "not_text"),
    ];
    assert_eq!(reasons(&report), expected);
}

#[test]
fn a_bundle_without_a_policy_is_not_what_was_meant() {
    assert_eq!(
        unread("b.zip", &zipped(&[("apiproxy/policies/VK.xml", b"<VerifyAPIKey/>")])),
        Unread::NoPolicy
    );
    assert_eq!(unread("b.zip", &zipped(&[])), Unread::NoPolicy);
}

#[test]
fn a_bomb_is_not_unpacked() {
    let policy = fixture("sound.xml");
    let padded = |spaces: usize| format!("{policy}{}", " ".repeat(spaces)).into_bytes();
    let large = usize::try_from(LARGEST).expect("a size");
    let bytes = zipped(&[
        ("policies/a.xml", &padded(40_000)),
        ("policies/b.xml", &padded(500_000)),
        ("policies/c.xml", &padded(5 * large)),
    ]);
    let report = check("b.zip", &bytes);
    assert_eq!(report.policies, 1);
    let at = |path: &str| (format!("b.zip!/{path}"), "bomb");
    assert_eq!(reasons(&report), [at("policies/b.xml"), at("policies/c.xml")]);
}

#[test]
fn all_of_an_archive_together_is_bounded() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let other = format!("<AssignMessage>{}</AssignMessage>", " ".repeat(1_000_000));
    for number in 0..12 {
        let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        writer.start_file(format!("policies/{number}.xml"), plain).expect("a file");
        let text = if number == 0 { fixture("sound.xml") } else { other.clone() };
        writer.write_all(text.as_bytes()).expect("its bytes");
    }
    let report = check("b.zip", &writer.finish().expect("an archive").into_inner());
    assert_eq!(report.policies, 1);
    assert_eq!(reasons(&report).last(), Some(&("b.zip".to_owned(), "bomb")), "{report:?}");
}

#[test]
fn links_broken_archives_and_unknown_packings_are_told() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    writer.add_symlink("policies/a.xml", "/etc/hostname", plain).expect("a link");
    let bytes = writer.finish().expect("an archive").into_inner();
    assert_eq!(unread("b.zip", &bytes), Unread::Link);

    let whole = zipped(&[("policies/a.xml", fixture("sound.xml").as_bytes())]);
    assert!(matches!(unread("b.zip", &whole[..whole.len() / 2]), Unread::BrokenArchive(_)));
    let mut changed = whole.clone();
    changed[60] ^= 0xFF;
    assert!(matches!(unread("b.zip", &changed), Unread::BrokenArchive(_)));
    // The packing, in the head of the file and in the list at the end.
    let list = whole.windows(4).position(|four| four == b"PK\x01\x02").expect("the list");
    let mut strange = whole.clone();
    strange[8] = 14;
    strange[list + 10] = 14;
    assert!(matches!(unread("b.zip", &strange), Unread::BrokenArchive(_)));

    let mut large = zipped(&[]);
    large.resize(usize::try_from(LARGEST_ARCHIVE).expect("a size") + 1, 0);
    assert_eq!(unread("b.zip", &large), Unread::TooLarge { most: LARGEST_ARCHIVE });
}

#[test]
fn sizes_that_an_archive_only_claims_are_not_believed() {
    let whole = zipped(&[("policies/a.xml", fixture("sound.xml").as_bytes())]);
    let list = whole.windows(4).position(|four| four == b"PK\x01\x02").expect("the list");
    let mut lying = whole.clone();
    lying[22..26].copy_from_slice(&5_u32.to_le_bytes());
    lying[list + 24..list + 28].copy_from_slice(&5_u32.to_le_bytes());
    let report = check("b.zip", &lying);
    assert!(report.policies + report.unreadable.len() == 1, "{report:?}");
    lying[list + 24..list + 28].copy_from_slice(&u32::MAX.to_le_bytes());
    let report = check("b.zip", &lying);
    assert!(report.policies + report.unreadable.len() == 1, "{report:?}");
}
