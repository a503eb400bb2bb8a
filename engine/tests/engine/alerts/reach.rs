//! Which addresses are anybody's.

use std::net::IpAddr;

use engine::alert::{Answer, is_public, signature};
use engine::guard::secret::WebhookSecret;

#[test]
fn what_is_set_aside_is_not_public() {
    let special = [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:192.168.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ];
    for address in special {
        assert!(!is_public(address.parse::<IpAddr>().unwrap()), "{address}");
    }
}

#[test]
fn what_is_anybodys_is_public() {
    let open = [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.255.255",
        "198.20.0.1",
        "223.255.255.254",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2001:4860:4860::8888",
        "2606:4700:4700::1111",
        "2a00:1450:400e::1",
    ];
    for address in open {
        assert!(is_public(address.parse::<IpAddr>().unwrap()), "{address}");
    }
}

/// Made with `printf '%s' 'a.1800000000.{}' | openssl dgst -sha256 -hmac evw_test`.
#[test]
fn a_signature_is_what_others_make_of_the_same() {
    let secret = WebhookSecret::new("evw_test".to_owned());
    let signed = signature(&secret, "a", 1_800_000_000, b"{}");
    assert_eq!(signed, "v1=bc4c1f12a1cb28bdfc708edfe227966a7a63301f4104ced204bac7f4d781d03a");
}

#[test]
fn every_answer_is_read_as_it_was_written() {
    let answers = [
        Answer::Http(204),
        Answer::Smtp(550),
        Answer::Unreachable,
        Answer::NoAnswer,
        Answer::NotSecure,
        Answer::NotPublic,
        Answer::NoMailServer,
        Answer::NotMade,
    ];
    for answer in answers {
        assert_eq!(Answer::from_word(&answer.word()), Some(answer));
    }
    for nothing in ["", "http", "http many", "pigeon 204", "something else"] {
        assert_eq!(Answer::from_word(nothing), None, "{nothing}");
    }
    assert!(Answer::Http(299).is_taken() && !Answer::Http(300).is_taken() && !Answer::Smtp(450).is_taken());
}
