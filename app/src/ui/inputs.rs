//! Fields for numbers, files and texts of many lines.

use super::fields::{Below, describe};
use leptos::prelude::*;

/// A field for a whole number.
#[component]
pub fn NumberField(
    /// The id of the input, unique on the page.
    id: String,
    /// The name under which it is sent.
    name: &'static str,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// What it holds.
    #[prop(into)]
    value: String,
    /// At least.
    least: u32,
    /// At most.
    most: u32,
    /// More about it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with what was sent.
    #[prop(default = None)]
    error: Option<String>,
    /// What stands beside it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let described = describe(&id, hint.is_some(), error.is_some());
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="number">
                <input
                    id=id.clone()
                    name=name
                    type="number"
                    inputmode="numeric"
                    value=value
                    min=least.to_string()
                    max=most.to_string()
                    required
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described
                />
                {children.map(|children| children())}
            </div>
            <Below id hint error/>
        </div>
    }
}

/// A field for a file.
#[component]
pub fn FileField(
    /// The id of the input, unique on the page.
    id: String,
    /// The name under which it is sent.
    name: &'static str,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// The media types that are offered.
    accept: &'static str,
    /// More about it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with what was sent.
    #[prop(default = None)]
    error: Option<String>,
) -> impl IntoView {
    let described = describe(&id, hint.is_some(), error.is_some());
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id.clone()
                name=name
                type="file"
                accept=accept
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
            <Below id hint error/>
        </div>
    }
}

/// A field for a text of many lines.
#[component]
pub fn TextArea(
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
    /// More about it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with what was sent.
    #[prop(default = None)]
    error: Option<String>,
) -> impl IntoView {
    let described = describe(&id, hint.is_some(), error.is_some());
    // What stands in this element is not escaped as elsewhere. A browser drops a new line at the
    // beginning; the text may begin with one of its own.
    let text = format!("\n{}", html_escape::encode_text(&value));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea
                id=id.clone()
                name=name
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            >
                {text}
            </textarea>
            <Below id hint error/>
        </div>
    }
}
