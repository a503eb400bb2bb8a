//! What the form of a registration holds: what was typed goes before what is stored.

use super::super::api::FORM;
use crate::flash::Flash;
use crate::language::Language;
use crate::ui::{CheckBox, TextField};
use engine::provider::Custom;
use engine::view::RegistrationView;
use leptos::prelude::*;

/// The kind of provider that a form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::settings) enum Kind {
    /// Exact Online.
    Exact,
    /// Any other OAuth server.
    Custom,
}

impl Kind {
    pub(super) const ALL: [Self; 2] = [Self::Exact, Self::Custom];

    /// The kind with this word; Exact Online for any other one.
    pub(in crate::settings) fn of(word: &str) -> Self {
        if word == Self::Custom.word() { Self::Custom } else { Self::Exact }
    }

    /// Its word in the engine and in addresses.
    pub(in crate::settings) const fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Custom => "custom",
        }
    }

    /// The page on which one is made.
    pub(in crate::settings) const fn page(self) -> &'static str {
        match self {
            Self::Exact => "/settings/registrations/new",
            Self::Custom => "/settings/registrations/new?provider=custom",
        }
    }
}

/// Whether a field has to be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Must,
    May,
}

/// The form's values and complaints.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) language: Language,
    pub(super) kind: Kind,
    pub(super) known: Option<RegistrationView>,
    /// What is stored of the provider.
    pub(super) custom: Custom,
    flash: Flash,
}

impl Entry {
    pub(super) fn new(language: Language, kind: Kind, known: Option<RegistrationView>, flash: Flash) -> Self {
        let custom = known.as_ref().and_then(|it| Custom::parse(it.custom.as_deref()).ok());
        Self { language, kind, known, custom: custom.unwrap_or_default(), flash }
    }

    /// What is stored of the registration itself.
    pub(super) fn stored(&self, pick: fn(&RegistrationView) -> String) -> String {
        self.known.as_ref().map(pick).unwrap_or_default()
    }

    pub(super) fn value(&self, field: &str, stored: String) -> String {
        self.flash.value(FORM, field).unwrap_or(stored)
    }

    pub(super) fn error(&self, field: &str) -> Option<String> {
        self.flash.error(FORM, field)
    }

    /// A line of text with the label and hint of its name.
    pub(super) fn line(&self, name: &'static str, stored: String, need: Need, most: u32) -> AnyView {
        let (label, value) = (self.label(name), self.value(name, stored));
        let (error, required) = (self.error(name), need == Need::Must);
        let id = name.to_owned();
        match self.hint(name) {
            Some(hint) => view! { <TextField id name label value hint error required most/> }.into_any(),
            None => view! { <TextField id name label value error required most/> }.into_any(),
        }
    }

    /// A box to tick with the label and hint of its name.
    pub(super) fn check(&self, name: &'static str, stored: bool) -> AnyView {
        let checked = self.ticked(name, stored);
        let hint = self.hint(name).unwrap_or_default();
        view! { <CheckBox id=name.to_owned() name label=self.label(name) checked hint/> }.into_any()
    }

    pub(super) fn ticked(&self, name: &str, stored: bool) -> bool {
        self.value(name, stored.to_string()) == "true"
    }

    fn label(&self, name: &str) -> String {
        self.language.text(&format!("registration.{name}"))
    }

    fn hint(&self, name: &str) -> Option<String> {
        self.language.find(&format!("registration.{name}_hint"))
    }
}
