//! One-time codes (RFC 6238): what people paste as the secret of an authenticator app, and its codes.
//!
//! Codes of six digits and periods of 30 seconds are what the sign-in pages ask for; anything else
//! is refused by its name, when it is typed rather than on the night it is needed.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use chain::Time;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use thiserror::Error;
use totp_rs::{Algorithm, Builder, Secret};
use url::Url;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::secret::{NotText, OneTimeCode, text};

/// How long one code is valid, in seconds.
pub const PERIOD: u64 = 30;

/// The hash that is used where none is named.
const SHA1: &str = "sha1";
/// Under 80 bits a secret can be guessed; RFC 4226 asks for 128.
const LEAST_BYTES: usize = 10;
/// The longest text that is looked at; a secret of 512 bits takes 103 letters, an address more.
const MOST_LETTERS: usize = 4096;
/// The largest picture file, in bytes.
const MOST_PICTURE_BYTES: usize = 5 * 1024 * 1024;
/// The largest picture, in pixels: a photo of a telephone.
const MOST_PIXELS: u64 = 25_000_000;
/// The most memory that a picture may take while it is read, in bytes.
const MOST_PICTURE_MEMORY: u64 = 256 * 1024 * 1024;

/// Why a text or a picture holds no secret of a one-time code.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OneTimeProblem {
    /// Nothing was typed.
    #[error("the text is empty")]
    Empty,
    /// Letters or a length that base32 does not have.
    #[error("the text is no base32")]
    NotBase32,
    /// Fewer than 80 bits.
    #[error("the secret is shorter than 80 bits")]
    TooShort,
    /// Codes that count uses instead of time.
    #[error("codes by counter are not supported")]
    Hotp,
    /// Codes of another length than six digits.
    #[error("codes of {0} digits are not supported")]
    Digits(u32),
    /// Codes that are valid for another time than 30 seconds.
    #[error("codes of {0} seconds are not supported")]
    Period(u64),
    /// A hash that is not SHA-1, SHA-256 or SHA-512.
    #[error("the algorithm {0} is not supported")]
    Algorithm(String),
    /// An address of something else.
    #[error("the address is none of a one-time secret")]
    NotAnAddress,
    /// A picture of more than 5 MB or too many pixels.
    #[error("the picture is too large")]
    PictureTooLarge,
    /// Neither PNG nor JPEG, or damaged.
    #[error("the picture cannot be read")]
    PictureNotReadable,
    /// A picture without a QR code that can be read.
    #[error("the picture holds no QR code")]
    NoQrCode,
    /// An address or a QR code that holds something else.
    #[error("there is no secret inside")]
    NoSecretInside,
}

/// The secret of a one-time code, as it is sealed: the hash and the secret in base32.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct TotpSecret(String);

impl TotpSecret {
    /// The secret itself, such as `sha1:JBSWY3DPEHPK3PXP`.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<Zeroizing<Vec<u8>>> for TotpSecret {
    type Error = NotText;

    fn try_from(bytes: Zeroizing<Vec<u8>>) -> Result<Self, NotText> {
        let secret = Self(text(bytes)?);
        split(&secret).map(|_| ()).ok_or(NotText)?;
        Ok(secret)
    }
}

/// Reads what a person has of an authenticator app's secret.
pub struct OneTime;

impl OneTime {
    /// Reads base32, forgiving spaces, dashes, case and padding, or an `otpauth` address.
    ///
    /// # Errors
    /// What is wrong with it, never what it says.
    pub fn parse(typed: &str) -> Result<TotpSecret, OneTimeProblem> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(OneTimeProblem::Empty);
        }
        if typed.len() > MOST_LETTERS {
            return Err(OneTimeProblem::NotBase32);
        }
        if typed.contains(':') { parse_address(typed) } else { decode(typed, SHA1) }
    }

    /// Reads a PNG or JPEG picture of a QR code. It takes its time: not for an async task.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_picture(bytes: &[u8]) -> Result<TotpSecret, OneTimeProblem> {
        if bytes.len() > MOST_PICTURE_BYTES {
            return Err(OneTimeProblem::PictureTooLarge);
        }
        // What makes a decoder panic cannot be read either.
        let grey = catch_unwind(AssertUnwindSafe(|| Grey::read(bytes)));
        let grey = grey.map_err(|_| OneTimeProblem::PictureNotReadable)??;
        let mut problem = OneTimeProblem::NoQrCode;
        for inverted in [false, true] {
            let found = catch_unwind(AssertUnwindSafe(|| grey.codes(inverted))).unwrap_or_default();
            for code in found {
                match parse_address(code.trim()) {
                    Err(OneTimeProblem::NotAnAddress) => problem = OneTimeProblem::NoSecretInside,
                    read => return read,
                }
            }
        }
        Err(problem)
    }
}

/// The code of this moment.
pub fn code(secret: &TotpSecret, now: Time) -> OneTimeCode {
    let (algorithm, secret) = split(secret).unwrap_or((Algorithm::SHA1, Secret::from(Vec::new())));
    let totp = Builder::new().with_algorithm(algorithm).with_secret(secret).build_noncompliant();
    OneTimeCode::new(totp.generate(seconds(now)).to_string())
}

/// The number of the period that this moment lies in, counted from the Unix epoch.
pub fn period(now: Time) -> i64 {
    i64::try_from(seconds(now) / PERIOD).unwrap_or(i64::MAX)
}

/// How long the code of this moment is still valid.
pub fn left(now: Time) -> Duration {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    Duration::from_millis(PERIOD * 1000 - millis % (PERIOD * 1000))
}

