//! Reads policy files and says which lifetimes are missing or unsafe.
//!
//! Understood are OAuthV2 policies of Apigee (and of products built on it), one file or a bundle of
//! them, and Evergrant's own policy file. Whoever calls opens the files; [`check`] takes one by its
//! name and bytes, a [`Bundle`] takes the files of a folder one by one.
//!
//! Files come from anywhere. None is larger than [`LARGEST`], no document type declaration is read,
//! and nothing is ever unpacked to more than a bound or written anywhere.

mod apigee;
mod archive;
mod bundle;
mod encoding;
mod finding;
mod own;
mod place;
mod report;
mod rule;
mod show;
mod unread;

pub use bundle::Bundle;
pub use finding::{Correction, Finding, Origin, Thing, Value};
pub use place::Place;
pub use report::{Outcome, Report};
pub use rule::{Rule, Severity};
pub use show::Format;
pub use unread::{Unread, Unreadable};

/// The largest file with a policy, in bytes, unpacked.
pub const LARGEST: u64 = 1024 * 1024;
/// The largest archive, in bytes; Apigee takes bundles of up to 15 MB.
pub const LARGEST_ARCHIVE: u64 = 16 * 1024 * 1024;

/// Checks one file: a policy, or a zip archive with a bundle of them.
pub fn check(name: &str, bytes: &[u8]) -> Report {
    if archive::is_one(bytes) {
        return archive::check(name, bytes);
    }
    let origin = Origin::file(name);
    let mut report = Report::default();
    match check_one(&origin, bytes) {
        Ok(findings) => report.take(findings),
        Err(why) => report.refuse(origin, why),
    }
    report
}

fn check_one(origin: &Origin, bytes: &[u8]) -> Result<Vec<Finding>, Unread> {
    let text = encoding::read(bytes)?;
    let is_xml = origin.path.to_lowercase().ends_with(".xml") || text.trim_start().starts_with('<');
    if is_xml { apigee::check(origin, &text) } else { own::check(origin, &text) }
}
