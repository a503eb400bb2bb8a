//! One control of a form, and what it adds to the form when it is sent.

use super::tag::{Tag, add};

/// The most options of a selection that are read.
const MOST_OPTIONS: usize = 1_000;

/// What a control is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A hidden field.
    Hidden,
    /// A line of text, an address or a number.
    Text,
    /// A field for words to look for.
    Search,
    /// A password.
    Password,
    /// A box or a radio button.
    Check {
        /// Whether it is sent.
        checked: bool,
    },
    /// A selection.
    Select {
        /// Whether several options may be chosen.
        multiple: bool,
        /// The options.
        options: Vec<Choice>,
    },
    /// Several lines of text.
    Area,
    /// A button that sends the form.
    Submit {
        /// Whether it is a picture, which sends where it was pressed.
        picture: bool,
    },
    /// A button that does something else.
    Button,
    /// A file or anything else that is not filled in here.
    Other,
}

/// One option of a selection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    value: Option<String>,
    text: String,
    selected: bool,
    disabled: bool,
}

/// A control.
pub(super) struct Control {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) id: String,
    pub(super) value: String,
    /// What a button says, in lower case.
    pub(super) caption: String,
    /// `autocomplete`, in lower case.
    pub(super) purpose: String,
    /// Name, id, placeholder, label and the like, in lower case.
    pub(super) hints: String,
    /// Whether digits are expected.
    pub(super) digits: bool,
    pub(super) readonly: bool,
    pub(super) required: bool,
    pub(super) disabled: bool,
    /// Whether it cannot be seen.
    pub(super) concealed: bool,
    /// The address, method and encoding that a button asks for.
    pub(super) action: Option<String>,
    pub(super) method: Option<String>,
    pub(super) enctype: Option<String>,
    /// The form that it belongs to.
    pub(super) form: Option<usize>,
    pub(super) named_form: Option<String>,
    pub(super) label: Option<usize>,
}

impl Control {
    pub(super) fn of(tag: &Tag) -> Self {
        let kind = match tag.name.as_str() {
            "button" => match tag.word("type").as_str() {
                "button" | "reset" => Kind::Button,
                _ => Kind::Submit { picture: false },
            },
            "select" => Kind::Select { multiple: tag.has("multiple"), options: Vec::new() },
            "textarea" => Kind::Area,
            _ => input(tag),
        };
        let value = match kind {
            Kind::Check { .. } => tag.find("value").unwrap_or("on"),
            _ => tag.value("value"),
        };
        let mut caption = String::new();
        if matches!(kind, Kind::Submit { .. } | Kind::Button) && tag.name == "input" {
            add(&mut caption, &format!("{} {}", tag.value("value"), tag.value("alt")), 200);
        }
        let most: u32 = tag.value("maxlength").parse().unwrap_or(0);
        Self {
            name: tag.value("name").to_owned(),
            id: tag.value("id").to_owned(),
            value: value.to_owned(),
            caption,
            purpose: tag.word("autocomplete"),
            hints: tag.words(&["name", "id", "placeholder", "aria-label", "title", "data-testid"]),
            digits: matches!(tag.word("inputmode").as_str(), "numeric" | "decimal" | "tel")
                || matches!(tag.word("type").as_str(), "number" | "tel")
                || (6..=8).contains(&most),
            readonly: tag.has("readonly"),
            required: tag.has("required") || tag.value("aria-required") == "true",
            disabled: tag.has("disabled"),
            concealed: false,
            action: tag.find("formaction").map(str::to_owned),
            method: tag.find("formmethod").map(str::to_lowercase),
            enctype: tag.find("formenctype").map(str::to_lowercase),
            form: None,
            named_form: tag.find("form").map(str::to_owned),
            label: None,
            kind,
        }
    }

    pub(super) fn open_option(&mut self, tag: &Tag) {
        let Kind::Select { options, .. } = &mut self.kind else { return };
        if options.len() < MOST_OPTIONS {
            options.push(Choice {
                value: tag.find("value").map(str::to_owned),
                text: String::new(),
                selected: tag.has("selected"),
                disabled: tag.has("disabled"),
            });
        }
    }

    pub(super) fn option_text(&mut self, text: &str) {
        let Kind::Select { options, .. } = &mut self.kind else { return };
        if let Some(option) = options.last_mut() {
            option.text.push_str(text);
        }
    }

    /// The end of the page is there.
    pub(super) fn finish(&mut self) {
        if self.kind == Kind::Area {
            let start =
                if self.value.starts_with("\r\n") { 2 } else { usize::from(self.value.starts_with('\n')) };
            self.value.replace_range(..start, "");
        }
        self.caption = self.caption.trim().to_owned();
    }

    /// Whether somebody could type into it.
    pub(super) fn is_open(&self) -> bool {
        !self.disabled && !self.readonly && matches!(self.kind, Kind::Text | Kind::Password)
    }

    /// What it sends when nobody touches it.
    pub(super) fn untouched(&self) -> Vec<String> {
        if self.disabled || self.name.is_empty() {
            return Vec::new();
        }
        match &self.kind {
            Kind::Hidden if self.name == "_charset_" && self.value.is_empty() => vec!["UTF-8".to_owned()],
            Kind::Hidden | Kind::Text | Kind::Search | Kind::Password | Kind::Area => {
                vec![self.value.clone()]
            }
            Kind::Check { checked: true } => vec![self.value.clone()],
            Kind::Select { multiple, options } => selected(*multiple, options),
            Kind::Check { checked: false } | Kind::Submit { .. } | Kind::Button | Kind::Other => Vec::new(),
        }
    }
}

fn input(tag: &Tag) -> Kind {
    match tag.word("type").as_str() {
        "hidden" => Kind::Hidden,
        "password" => Kind::Password,
        "search" => Kind::Search,
        "checkbox" | "radio" => Kind::Check { checked: tag.has("checked") },
        "submit" => Kind::Submit { picture: false },
        "image" => Kind::Submit { picture: true },
        "button" | "reset" => Kind::Button,
        "file" | "color" | "range" | "date" | "datetime-local" | "month" | "week" | "time" => Kind::Other,
        // What is not known is a line of text, as in every browser.
        _ => Kind::Text,
    }
}

/// The chosen options; where none is marked, one line of a selection shows its first one.
fn selected(multiple: bool, options: &[Choice]) -> Vec<String> {
    let value = |option: &Choice| {
        let text = || option.text.split_whitespace().collect::<Vec<_>>().join(" ");
        option.value.clone().unwrap_or_else(text)
    };
    let usable = || options.iter().filter(|option| !option.disabled);
    if multiple {
        return usable().filter(|option| option.selected).map(value).collect();
    }
    let chosen = usable().rfind(|option| option.selected).or_else(|| usable().next());
    chosen.map(value).into_iter().collect()
}
