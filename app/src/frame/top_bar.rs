use super::api::{ChooseLanguage, ChooseTheme, SignOut};
use crate::language::{Language, say};
use crate::live::RepairBadge;
use crate::ui::{Hidden, Icon, Menu};
use crate::visit::{Theme, Visit};
use crate::words;
use engine::view::Overview;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The product's name; an organisation that was not named is called so, too, and needs no second mention.
const WORDMARK: &str = "Evergrant";

/// The bar at the top: name, organisation, repair badge, language, theme, operator.
#[component]
pub fn TopBar(
    /// The request.
    visit: Visit,
    /// What the bar says of the organisation; nothing when nobody is signed in.
    signed_in: Option<Overview>,
) -> impl IntoView {
    let language = visit.language;
    let organisation =
        signed_in.as_ref().map(|overview| overview.organisation.clone()).filter(|name| name != WORDMARK);
    let badge = signed_in
        .as_ref()
        .map(|overview| view! { <RepairBadge initial=words::repairs(language, overview.repairs)/> });
    let operator = signed_in.map(|overview| view! { <OperatorMenu language name=overview.operator/> });
    view! {
        <header class="top">
            <a class="wordmark" href="/databases">
                <img src="/favicon.svg" alt="" width="22" height="22"/>
                <span>{WORDMARK}</span>
            </a>
            {organisation.map(|name| view! { <span class="organisation">{name}</span> })}
            <span class="space"></span>
            {badge}
            <LanguageMenu visit=visit.clone()/>
            <ThemeMenu visit/>
            {operator}
        </header>
    }
}

#[component]
fn LanguageMenu(visit: Visit) -> impl IntoView {
    let chosen = visit.language;
    let back = visit.address();
    let choice = move |language: Language| {
        view! {
            <button class="menu-item" name="language" value=language.code() lang=language.code() aria-pressed=pressed(language == chosen)>
                <span>{language.name()}</span>
            </button>
        }
    };
    let code = chosen.code().to_uppercase();
    let label = say!(chosen, "frame.language", code = code);
    let button = view! { <Icon name="language"/><span class="code">{code}</span> };
    view! {
        <Menu label button=button.into_any()>
            <form method="post" action=ChooseLanguage::url()>
                <Hidden name="back" value=back/>
                {Language::ALL.into_iter().map(choice).collect_view()}
            </form>
        </Menu>
    }
}

#[component]
fn ThemeMenu(visit: Visit) -> impl IntoView {
    let language = visit.language;
    let chosen = visit.theme;
    let back = visit.address();
    let choice = move |theme: Theme| {
        view! {
            <button class="menu-item" name="theme" value=theme.word() aria-pressed=pressed(theme == chosen)>
                <span>{language.text(&format!("theme.{}", theme.word()))}</span>
            </button>
        }
    };
    view! {
        <Menu label=say!(language, "frame.theme") button=view! { <Icon name="theme"/> }.into_any()>
            <form method="post" action=ChooseTheme::url()>
                <Hidden name="back" value=back/>
                {Theme::ALL.into_iter().map(choice).collect_view()}
            </form>
        </Menu>
    }
}

#[component]
fn OperatorMenu(language: Language, name: String) -> impl IntoView {
    view! {
        <Menu label=say!(language, "frame.operator", name = name) button=view! { <Icon name="person"/> }.into_any()>
            <p class="menu-title">{name}</p>
            <form method="post" action=SignOut::url()>
                <button class="menu-item">
                    <Icon name="leave"/>
                    <span>{say!(language, "frame.sign_out")}</span>
                </button>
            </form>
        </Menu>
    }
}

fn pressed(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}
