//! A bundle: a folder or an archive with many files, some of them policies.

use super::{Origin, Report, Unread, apigee, encoding};

/// A bundle under way.
pub struct Bundle {
    origin: Origin,
    report: Report,
}

impl Bundle {
    /// The most files that are looked at.
    pub const MOST_FILES: usize = 20_000;

    /// A bundle that is called so.
    pub fn new(name: &str) -> Self {
        Self { origin: Origin::file(name), report: Report::default() }
    }

    /// Whether a file of a bundle, by its path within, may be a policy: XML in a folder `policies`,
    /// or in no folder. Resources, proxies and targets are none.
    pub fn may_hold(path: &str) -> bool {
        let parts: Vec<&str> = path.split(['/', '\\']).collect();
        let Some((file, folders)) = parts.split_last() else {
            return false;
        };
        let placed = folders.last().is_none_or(|folder| *folder == "policies");
        placed && !folders.contains(&"resources") && file.to_lowercase().ends_with(".xml")
    }

    /// Takes a file of the bundle; policies of other kinds are passed over.
    pub fn take(&mut self, origin: Origin, bytes: &[u8]) {
        match check_member(&origin, bytes) {
            Ok(Some(findings)) => self.report.take(findings),
            Ok(None) => {}
            Err(why) => self.report.refuse(origin, why),
        }
    }

    /// Notes a file of the bundle that cannot be read.
    pub fn refuse(&mut self, origin: Origin, why: Unread) {
        self.report.refuse(origin, why);
    }

    /// Notes that the bundle as a whole cannot be read.
    pub fn refuse_all(&mut self, why: Unread) {
        self.report.refuse(self.origin.clone(), why);
    }

    /// What it came to; a bundle without any policy is not what somebody meant to check.
    pub fn finish(mut self) -> Report {
        if self.report.policies == 0 && self.report.unreadable.is_empty() {
            self.refuse_all(Unread::NoPolicy);
        }
        self.report
    }
}

fn check_member(origin: &Origin, bytes: &[u8]) -> Result<Option<Vec<super::Finding>>, Unread> {
    let text = encoding::read(bytes)?;
    // A name cannot be escaped in XML: without it there is no such element, whatever else there is.
    if !text.contains(apigee::ROOT) {
        return Ok(None);
    }
    match apigee::check(origin, &text) {
        Ok(findings) => Ok(Some(findings)),
        Err(Unread::OtherXml { .. }) => Ok(None),
        Err(why) => Err(why),
    }
}
