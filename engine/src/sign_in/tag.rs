//! One tag of a page: its attributes, and what they say about the texts inside.

use html5gum::HtmlString;
use html5gum::emitters::default::StartTag;

/// The most of an attribute's words that are looked at, in bytes.
const MOST_WORDS: usize = 2 * 1024;

/// A start tag with its attributes as text.
pub(super) struct Tag {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    pub(super) fn of(tag: &StartTag<()>) -> Self {
        let attributes = tag.attributes.iter();
        let attributes = attributes.map(|(name, value)| (text_of(name), text_of(value))).collect();
        Self { name: text_of(&tag.name), attributes }
    }

    /// The value of an attribute.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of an attribute, or nothing.
    pub(super) fn value(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The value of an attribute in lower case.
    pub(super) fn word(&self, name: &str) -> String {
        self.value(name).trim().to_lowercase()
    }

    /// Whether the attribute is there, whatever it says.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The values of these attributes in lower case, one after the other.
    pub(super) fn words(&self, names: &[&str]) -> String {
        let mut words = String::new();
        for name in names {
            add(&mut words, self.value(name), MOST_WORDS);
            words.push(' ');
        }
        words
    }

    /// Whether what is inside cannot be seen.
    pub(super) fn is_hidden(&self) -> bool {
        let style = self.value("style").to_lowercase();
        let style: String = style.chars().filter(|letter| !letter.is_whitespace()).collect();
        self.has("hidden")
            || self.value("aria-hidden") == "true"
            || style.contains("display:none")
            || style.contains("visibility:hidden")
    }

    /// Whether what is inside tells how it went.
    pub(super) fn is_message(&self) -> bool {
        let words = self.words(&["id", "class"]);
        let named =
            ["error", "alert", "danger", "invalid", "warning", "feedback", "message", "melding", "fout"];
        self.value("role") == "alert"
            || matches!(self.value("aria-live"), "polite" | "assertive")
            || named.iter().any(|name| words.contains(name))
    }

    /// Whether it belongs to a puzzle for people.
    pub(super) fn is_of_a_puzzle(&self) -> bool {
        let words = match self.name.as_str() {
            "script" | "iframe" => self.words(&["src"]),
            "input" if self.word("type") == "hidden" => {
                return self.word("name").ends_with("captcha-response");
            }
            "input" | "textarea" => self.words(&["name", "id", "class"]),
            "img" => self.words(&["id", "class", "src"]),
            _ => self.words(&["class", "id"]),
        };
        ["captcha", "cf-turnstile", "cf-challenge", "challenges.cloudflare", "arkoselabs", "funcaptcha"]
            .iter()
            .any(|name| words.contains(name))
    }
}

/// From which element to its end something holds.
pub(super) struct Span {
    element: String,
    depth: usize,
}

impl Span {
    pub(super) fn from(tag: &Tag) -> Option<Self> {
        (!is_void(&tag.name)).then(|| Self { element: tag.name.clone(), depth: 1 })
    }
}

/// A start tag came, perhaps inside the span.
pub(super) fn opened(span: &mut Option<Span>, tag: &Tag) {
    if let Some(span) = span.as_mut().filter(|span| span.element == tag.name) {
        span.depth += 1;
    }
}

/// An end tag came: ends the span if it is the one.
pub(super) fn closed(span: &mut Option<Span>, name: &str) {
    let Some(open) = span.as_mut().filter(|span| span.element == name) else { return };
    open.depth -= 1;
    if open.depth == 0 {
        *span = None;
    }
}

/// Adds text in lower case with its white space run together.
pub(super) fn add(target: &mut String, text: &str, most: usize) {
    for letter in text.chars() {
        if target.len() >= most {
            return;
        }
        if letter.is_whitespace() || letter == '\u{a0}' {
            if !target.is_empty() && !target.ends_with([' ', '\n']) {
                target.push(' ');
            }
        } else if letter == '\u{2019}' {
            target.push('\'');
        } else {
            target.extend(letter.to_lowercase());
        }
    }
}

pub(super) fn text_of(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}

pub(super) fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "em"
            | "i"
            | "span"
            | "strong"
            | "small"
            | "u"
            | "code"
            | "font"
            | "mark"
            | "wbr"
            | "abbr"
    )
}
