//! Fields of forms: a label, the input, a hint, and what is wrong with it.

use super::Icon;
use leptos::prelude::*;

/// A field for one line of text.
#[component]
pub fn TextField(
    /// The id of the input, unique on the page.
    id: String,
    /// The name under which it is sent.
    name: &'static str,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// What it holds.
    #[prop(into, optional)]
    value: String,
    /// `text`, `password` or `url`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// More about it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with what was sent.
    #[prop(default = None)]
    error: Option<String>,
    /// May not be empty.
    #[prop(default = true)]
    required: bool,
    /// The longest text.
    #[prop(default = 200)]
    most: u32,
) -> impl IntoView {
    let described = describe(&id, hint.is_some(), error.is_some());
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id.clone()
                name=name
                type=kind
                value=value
                required=required
                maxlength=most.to_string()
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
            <Below id hint error/>
        </div>
    }
}

/// One choice of a [`SelectField`].
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// A field for one of a few values.
#[component]
pub fn SelectField(
    /// The id of the input, unique on the page.
    id: String,
    /// The name under which it is sent.
    name: &'static str,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// The value chosen at first.
    #[prop(into, optional)]
    value: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// More about it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with what was sent.
    #[prop(default = None)]
    error: Option<String>,
) -> impl IntoView {
    let described = describe(&id, hint.is_some(), error.is_some());
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == value;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select
                id=id.clone()
                name=name
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            >
                {options}
            </select>
            <Below id hint error/>
        </div>
    }
}

/// A box to tick; ticked it sends `true`.
#[component]
pub fn CheckBox(
    /// The id of the input, unique on the page.
    id: String,
    /// The name under which it is sent.
    name: &'static str,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// Ticked at first.
    #[prop(optional)]
    checked: bool,
    /// More about it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with what was sent.
    #[prop(default = None)]
    error: Option<String>,
) -> impl IntoView {
    let described = describe(&id, hint.is_some(), error.is_some());
    view! {
        <div class="field field-check">
            <input
                id=id.clone()
                name=name
                type="checkbox"
                value="true"
                checked=checked
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
            <label for=id.clone()>{label}</label>
            <Below id hint error/>
        </div>
    }
}

/// A value that is sent along.
#[component]
pub fn Hidden(
    /// The name under which it is sent.
    name: &'static str,
    /// The value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// What stands below an input.
#[component]
pub(super) fn Below(id: String, hint: Option<String>, error: Option<String>) -> impl IntoView {
    let error = error.map(|error| {
        view! { <p class="error" id=format!("{id}-error")><Icon name="broken"/> <span>{error}</span></p> }
    });
    let hint = hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> });
    (error, hint)
}

/// The ids of what stands below an input.
pub(super) fn describe(id: &str, hint: bool, error: bool) -> Option<String> {
    let parts = [(error, "error"), (hint, "hint")];
    let ids: Vec<_> =
        parts.into_iter().filter(|(is, _)| *is).map(|(_, part)| format!("{id}-{part}")).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}
