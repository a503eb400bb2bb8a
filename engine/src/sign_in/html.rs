//! What a sign-in page holds: its forms, their controls, its texts and scripts, read in one pass.
//!
//! No tree is built: whom a control belongs to follows from the order of the tags, as in HTML
//! itself, and the work stays proportional to the page whatever it nests.

use html5gum::{DefaultEmitter, Token, Tokenizer};

use super::control::{Control, Kind};
use super::tag::{Span, Tag, add, closed, is_inline, opened, text_of};

/// The most controls that are read; a page with more is not a sign-in page.
const MOST_CONTROLS: usize = 1_000;
/// The most text of a page that is looked at, in bytes.
const MOST_TEXT: usize = 64 * 1024;
/// The most text of a message, a label or a form that is looked at, in bytes.
const MOST_WORDS: usize = 2 * 1024;

/// A page, taken apart.
#[derive(Default)]
pub(super) struct Sheet {
    /// The `id` of the `html` element.
    pub(super) id: String,
    /// The first `base` address.
    pub(super) base: Option<String>,
    /// What the first `meta` refresh says.
    pub(super) refresh: Option<String>,
    /// What the body does once it is loaded.
    pub(super) onload: String,
    /// The forms, in order.
    pub(super) forms: Vec<FormTag>,
    /// The controls, in order.
    pub(super) controls: Vec<Control>,
    /// The texts of the scripts.
    pub(super) scripts: Vec<String>,
    /// The texts of the links, in lower case, one a line.
    pub(super) links: String,
    /// The texts of the page that can be seen, in lower case, a line for each block.
    pub(super) text: String,
    /// The messages among them.
    pub(super) alerts: String,
    /// Something on it belongs to a puzzle.
    pub(super) puzzle: bool,
    /// There was more of something than is read.
    pub(super) overfull: bool,
}

/// A form's own tag and what can be read inside it.
#[derive(Default)]
pub(super) struct FormTag {
    pub(super) id: String,
    pub(super) action: Option<String>,
    pub(super) method: String,
    pub(super) enctype: String,
    /// Id, name, class, role and action, in lower case.
    pub(super) hints: String,
    /// The texts inside, in lower case.
    pub(super) text: String,
}

