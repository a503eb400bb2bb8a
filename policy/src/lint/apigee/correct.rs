//! What to write instead, in the manner of the file.

use std::ops::Range;
use std::time::Duration;

use roxmltree::Node;

use crate::lint::{Correction, Place};

/// The space at the beginning of a line, where the file shows none.
const INDENT: &str = "    ";

/// A policy that is corrected.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) source: &'a str,
    pub(super) root: Node<'a, 'a>,
}

impl<'a> Desk<'a> {
    /// An element with a lifetime, with the prefix of the policy.
    pub(super) fn lifetime(&self, name: &str, lifetime: Duration, reference: Option<&str>) -> String {
        self.element(name, &lifetime.as_millis().to_string(), reference)
    }

    /// An element with a text.
    pub(super) fn element(&self, name: &str, text: &str, attribute: Option<&str>) -> String {
        let prefix = self.prefix();
        let attribute = attribute.map(|it| format!(" {it}")).unwrap_or_default();
        format!("<{prefix}{name}{attribute}>{text}</{prefix}{name}>")
    }

    /// Puts a piece in the place of another.
    pub(super) fn replace(&self, range: &Range<usize>, snippet: String) -> Correction {
        Correction { place: Some(Place::of(self.source, range)), lead: String::new(), snippet }
    }

    /// Puts an element in: after the first of these that is there, else at the beginning.
    pub(super) fn insert(&self, snippet: String, after: &[&str]) -> Correction {
        let anchor = after.iter().find_map(|name| child(self.root, name));
        let (at, lead) = match anchor {
            Some(anchor) => (end_of_line(anchor), self.lead(anchor.range().start)),
            None => match self.beginning() {
                Some(at) => (at, self.first_lead()),
                None => return self.open(snippet),
            },
        };
        Correction { place: Some(Place::of(self.source, &(at..at))), lead, snippet }
    }

    /// The name of the root element where it stands.
    pub(super) fn name(&self) -> Range<usize> {
        let start = self.root.range().start;
        start..start + 1 + self.root_name().len()
    }

    /// What stands before a line of an element: a new line and its space, or nothing.
    fn lead(&self, start: usize) -> String {
        let before = self.source.get(..start).unwrap_or_default();
        match before.rsplit_once('\n') {
            Some((_, space)) if space.chars().all(char::is_whitespace) => {
                format!("{}{space}", self.new_line())
            }
            Some(_) | None => String::new(),
        }
    }

    fn first_lead(&self) -> String {
        match self.root.first_element_child() {
            Some(first) => self.lead(first.range().start),
            None => format!("{}{INDENT}", self.new_line()),
        }
    }

    /// Where the content of the root element begins; nowhere when it is `<OAuthV2/>`.
    fn beginning(&self) -> Option<usize> {
        if let Some(first) = self.root.first_child() {
            return Some(first.range().start);
        }
        let all = self.root.range();
        let close = self.source.get(all.clone())?.rfind("</")?;
        Some(all.start + close)
    }

    /// The root element `<OAuthV2/>` with something in it.
    fn open(&self, snippet: String) -> Correction {
        let all = self.root.range();
        let tag = self.source.get(all.clone()).unwrap_or_default().trim_end_matches("/>").trim_end();
        let (line, name) = (self.new_line(), self.root_name());
        self.replace(&all, format!("{tag}>{line}{INDENT}{snippet}{line}</{name}>"))
    }

    fn new_line(&self) -> &'static str {
        if self.source.contains("\r\n") { "\r\n" } else { "\n" }
    }

    fn prefix(&self) -> String {
        self.root_name().rsplit_once(':').map(|(prefix, _)| format!("{prefix}:")).unwrap_or_default()
    }

    /// The name of the root element as it stands there.
    fn root_name(&self) -> &'a str {
        let tag = self.source.get(self.root.range()).and_then(|tag| tag.get(1..)).unwrap_or_default();
        tag.split(|sign: char| sign.is_whitespace() || sign == '/' || sign == '>').next().unwrap_or_default()
    }
}

/// The first child element of a name.
pub(super) fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    children(node, name).next()
}

/// The child elements of a name.
pub(super) fn children<'a>(node: Node<'a, 'a>, name: &str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The end of an element and of the comments behind it on its line, which belong to it.
fn end_of_line(node: Node<'_, '_>) -> usize {
    let mut end = node.range().end;
    let mut next = node.next_sibling();
    while let Some(sibling) = next {
        let breaks = sibling.text().is_some_and(|text| text.contains('\n'));
        if breaks || !(sibling.is_text() || sibling.is_comment()) {
            break;
        }
        if sibling.is_comment() {
            end = sibling.range().end;
        }
        next = sibling.next_sibling();
    }
    end
}
