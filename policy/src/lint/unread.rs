//! Why a file could not be read.

use thiserror::Error;

use super::Origin;

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Which.
    pub origin: Origin,
    /// Why.
    pub why: Unread,
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unread {
    /// The system does not give it.
    #[error("cannot be read: {0}")]
    Closed(String),
    /// It is a device, a pipe or the like.
    #[error("is no file")]
    NoFile,
    /// It is a link in a bundle; it may lead out of it.
    #[error("is a symbolic link, which is not followed in a bundle")]
    Link,
    /// It is larger than any policy.
    #[error("is larger than {} KiB, the most that is read", most / 1024)]
    TooLarge {
        /// The most, in bytes.
        most: u64,
    },
    /// It is neither UTF-8 nor UTF-16.
    #[error("is neither UTF-8 nor UTF-16 text")]
    NotText,
    /// It is not well-formed XML.
    #[error("is not well-formed XML: {0}")]
    NotXml(String),
    /// It has a document type declaration, with which entities could be expanded without end.
    #[error("has a document type declaration; no policy needs one, and it is refused")]
    Doctype,
    /// It has more elements, attributes or namespaces than any policy.
    #[error("has more elements, attributes or namespaces than any policy needs")]
    TooIntricate,
    /// It is XML of another kind.
    #[error("is no OAuthV2 policy: its root element is `{root}`")]
    OtherXml {
        /// Its root element.
        root: String,
    },
    /// It is neither XML nor TOML.
    #[error("is neither a policy in XML nor one in TOML: line {line}: {message}")]
    NotToml {
        /// Where, counted from 1.
        line: usize,
        /// What is wrong with the TOML.
        message: String,
    },
    /// It says nothing of any kind.
    #[error("holds no policy")]
    NoPolicy,
    /// The archive cannot be read.
    #[error("cannot be unpacked: {0}")]
    BrokenArchive(String),
    /// The archive packs more than it is believed.
    #[error("unpacks to more than a bundle of policies holds, and is refused")]
    Bomb,
    /// The bundle has too many files.
    #[error("has more than {most} files, the most that are looked at in a bundle")]
    TooMany {
        /// The most.
        most: usize,
    },
}

impl Unread {
    /// Its name, for programs and for texts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Closed(_) => "closed",
            Self::NoFile => "no_file",
            Self::Link => "link",
            Self::TooLarge { .. } => "too_large",
            Self::NotText => "not_text",
            Self::NotXml(_) => "not_xml",
            Self::Doctype => "doctype",
            Self::TooIntricate => "too_intricate",
            Self::OtherXml { .. } => "other_xml",
            Self::NotToml { .. } => "not_toml",
            Self::NoPolicy => "no_policy",
            Self::BrokenArchive(_) => "broken_archive",
            Self::Bomb => "bomb",
            Self::TooMany { .. } => "too_many",
        }
    }

    /// What a parser said, a root element or a number: what the texts of the reasons name.
    pub fn detail(&self) -> String {
        match self {
            Self::Closed(detail) | Self::NotXml(detail) | Self::BrokenArchive(detail) => detail.clone(),
            Self::TooLarge { most } => (most / 1024).to_string(),
            Self::OtherXml { root } => root.clone(),
            Self::NotToml { line, message } => format!("{line}: {message}"),
            Self::TooMany { most } => most.to_string(),
            Self::NoFile
            | Self::Link
            | Self::NotText
            | Self::Doctype
            | Self::TooIntricate
            | Self::NoPolicy
            | Self::Bomb => String::new(),
        }
    }
}