impl Sheet {
    /// Reads a page; anything is a page.
    pub(super) fn read(body: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut reader = Reader::default();
        for Ok(token) in Tokenizer::new_with_emitter(body, emitter) {
            match token {
                Token::StartTag(tag) => reader.open(&Tag::of(&tag)),
                Token::EndTag(tag) => reader.close(&text_of(&tag.name)),
                Token::String(text) => reader.text(&text_of(&text)),
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        reader.finish()
    }
}

#[derive(Default)]
struct Reader {
    sheet: Sheet,
    /// The element whose text comes next and is no page text.
    raw: Option<String>,
    form: Option<usize>,
    hidden: Option<Span>,
    message: Option<Span>,
    inert: Option<Span>,
    disabled: Option<Span>,
    link: Option<Span>,
    label: Option<usize>,
    labels: Vec<Label>,
    /// The control whose text comes next: a button, a selection, a text area.
    filling: Option<usize>,
    option: bool,
}

/// A label and what it is for.
#[derive(Default)]
struct Label {
    target: Option<String>,
    text: String,
}

impl Reader {
    fn open(&mut self, tag: &Tag) {
        for span in [&mut self.hidden, &mut self.message, &mut self.inert, &mut self.disabled, &mut self.link]
        {
            opened(span, tag);
        }
        if self.inert.is_some() {
            return;
        }
        self.sheet.puzzle |= self.hidden.is_none() && !tag.is_hidden() && tag.is_of_a_puzzle();
        if self.hidden.is_none() && tag.is_hidden() {
            self.hidden = Span::from(tag);
        }
        if self.message.is_none() && tag.is_message() {
            self.message = Span::from(tag);
            self.sheet.alerts.push('\n');
        }
        if !is_inline(&tag.name) {
            self.new_line();
        }
        match tag.name.as_str() {
            "html" => self.sheet.id = tag.value("id").to_owned(),
            "body" => self.sheet.onload = tag.word("onload"),
            "base" if self.sheet.base.is_none() => self.sheet.base = tag.find("href").map(str::to_owned),
            "meta" if tag.word("http-equiv") == "refresh" && self.sheet.refresh.is_none() => {
                self.sheet.refresh = tag.find("content").map(str::to_owned);
            }
            "template" => self.inert = Span::from(tag),
            "fieldset" if tag.has("disabled") && self.disabled.is_none() => self.disabled = Span::from(tag),
            "a" => self.link = Span::from(tag),
            "script" | "style" | "title" | "noscript" | "iframe" | "xmp" | "noembed" | "noframes" => {
                self.raw = Some(tag.name.clone());
                if tag.name == "script" {
                    self.sheet.scripts.push(String::new());
                }
            }
            "form" if self.form.is_none() => self.open_form(tag),
            "label" => {
                self.label = Some(self.labels.len());
                self.labels.push(Label { target: tag.find("for").map(str::to_owned), text: String::new() });
            }
            "input" | "button" | "select" | "textarea" => self.open_control(tag),
            "option" => {
                if let Some(control) = self.filled() {
                    control.open_option(tag);
                    self.option = true;
                }
            }
            _ => {}
        }
    }

    fn open_form(&mut self, tag: &Tag) {
        if self.sheet.forms.len() == MOST_CONTROLS {
            self.sheet.overfull = true;
            return;
        }
        self.form = Some(self.sheet.forms.len());
        self.sheet.forms.push(FormTag {
            id: tag.value("id").to_owned(),
            action: tag.find("action").map(str::to_owned),
            method: tag.word("method"),
            enctype: tag.word("enctype"),
            hints: tag.words(&["id", "name", "class", "role", "action"]),
            text: String::new(),
        });
    }

    fn open_control(&mut self, tag: &Tag) {
        if self.sheet.controls.len() == MOST_CONTROLS {
            self.sheet.overfull = true;
            return;
        }
        let mut control = Control::of(tag);
        control.form = self.form;
        control.label = self.label;
        control.concealed = self.hidden.is_some() || tag.is_hidden();
        control.disabled |= self.disabled.is_some();
        self.option = false;
        self.filling = matches!(tag.name.as_str(), "button" | "select" | "textarea")
            .then_some(self.sheet.controls.len());
        self.sheet.controls.push(control);
    }

    fn filled(&mut self) -> Option<&mut Control> {
        self.sheet.controls.get_mut(self.filling?)
    }

    fn close(&mut self, name: &str) {
        for span in [&mut self.hidden, &mut self.message, &mut self.inert, &mut self.disabled, &mut self.link]
        {
            closed(span, name);
        }
        if self.raw.as_deref() == Some(name) {
            self.raw = None;
        }
        match name {
            "form" => self.form = None,
            "label" => self.label = None,
            "button" | "select" | "textarea" => self.filling = None,
            "option" => self.option = false,
            _ => {}
        }
        if !is_inline(name) {
            self.new_line();
        }
    }

    fn new_line(&mut self) {
        for text in [&mut self.sheet.text, &mut self.sheet.alerts, &mut self.sheet.links] {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.inert.is_some() {
            return;
        }
        if let Some(raw) = &self.raw {
            if let Some(script) = self.sheet.scripts.last_mut().filter(|_| raw == "script") {
                script.push_str(text);
            }
            return;
        }
        let option = self.option;
        if let Some(control) = self.filled() {
            match control.kind {
                Kind::Area => return control.value.push_str(text),
                Kind::Select { .. } if option => return control.option_text(text),
                Kind::Select { .. } => return,
                _ => add(&mut control.caption, text, MOST_WORDS),
            }
        }
        if let Some(label) = self.label.and_then(|at| self.labels.get_mut(at)) {
            add(&mut label.text, text, MOST_WORDS);
        }
        if self.hidden.is_some() {
            return;
        }
        add(&mut self.sheet.text, text, MOST_TEXT);
        if let Some(form) = self.form.and_then(|at| self.sheet.forms.get_mut(at)) {
            add(&mut form.text, text, MOST_WORDS);
            form.text.push(' ');
        }
        if self.message.is_some() {
            add(&mut self.sheet.alerts, text, MOST_WORDS);
        }
        if self.link.is_some() {
            add(&mut self.sheet.links, text, MOST_WORDS);
            self.sheet.links.push('\n');
        }
    }

    /// Labels find their controls, and controls the forms that they name.
    fn finish(mut self) -> Sheet {
        for control in &mut self.sheet.controls {
            if let Some(label) = control.label.and_then(|at| self.labels.get(at)) {
                control.hints.push_str(&label.text);
            }
        }
        let by_id = |labels: &[Label], id: &str| -> Option<String> {
            labels.iter().find(|label| label.target.as_deref() == Some(id)).map(|label| label.text.clone())
        };
        // A page of many labels and many controls is cut short, not compared each with each.
        let labels = &self.labels[..self.labels.len().min(MOST_CONTROLS)];
        for control in &mut self.sheet.controls {
            if let Some(text) = by_id(labels, &control.id).filter(|_| !control.id.is_empty()) {
                control.hints.push(' ');
                control.hints.push_str(&text);
            }
            if let Some(named) = control.named_form.take() {
                control.form = self.sheet.forms.iter().position(|form| form.id == named);
            }
            control.finish();
        }
        self.sheet
    }
}
