//! A bundle in a zip archive.

use std::io::{Cursor, Read};

use zip::result::ZipError;
use zip::{ZipArchive, read::ZipFile};

use super::finding::plain;
use super::{Bundle, LARGEST, LARGEST_ARCHIVE, Origin, Report, Unread};

/// The most that all policies of an archive unpack to, in bytes.
const MOST: u64 = 8 * 1024 * 1024;
/// What any file may unpack to, however well it is packed.
const SMALL: u64 = 64 * 1024;
/// How many times its packed size a larger file may have. XML packs ten to thirty times.
const RATIO: u64 = 100;

/// Whether bytes begin as an archive does.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Checks every policy in an archive. What its headers say of sizes is not believed.
pub(super) fn check(name: &str, bytes: &[u8]) -> Report {
    let mut bundle = Bundle::new(name);
    if bytes.len() as u64 > LARGEST_ARCHIVE {
        bundle.refuse_all(Unread::TooLarge { most: LARGEST_ARCHIVE });
        return bundle.finish();
    }
    match ZipArchive::new(Cursor::new(bytes)) {
        Ok(mut archive) => members(&mut bundle, name, &mut archive),
        Err(error) => bundle.refuse_all(broken(&error)),
    }
    bundle.finish()
}

fn members(bundle: &mut Bundle, name: &str, archive: &mut ZipArchive<Cursor<&[u8]>>) {
    if archive.len() > Bundle::MOST_FILES {
        bundle.refuse_all(Unread::TooMany { most: Bundle::MOST_FILES });
        return;
    }
    let mut left = MOST;
    for index in 0..archive.len() {
        let Some(path) = path(archive, index) else {
            continue;
        };
        let origin = Origin::member(name, &path);
        if left == 0 {
            bundle.refuse_all(Unread::Bomb);
            return;
        }
        let read = match archive.by_index(index) {
            Ok(file) if file.is_symlink() => Err(Unread::Link),
            Ok(file) => unpack(file, &mut left),
            Err(error) => Err(broken(&error)),
        };
        match read {
            Ok(bytes) => bundle.take(origin, &bytes),
            Err(why) => bundle.refuse(origin, why),
        }
    }
}

/// The path of a file that may be a policy.
fn path(archive: &ZipArchive<Cursor<&[u8]>>, index: usize) -> Option<String> {
    let path = archive.name_for_index(index)?.ok()?;
    Bundle::may_hold(&path).then(|| path.into_owned())
}

/// Reads a file until it is over, or is more than it should be. All that is unpacked counts, kept or
/// not.
fn unpack<R: Read>(file: ZipFile<'_, R>, left: &mut u64) -> Result<Vec<u8>, Unread> {
    let believed = SMALL.max(file.compressed_size().saturating_mul(RATIO)).min(*left);
    let most = LARGEST.min(believed);
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes);
    let size = bytes.len() as u64;
    *left -= size.min(*left);
    read.map_err(|error| Unread::BrokenArchive(plain(&error.to_string())))?;
    match size {
        _ if size <= most => Ok(bytes),
        _ if most == LARGEST => Err(Unread::TooLarge { most: LARGEST }),
        _ => Err(Unread::Bomb),
    }
}

fn broken(error: &ZipError) -> Unread {
    Unread::BrokenArchive(plain(&error.to_string()))
}
