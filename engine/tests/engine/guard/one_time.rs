use std::io::Cursor;
use std::time::Duration;

use chain::Time;
use engine::guard::one_time::{self, OneTime, OneTimeProblem};
use engine::guard::secret::TotpSecret;
use image::{DynamicImage, ImageFormat, Luma};
use proptest::prelude::*;
use qrcode::{Color, QrCode};
use zeroize::Zeroizing;

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn parse(text: &str) -> Result<String, OneTimeProblem> {
    OneTime::parse(text).map(|secret| secret.expose().to_owned())
}

fn code(secret: &TotpSecret, seconds: i64) -> String {
    one_time::code(secret, Time::from_millis(seconds * 1000 + 999)).expose().to_owned()
}

/// A QR code, `scale` pixels a module, dark on light.
fn picture(text: &str, scale: u32) -> DynamicImage {
    let code = QrCode::new(text).unwrap();
    let width = u32::try_from(code.width()).unwrap();
    let modules = code.to_colors();
    let whole = (width + 8) * scale;
    let picture = image::GrayImage::from_fn(whole, whole, |x, y| {
        let (x, y) = ((x / scale).checked_sub(4), (y / scale).checked_sub(4));
        let dark = x.zip(y).filter(|(x, y)| *x < width && *y < width);
        let dark = dark.is_some_and(|(x, y)| modules[(y * width + x) as usize] == Color::Dark);
        Luma([if dark { 0 } else { 255 }])
    });
    DynamicImage::ImageLuma8(picture)
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

fn from_picture(bytes: &[u8]) -> Result<String, OneTimeProblem> {
    OneTime::from_picture(bytes).map(|secret| secret.expose().to_owned())
}

#[test]
fn the_codes_are_those_of_rfc_6238() {
    // Appendix B; its codes have eight digits, of which ours are the last six.
    let sha1 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let sha256 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA";
    let sha512 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                  GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA";
    for (seconds, by_sha1, by_sha256, by_sha512) in [
        (59, "94287082", "46119246", "90693936"),
        (1_111_111_109, "07081804", "68084774", "25091201"),
        (1_111_111_111, "14050471", "67062674", "99943326"),
        (1_234_567_890, "89005924", "91819424", "93441116"),
        (2_000_000_000, "69279037", "90698825", "38618901"),
        (20_000_000_000, "65353130", "77737706", "47863826"),
    ] {
        for (hash, secret, expected) in
            [("SHA1", sha1, by_sha1), ("SHA256", sha256, by_sha256), ("SHA512", sha512, by_sha512)]
        {
            let secret = OneTime::parse(&format!("otpauth://totp/x?secret={secret}&algorithm={hash}"));
            assert_eq!(
                code(&secret.unwrap_or_else(|e| panic!("{e}")), seconds),
                expected[2..],
                "{hash} {seconds}"
            );
        }
    }
}

#[test]
fn a_secret_is_read_however_it_is_written() {
    let canonical = format!("sha1:{SECRET}");
    for written in [
        SECRET.to_owned(),
        SECRET.to_lowercase(),
        format!("  {SECRET}\n"),
        "gezd gnbv gy3t qojq gezd gnbv gy3t qojq".to_owned(),
        "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ".to_owned(),
        format!("otpauth://totp/Exact:anna?secret={SECRET}&issuer=Exact"),
        format!(
            "otpauth://TOTP/Exact%20Online:anna%40example.nl?secret={}&digits=6&period=30",
            SECRET.to_lowercase()
        ),
        format!("OTPAUTH://totp/?algorithm=sha-1&secret={SECRET}"),
    ] {
        assert_eq!(parse(&written).as_deref(), Ok(canonical.as_str()), "{written}");
    }
    assert_eq!(parse("JBSWY3DPEHPK3PXPJA======").as_deref(), Ok("sha1:JBSWY3DPEHPK3PXPJA"));
    let hmac = format!("otpauth://totp/x?secret={SECRET}&algorithm=HmacSHA512");
    assert_eq!(parse(&hmac), Ok(format!("sha512:{SECRET}")));
}

#[test]
fn what_is_not_supported_is_refused_by_its_name() {
    let of = |query: &str| format!("otpauth://totp/x?secret={SECRET}&{query}");
    for (written, problem) in [
        (String::new(), OneTimeProblem::Empty),
        (" \t".to_owned(), OneTimeProblem::Empty),
        (" = - ".to_owned(), OneTimeProblem::Empty),
        ("correct, horse".to_owned(), OneTimeProblem::NotBase32),
        ("GEZDGNBVGY3TQOJ0".to_owned(), OneTimeProblem::NotBase32),
        (format!("{SECRET}A"), OneTimeProblem::NotBase32),
        ("A".repeat(5000), OneTimeProblem::NotBase32),
        ("GEZDGNBVGY3TQOI".to_owned(), OneTimeProblem::TooShort),
        (format!("otpauth://hotp/x?secret={SECRET}&counter=1"), OneTimeProblem::Hotp),
        (of("digits=8"), OneTimeProblem::Digits(8)),
        (of("period=60"), OneTimeProblem::Period(60)),
        (of("algorithm=MD5"), OneTimeProblem::Algorithm("MD5".to_owned())),
        (of("digits=six"), OneTimeProblem::NotAnAddress),
        ("otpauth-migration://offline?data=CjEK".to_owned(), OneTimeProblem::NotAnAddress),
        ("https://example.nl/?secret=GEZDGNBVGY3TQOJQ".to_owned(), OneTimeProblem::NotAnAddress),
        ("otpauth://totp/x?issuer=Exact".to_owned(), OneTimeProblem::NoSecretInside),
        ("otpauth://totp/x?secret=".to_owned(), OneTimeProblem::NoSecretInside),
    ] {
        let found = parse(&written);
        assert_eq!(found, Err(problem.clone()), "{written}");
        assert!(!format!("{problem} {problem:?}").contains("GEZD"));
    }
}

#[test]
fn a_sealed_secret_comes_back_only_in_its_own_form() {
    let back = |text: &str| TotpSecret::try_from(Zeroizing::new(text.as_bytes().to_vec()));
    let secret = back(&format!("sha256:{SECRET}")).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(secret.expose(), format!("sha256:{SECRET}"));
    for wrong in ["", SECRET, "md5:GEZDGNBVGY3TQOJQ", "sha1:not base32!"] {
        assert!(back(wrong).is_err(), "{wrong}");
    }
    assert!(TotpSecret::try_from(Zeroizing::new(vec![0xff, 0xfe])).is_err());
}

#[test]
fn a_period_has_a_number_and_an_end() {
    let at = Time::from_millis;
    assert_eq!(
        (one_time::period(at(0)), one_time::period(at(29_999)), one_time::period(at(30_000))),
        (0, 0, 1)
    );
    assert_eq!(one_time::left(at(0)), Duration::from_secs(30));
    assert_eq!(one_time::left(at(24_001)), Duration::from_millis(5_999));
    assert_eq!(one_time::left(at(59_999)), Duration::from_millis(1));
    assert_eq!((one_time::period(at(-1)), one_time::left(at(-1))), (0, Duration::from_secs(30)));
}

#[test]
fn a_picture_of_a_qr_code_is_read() {
    let address = format!("otpauth://totp/Exact:anna%40example.nl?secret={SECRET}&issuer=Exact%20Online");
    let drawn = picture(&address, 4);
    let expected = Ok(format!("sha1:{SECRET}"));
    assert_eq!(from_picture(&encoded(&drawn, ImageFormat::Png)), expected);
    assert_eq!(from_picture(&encoded(&drawn, ImageFormat::Jpeg)), expected);
    // Light on dark, as a page in the dark shows it.
    let mut dark = drawn.clone();
    dark.invert();
    assert_eq!(from_picture(&encoded(&dark, ImageFormat::Png)), expected);
    // Dark on nothing: the light modules are transparent.
    let mut clear = drawn.to_luma_alpha8();
    clear.pixels_mut().for_each(|pixel| *pixel = image::LumaA([0, 255 - pixel.0[0]]));
    assert_eq!(from_picture(&encoded(&DynamicImage::ImageLumaA8(clear), ImageFormat::Png)), expected);
}

#[test]
fn a_picture_without_a_secret_says_what_it_lacks() {
    let png = |picture: &DynamicImage| encoded(picture, ImageFormat::Png);
    let blank = DynamicImage::ImageLuma8(image::GrayImage::from_pixel(200, 200, Luma([255])));
    let hotp = picture(&format!("otpauth://hotp/x?secret={SECRET}"), 4);
    let elsewhere = picture("https://example.nl/", 4);
    let wide = DynamicImage::ImageLuma8(image::GrayImage::new(26_000, 1_000));
    let whole = png(&picture("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ", 4));
    for (bytes, problem) in [
        (png(&blank), OneTimeProblem::NoQrCode),
        (png(&hotp), OneTimeProblem::Hotp),
        (png(&elsewhere), OneTimeProblem::NoSecretInside),
        (png(&wide), OneTimeProblem::PictureTooLarge),
        (vec![0; 5 * 1024 * 1024 + 1], OneTimeProblem::PictureTooLarge),
        (Vec::new(), OneTimeProblem::PictureNotReadable),
        (b"GIF89a".to_vec(), OneTimeProblem::PictureNotReadable),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), OneTimeProblem::PictureNotReadable),
        (whole[..whole.len() / 2].to_vec(), OneTimeProblem::PictureNotReadable),
    ] {
        assert_eq!(from_picture(&bytes), Err(problem));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,80}", query in "[a-z]{0,9}=[0-9A-Za-z%&=]{0,60}") {
        let _ = OneTime::parse(&text);
        let _ = OneTime::parse(&format!("otpauth://totp/{text}?{query}"));
    }

    #[test]
    fn every_secret_survives_being_written_down(secret in prop::collection::vec(any::<u8>(), 10..64), at in 0..4_000_000_000_i64) {
        let written = totp_rs::Secret::from(secret.clone()).to_base32();
        let read = OneTime::parse(&written).unwrap();
        prop_assert_eq!(read.expose(), format!("sha1:{written}"));
        let shown = code(&read, at);
        prop_assert!(shown.len() == 6 && shown.bytes().all(|digit| digit.is_ascii_digit()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_picture_makes_it_panic(cut in 0..2000_usize, at in 0..2000_usize, byte in any::<u8>()) {
        let mut bytes = encoded(&picture("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ", 2), ImageFormat::Png);
        bytes.truncate(bytes.len().saturating_sub(cut % 7));
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = OneTime::from_picture(&bytes);
    }
}