fn seconds(now: Time) -> u64 {
    u64::try_from(now.millis() / 1000).unwrap_or(0)
}

fn split(secret: &TotpSecret) -> Option<(Algorithm, Secret)> {
    let (name, letters) = secret.0.split_once(':')?;
    Some((algorithm(name)?.1, Secret::try_from_base32(letters).ok()?))
}

fn parse_address(address: &str) -> Result<TotpSecret, OneTimeProblem> {
    let url = Url::parse(address).map_err(|_| OneTimeProblem::NotAnAddress)?;
    if url.scheme() != "otpauth" {
        return Err(OneTimeProblem::NotAnAddress);
    }
    match url.host_str().map(str::to_ascii_lowercase).as_deref() {
        Some("totp") => {}
        Some("hotp") => return Err(OneTimeProblem::Hotp),
        Some(_) | None => return Err(OneTimeProblem::NotAnAddress),
    }
    let of = |wanted: &str| {
        url.query_pairs().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    };
    if let Some(digits) = of("digits") {
        match digits.trim().parse() {
            Ok(6) => {}
            Ok(digits) => return Err(OneTimeProblem::Digits(digits)),
            Err(_) => return Err(OneTimeProblem::NotAnAddress),
        }
    }
    if let Some(period) = of("period") {
        match period.trim().parse() {
            Ok(PERIOD) => {}
            Ok(period) => return Err(OneTimeProblem::Period(period)),
            Err(_) => return Err(OneTimeProblem::NotAnAddress),
        }
    }
    let hash = match of("algorithm") {
        Some(name) => {
            let unknown = || OneTimeProblem::Algorithm(name.chars().take(20).collect());
            algorithm(&name).ok_or_else(unknown)?.0
        }
        None => SHA1,
    };
    let secret = of("secret").map(|secret| Zeroizing::new(secret.into_owned()));
    let secret = secret.filter(|secret| !secret.trim().is_empty()).ok_or(OneTimeProblem::NoSecretInside)?;
    decode(&secret, hash)
}

fn algorithm(name: &str) -> Option<(&'static str, Algorithm)> {
    let name = name.trim().to_ascii_uppercase().replace(['-', '_'], "");
    match name.strip_prefix("HMAC").unwrap_or(&name) {
        "SHA1" => Some((SHA1, Algorithm::SHA1)),
        "SHA256" => Some(("sha256", Algorithm::SHA256)),
        "SHA512" => Some(("sha512", Algorithm::SHA512)),
        _ => None,
    }
}

fn decode(typed: &str, hash: &str) -> Result<TotpSecret, OneTimeProblem> {
    let letters = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let letters: Zeroizing<String> =
        Zeroizing::new(letters.map(|letter| letter.to_ascii_uppercase()).collect());
    let letters = letters.trim_end_matches('=');
    if letters.is_empty() {
        return Err(OneTimeProblem::Empty);
    }
    let known = letters.bytes().all(|letter| letter.is_ascii_uppercase() || (b'2'..=b'7').contains(&letter));
    // RFC 4648 §6: no number of bytes takes one, three or six letters more than a multiple of eight.
    if !known || [1, 3, 6].contains(&(letters.len() % 8)) {
        return Err(OneTimeProblem::NotBase32);
    }
    let secret = Secret::try_from_base32(letters).map_err(|_| OneTimeProblem::NotBase32)?;
    if secret.as_bytes().len() < LEAST_BYTES {
        return Err(OneTimeProblem::TooShort);
    }
    let letters = Zeroizing::new(secret.to_base32());
    Ok(TotpSecret([hash, ":", letters.as_str()].concat()))
}

/// A picture without its colours.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Grey {
    fn read(bytes: &[u8]) -> Result<Self, OneTimeProblem> {
        let unreadable = |_| OneTimeProblem::PictureNotReadable;
        let format = image::guess_format(bytes).map_err(unreadable)?;
        if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg) {
            return Err(OneTimeProblem::PictureNotReadable);
        }
        let reader = || ImageReader::with_format(Cursor::new(bytes), format);
        let (width, height) = reader().into_dimensions().map_err(unreadable)?;
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(OneTimeProblem::PictureTooLarge);
        }
        let mut reader = reader();
        let mut limits = Limits::default();
        limits.max_alloc = Some(MOST_PICTURE_MEMORY);
        reader.limits(limits);
        Ok(Self::on_white(&reader.decode().map_err(unreadable)?))
    }

    /// What is transparent is white: that is how a browser shows it.
    fn on_white(picture: &DynamicImage) -> Self {
        let picture = picture.to_luma_alpha8();
        let mix = |pixel: &image::LumaA<u8>| {
            let [light, opaque] = pixel.0.map(u16::from);
            u8::try_from((light * opaque + 255 * (255 - opaque)) / 255).unwrap_or(u8::MAX)
        };
        let (width, height) = picture.dimensions();
        Self { width: width as usize, height: height as usize, pixels: picture.pixels().map(mix).collect() }
    }

    /// The texts of the QR codes in it.
    fn codes(&self, inverted: bool) -> Vec<Zeroizing<String>> {
        let at = |x: usize, y: usize| {
            let light = self.pixels.get(y * self.width + x).copied().unwrap_or(u8::MAX);
            if inverted { u8::MAX - light } else { light }
        };
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, at);
        let grids = prepared.detect_grids();
        grids.iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| Zeroizing::new(text)).collect()
    }
}
