//! Boxes, menus and what unfolds.

use super::{CopyButton, Icon};
use leptos::prelude::*;

/// How a notice is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Tone {
    /// It worked.
    Good,
    /// To know.
    Plain,
    /// To look at.
    Warning,
    /// It failed.
    Bad,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "notice notice-good",
            Self::Plain => "notice",
            Self::Warning => "notice notice-warning",
            Self::Bad => "notice notice-bad",
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::Good => "live",
            Self::Plain => "info",
            Self::Warning | Self::Bad => "broken",
        }
    }

    const fn role(self) -> &'static str {
        match self {
            Self::Good | Self::Plain => "status",
            Self::Warning | Self::Bad => "alert",
        }
    }
}

/// A box that says how something went.
#[component]
pub fn NoticeBox(
    /// How it is meant.
    tone: Tone,
    /// The first line.
    #[prop(into)]
    title: String,
    /// More.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class=tone.class() role=tone.role()>
            <Icon name=tone.icon()/>
            <div class="notice-body">
                <p class="notice-title">{title}</p>
                {children.map(|children| children())}
            </div>
        </div>
    }
}

/// A menu behind a button; only one is open at a time.
#[component]
pub fn Menu(
    /// What the button is called.
    #[prop(into)]
    label: String,
    /// What the button shows.
    button: AnyView,
    /// Open at first.
    #[prop(optional)]
    open: bool,
    /// What the menu holds.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="menu" name="menu" open=open>
            <summary class="icon-button" aria-label=label.clone() title=label>
                {button}
            </summary>
            <div class="menu-panel">{children()}</div>
        </details>
    }
}

/// A form or text that is out of sight until asked for, within a menu or a page.
#[component]
pub fn Unfold(
    /// The class of the line that unfolds it.
    #[prop(default = "menu-item")]
    class: &'static str,
    /// The picture in front.
    icon: &'static str,
    /// What the line says.
    #[prop(into)]
    label: String,
    /// Unfolded at first.
    #[prop(optional)]
    open: bool,
    /// What is out of sight.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="unfold" open=open>
            <summary class=class>
                <Icon name=icon/>
                <span>{label}</span>
                <Icon name="down"/>
            </summary>
            <div class="unfold-body">{children()}</div>
        </details>
    }
}

/// A part of a page with a heading that unfolds.
#[component]
pub fn Disclosure(
    /// Its id, to link to.
    id: &'static str,
    /// The heading.
    #[prop(into)]
    title: String,
    /// The picture in front.
    icon: &'static str,
    /// Unfolded at first.
    #[prop(optional)]
    open: bool,
    /// What is out of sight.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="disclosure card" id=id open=open>
            <summary>
                <Icon name=icon/>
                <h2>{title}</h2>
                <Icon name="down"/>
            </summary>
            <div class="disclosure-body">{children()}</div>
        </details>
    }
}

/// Asks once, and says what will happen, before something cannot be undone.
#[component]
pub fn Confirm(
    /// What the first button says.
    #[prop(into)]
    label: String,
    /// The picture in front.
    #[prop(default = "delete")]
    icon: &'static str,
    /// What will happen.
    #[prop(into)]
    consequence: String,
    /// What the second button says.
    #[prop(into)]
    act: String,
    /// Where the form is sent.
    action: &'static str,
    /// What is sent.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <details class="unfold confirm">
            <summary class="button button-quiet">
                <Icon name=icon/>
                <span>{label}</span>
            </summary>
            <form class="unfold-body" method="post" action=action>
                <p>{consequence}</p>
                {children.map(|children| children())}
                <button class="button button-danger">{act}</button>
            </form>
        </details>
    }
}

/// What a list shows when it is empty.
#[component]
pub fn Empty(
    /// The picture.
    icon: &'static str,
    /// What is missing, or good about it.
    #[prop(into)]
    title: String,
    /// What to do about it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class="empty">
            <Icon name=icon/>
            <h2>{title}</h2>
            {children.map(|children| children())}
        </section>
    }
}

/// A text to be copied elsewhere, with a button that does it.
#[component]
pub fn Copyable(
    /// The text.
    #[prop(into)]
    text: String,
    /// What the button is called.
    #[prop(into)]
    label: String,
    /// What it says afterwards.
    #[prop(into)]
    done: String,
) -> impl IntoView {
    view! {
        <span class="copyable">
            <code>{text.clone()}</code>
            <CopyButton text label done/>
        </span>
    }
}
