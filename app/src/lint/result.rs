use super::kept::{At, Found, Kept, NotRead, Put};
use super::words;
use crate::language::{Language, say};
use crate::lifetime::lifetime;
use crate::ui::{CopyButton, Icon, NoticeBox, Tone};
use leptos::prelude::*;
use policy::lint::{Rule, Severity};

/// What a check came to: how it stands, what was found, what could not be read.
#[component]
pub fn Outcome(
    /// The language.
    language: Language,
    /// What it came to.
    kept: Kept,
) -> impl IntoView {
    let number = kept.found.len() + kept.besides;
    let (tone, title) = match (number, kept.unreadable.is_empty()) {
        (0, true) => (Tone::Good, say!(language, "lint.clean")),
        (0, false) => (Tone::Bad, say!(language, "lint.unreadable")),
        (1, _) => (Tone::Warning, say!(language, "lint.found_one")),
        (_, _) => (Tone::Warning, say!(language, "lint.found", count = number)),
    };
    let read = match kept.policies {
        0 => None,
        1 => Some(say!(language, "lint.read_one")),
        policies => Some(say!(language, "lint.read", count = policies)),
    };
    let unreadable = kept.unreadable.into_iter().map(|it| view! { <Unreadable language it/> }).collect_view();
    let found = kept.found.into_iter().filter_map(|it| {
        let rule = Rule::from_id(&it.rule)?;
        Some(view! { <li><Item language rule it/></li> })
    });
    let found = found.collect_view();
    let besides = (kept.besides > 0)
        .then(|| view! { <p class="quiet">{say!(language, "lint.besides", count = kept.besides)}</p> });
    view! {
        <section class="lint-outcome" aria-label=say!(language, "lint.outcome")>
            <NoticeBox tone title>
                {read.map(|read| view! { <p>{read}</p> })}
                <ul class="lint-unreadable">{unreadable}</ul>
            </NoticeBox>
            <ol class="findings">{found}</ol>
            {besides}
        </section>
    }
}

#[component]
fn Unreadable(language: Language, it: NotRead) -> impl IntoView {
    let said = words::unread(language, &it);
    let file = (!it.file.is_empty()).then(|| view! { <code>{it.file}</code> " " });
    view! { <li>{file}{said}</li> }
}

/// One finding, with what to write instead.
#[component]
fn Item(language: Language, rule: Rule, it: Found) -> impl IntoView {
    let (class, icon) = match rule.severity() {
        Severity::Error => ("chip chip-broken", "broken"),
        Severity::Warning => ("chip chip-waiting", "broken"),
        Severity::Note => ("chip", "info"),
    };
    let severity = language.text(&format!("lint.severity.{}", rule.severity().word()));
    let reason = words::reason(language, rule, &it);
    let At { line, column, .. } = it.at;
    let policy =
        it.policy.map(|policy| view! { <span>{say!(language, "lint.policy", name = policy)}</span> });
    let file = (!it.file.is_empty()).then(|| view! { <code>{it.file}</code> });
    let recommended = it.recommended.map(|recommended| {
        let lifetime = lifetime(language, recommended);
        let millis = recommended.as_millis().to_string();
        view! { <p>{say!(language, "lint.recommended", lifetime = lifetime, millis = millis)}</p> }
    });
    let code = it.code.map(
        |code| view! { <p class="quiet">{say!(language, "lint.refused_as")} " " <code>{code}</code></p> },
    );
    view! {
        <article class="card finding">
            <p class="finding-head">
                <span class=class><Icon name=icon/> <span>{severity}</span></span>
                <span>{say!(language, "lint.at", line = line, column = column)}</span>
                {file}
                {policy}
                <code>{it.rule}</code>
            </p>
            <p class="finding-reason">{reason}</p>
            {code}
            {recommended}
            {it.put.map(|put| view! { <Instead language put/> })}
        </article>
    }
}

#[component]
fn Instead(language: Language, put: Put) -> impl IntoView {
    let what = words::put(language, &put);
    let snippet = put.snippet;
    let shown = (!snippet.is_empty()).then(|| {
        view! {
            <div class="snippet">
                <pre><code>{snippet.clone()}</code></pre>
                <CopyButton
                    text=snippet
                    label=say!(language, "lint.copy")
                    done=say!(language, "act.copied")
                />
            </div>
        }
    });
    view! { <p class="quiet">{what}</p> {shown} }
}
