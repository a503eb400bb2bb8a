//! The frame of every page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{GENERATOR, Language};
use crate::browsers::Form;

/// A page in a card; `id` is the id of the `html` element, as scripts look for it.
pub(crate) fn card(language: Language, id: &str, title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html id=(id) lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Exact Online (sandbox)" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main class="card" {
                    p class="brand" { "exact" span { "sandbox" } }
                    h1 { (title) }
                    (content)
                }
            }
        }
    }
}

/// A page that says what is wrong and leads nowhere.
pub(crate) fn error(language: Language, text: &str) -> Markup {
    let title = language.say("This does not work", "Dit werkt niet");
    card(language, "ErrorPage", title, &html! { p id="ErrorMessage" role="alert" { (text) } })
}

/// The hidden fields that a WebForms form wants back.
pub(crate) fn hidden_fields(form: &Form) -> Markup {
    html! {
        input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="";
        input type="hidden" name="__EVENTARGUMENT" id="__EVENTARGUMENT" value="";
        input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value=(form.view_state);
        input type="hidden" name="__VIEWSTATEGENERATOR" id="__VIEWSTATEGENERATOR" value=(GENERATOR);
        input type="hidden" name="__EVENTVALIDATION" id="__EVENTVALIDATION" value=(form.validation);
    }
}

/// The place where scripts look for what went wrong; empty when nothing did.
pub(crate) fn error_messages(text: Option<&str>) -> Markup {
    html! {
        div id="LoginForm_Input_ErrorMessages" class="error" role="alert" {
            @if let Some(text) = text { (text) }
        }
    }
}

pub(crate) const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #57606a; --paper: #fff; --back: #f2f3f5;
  --line: #d0d4da; --accent: #b3131b; --on-accent: #fff; --bad: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --dim: #a3abb5; --paper: #1d2126;
  --back: #121417; --line: #3a4149; --accent: #ff7b7b; --on-accent: #1b1f24; --bad: #ff9b9b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
.card { max-width: 26rem; margin: 10vh auto; padding: 2rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: .5rem; }
.brand { margin: 0 0 1.5rem; font-weight: 700; color: var(--accent); letter-spacing: .02em; }
.brand span { margin-left: .5rem; font-weight: 400; font-size: .875rem; color: var(--dim); }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.0625rem; margin: 2rem 0 .5rem; }
label { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
label.check { display: flex; gap: .5rem; align-items: center; font-weight: 400; }
input, select { font: inherit; color: inherit; background: var(--paper); padding: .5rem .625rem;
  border: 1px solid var(--dim); border-radius: .25rem; }
input[type=text], input[type=password] { width: 100%; }
button { font: inherit; font-weight: 600; padding: .5rem 1rem; border-radius: .25rem; cursor: pointer;
  border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); }
button.second { background: transparent; color: var(--accent); }
.actions { display: flex; gap: .75rem; margin-top: 1.5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.error { color: var(--bad); font-weight: 600; } .error:empty { display: none; }
.dim { color: var(--dim); } code { font-size: .9em; overflow-wrap: anywhere; }
.wide { max-width: 64rem; margin: 3vh auto; padding: 0 1rem 3rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; background: var(--paper); }
th, td { text-align: left; padding: .5rem .75rem; border: 1px solid var(--line); vertical-align: top;
  font-variant-numeric: tabular-nums; }
form.line { display: inline-flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .25rem 0; }
form.line label { margin: 0; font-weight: 400; } form.line input { width: 6rem; }
";
