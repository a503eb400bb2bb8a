//! An element with a lifetime as it was written.

use std::time::Duration;

use roxmltree::Node;

use crate::Given;

/// What an element with a lifetime says.
pub(super) struct Written<'a> {
    /// The text, without the space around it.
    pub(super) text: String,
    /// The attribute that names a variable: the name, and the attribute as it stands there.
    pub(super) reference: Option<(&'a str, &'a str)>,
}

/// What the text of such an element means.
pub(super) enum Meaning {
    /// There is none.
    Nothing,
    /// For ever.
    Endless,
    /// No lifetime.
    Invalid,
    /// A lifetime.
    Lifetime(Duration),
}

impl<'a> Written<'a> {
    pub(super) fn of(node: Node<'a, 'a>, source: &'a str) -> Self {
        let reference = node.attributes().find(|it| it.name() == "ref" && !it.value().trim().is_empty());
        let as_it_stands = |range| source.get(range).unwrap_or_default();
        Self {
            text: text_of(node),
            reference: reference.map(|it| (it.value().trim(), as_it_stands(it.range()))),
        }
    }

    pub(super) fn meaning(&self) -> Meaning {
        if self.text.is_empty() {
            return Meaning::Nothing;
        }
        match self.text.parse() {
            Ok(-1) => Meaning::Endless,
            Ok(millis) => Given::Millis(millis).lifetime().map_or(Meaning::Invalid, Meaning::Lifetime),
            Err(_) => Meaning::Invalid,
        }
    }
}

/// All text in an element, comments left out; an element in it is no text.
pub(super) fn text_of(node: Node<'_, '_>) -> String {
    let text: String = node.children().filter(Node::is_text).filter_map(|text| text.text()).collect();
    if node.children().any(|child| child.is_element()) {
        return format!("{} <…>", text.trim());
    }
    text.trim().to_owned()
}
