//! What goes back to a page: its fields as a browser would send them, and blanks for what is asked.

use url::Url;
use zeroize::Zeroizing;

use super::control::{Control, Kind};
use super::page::Place;

/// How a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// With the fields in the address.
    Get,
    /// With the fields in the body.
    Post,
}

/// What a page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Blank {
    /// The user name.
    UserName,
    /// The password.
    Password,
    /// The one-time code.
    Code,
}

/// A form that waits for its blanks.
pub struct Form {
    method: Method,
    url: Url,
    fields: Vec<(String, Field)>,
    headers: Vec<(&'static str, String)>,
    then: Option<Url>,
}

enum Field {
    Filled(Zeroizing<String>),
    Blank(Blank),
}

/// A request that a page leads to.
pub struct Request {
    /// How it is made.
    pub method: Method,
    /// Where it goes.
    pub url: Url,
    /// The fields of the body, in order.
    pub fields: Vec<(String, Zeroizing<String>)>,
    /// Headers besides those of every request.
    pub headers: Vec<(&'static str, String)>,
    /// What is opened next when the answer, a line of JSON, agrees.
    pub then: Option<Url>,
    /// Whether a password or a code is among the fields.
    pub holds_secrets: bool,
}

impl Request {
    /// Opens an address.
    pub const fn open(url: Url) -> Self {
        Self {
            method: Method::Get,
            url,
            fields: Vec::new(),
            headers: Vec::new(),
            then: None,
            holds_secrets: false,
        }
    }
}

impl Form {
    /// A form as a browser would send it when this button is pressed, blank where asked.
    ///
    /// `None` where it cannot be sent that way: another encoding, an address that is not of the web.
    pub(super) fn of(
        place: &Place<'_>,
        number: usize,
        button: Option<&Control>,
        blanks: &[(&Control, Blank)],
    ) -> Option<Self> {
        let tag = place.sheet.forms.get(number)?;
        let method = button.and_then(|button| button.method.as_deref()).unwrap_or(&tag.method);
        let method = match method.trim() {
            "post" => Method::Post,
            "dialog" => return None,
            _ => Method::Get,
        };
        let encoding = button.and_then(|button| button.enctype.as_deref()).unwrap_or(&tag.enctype);
        if method == Method::Post && !matches!(encoding, "" | "application/x-www-form-urlencoded") {
            return None;
        }
        // What is secret does not belong in an address.
        let secret = blanks.iter().any(|(_, blank)| !matches!(blank, Blank::UserName));
        if method == Method::Get && secret {
            return None;
        }
        let action = button.and_then(|button| button.action.as_deref()).or(tag.action.as_deref());
        let mut url = match action.map(str::trim) {
            Some("") | None => place.url.clone(),
            Some(action) => place.resolve(action)?,
        };
        url.set_fragment(None);
        let mut form = Self { method, url, fields: Vec::new(), headers: Vec::new(), then: None };
        for control in place.sheet.controls.iter().filter(|control| control.form == Some(number)) {
            form.add(control, button, blanks)?;
        }
        Some(form)
    }

    /// A form that a script would send.
    pub(super) const fn scripted(url: Url, headers: Vec<(&'static str, String)>, then: Url) -> Self {
        Self { method: Method::Post, url, fields: Vec::new(), headers, then: Some(then) }
    }

    pub(super) fn push(&mut self, name: &str, value: &str) {
        self.fields.push((name.to_owned(), Field::Filled(Zeroizing::new(value.to_owned()))));
    }

    pub(super) fn push_blank(&mut self, name: &str, blank: Blank) {
        self.fields.push((name.to_owned(), Field::Blank(blank)));
    }

    fn add(
        &mut self,
        control: &Control,
        button: Option<&Control>,
        blanks: &[(&Control, Blank)],
    ) -> Option<()> {
        if let Some((_, blank)) = blanks.iter().find(|(asked, _)| std::ptr::eq(*asked, control)) {
            if control.name.is_empty() {
                return None;
            }
            self.push_blank(&control.name, *blank);
        } else if button.is_some_and(|button| std::ptr::eq(button, control)) {
            match control.kind {
                Kind::Submit { picture: true } => {
                    let dot = if control.name.is_empty() { "" } else { "." };
                    self.push(&format!("{}{dot}x", control.name), "0");
                    self.push(&format!("{}{dot}y", control.name), "0");
                }
                _ if control.name.is_empty() => {}
                _ => self.push(&control.name, &control.value),
            }
        } else {
            for value in control.untouched() {
                self.push(&control.name, &value);
            }
        }
        Some(())
    }

    /// Whether it asks for this.
    pub fn asks(&self, blank: Blank) -> bool {
        self.fields.iter().any(|(_, field)| matches!(field, Field::Blank(asked) if *asked == blank))
    }

    /// Fills in what was asked for.
    pub fn fill(&mut self, blank: Blank, answer: &str) {
        for (_, field) in &mut self.fields {
            if matches!(field, Field::Blank(asked) if *asked == blank) {
                *field = Field::Filled(Zeroizing::new(answer.to_owned()));
            }
        }
    }

    /// Where it goes.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// The value of a field that is no blank.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).and_then(|(_, field)| match field {
            Field::Filled(value) => Some(value.as_str()),
            Field::Blank(_) => None,
        })
    }

    /// What the form is known by when it is seen again: its path, the names of its fields and blanks.
    pub(super) fn mark(&self) -> String {
        let mut mark = format!("{}{}", self.url.origin().ascii_serialization(), self.url.path());
        for (name, field) in &self.fields {
            mark.push(if matches!(field, Field::Blank(_)) { '?' } else { '&' });
            mark.push_str(name);
        }
        mark
    }

    /// The request; blanks that nobody filled in stay empty.
    pub fn into_request(self, holds_secrets: bool) -> Request {
        let Self { method, mut url, fields, headers, then } = self;
        let fields = fields.into_iter().map(|(name, field)| match field {
            Field::Filled(value) => (name, value),
            Field::Blank(_) => (name, Zeroizing::default()),
        });
        let mut fields: Vec<_> = fields.collect();
        if method == Method::Get {
            // The fields replace what the address asked before.
            let pairs = fields.drain(..);
            url.query_pairs_mut().clear().extend_pairs(pairs.map(|(name, value)| (name, value.to_string())));
        }
        Request { method, url, fields, headers, then, holds_secrets }
    }
}
