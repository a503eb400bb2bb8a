//! OAuthV2 policies of Apigee.
//!
//! An element is known by its name in any namespace: products built on Apigee give theirs one.

mod check;
mod correct;
mod operation;
mod written;

use roxmltree::{Document, Error, ParsingOptions};

use super::finding::plain;
use super::{Finding, Origin, Unread};
use check::Check;

/// The root element of such a policy.
pub(super) const ROOT: &str = "OAuthV2";

/// The most nodes that are read.
const NODES: u32 = 50_000;
/// The most attributes: the parser compares each with all others of its element.
const ATTRIBUTES: usize = 512;
/// The most namespaces: the parser hands each down to all elements below.
const NAMESPACES: usize = 64;

/// Checks one policy.
pub(super) fn check(origin: &Origin, text: &str) -> Result<Vec<Finding>, Unread> {
    let document = parse(text)?;
    let root = document.root_element();
    if root.tag_name().name() != ROOT {
        return Err(Unread::OtherXml { root: plain(root.tag_name().name()) });
    }
    Ok(Check::new(origin, text, root).run())
}

fn parse(text: &str) -> Result<Document<'_>, Unread> {
    // Every attribute has its sign, every namespace its word; neither can be escaped.
    let attributes = text.bytes().filter(|byte| *byte == b'=').count();
    if attributes > ATTRIBUTES || text.matches("xmlns").count() > NAMESPACES {
        return Err(Unread::TooIntricate);
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, entity_resolver: None };
    Document::parse_with_options(text, options).map_err(|error| match error {
        Error::DtdDetected => Unread::Doctype,
        Error::NodesLimitReached | Error::AttributesLimitReached | Error::NamespacesLimitReached => {
            Unread::TooIntricate
        }
        other => Unread::NotXml(plain(&other.to_string())),
    })
}
