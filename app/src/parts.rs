//! Parts of pages that are exchanged in place, in the browser.
//!
//! A part (`data-part`, with the address of the page that shows it) sends its forms without leaving
//! the page, and takes the place of itself from the page that the server answers with. A link with
//! `data-dialog` opens the part of the page that it leads to in the page's dialog. Without this, the
//! same links and forms lead from page to page.

use crate::ask;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    CustomEvent, CustomEventInit, DomParser, Element, Event, FormData, HtmlDialogElement, HtmlElement,
    HtmlFormElement, HtmlInputElement, MouseEvent, SubmitEvent, SupportedType, UrlSearchParams,
};

/// The event that brings the islands of a part to life.
const REVIVE: &str = "revive";

/// Listens to the links and forms of this page, now and later.
pub fn bring_to_life() {
    listen("click", |event: MouseEvent| {
        if let Some((link, dialog)) = asked_for(&event) {
            event.prevent_default();
            open(link, dialog);
        }
    });
    listen("submit", |event: SubmitEvent| {
        if let Some((form, part)) = form_in_part(&event) {
            event.prevent_default();
            send(&form, event.submitter(), part);
        }
    });
    if let Some(dialog) = dialog() {
        // What was typed does not stay behind a closed dialog.
        let on_close = Closure::<dyn Fn()>::new(move || {
            if let Some(body) = dialog_body(&dialog) {
                body.set_inner_html("");
            }
        });
        if let Some(dialog) = self::dialog() {
            let _ = dialog.add_event_listener_with_callback("close", on_close.as_ref().unchecked_ref());
        }
        on_close.forget();
    }
}

fn listen<E: JsCast + 'static>(name: &str, then: impl Fn(E) + 'static) {
    let heard = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        if let Ok(event) = event.dyn_into::<E>() {
            then(event);
        }
    });
    let _ = document().add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
    heard.forget();
}

fn dialog() -> Option<HtmlDialogElement> {
    document().get_element_by_id("dialog")?.dyn_into().ok()
}

fn dialog_body(dialog: &HtmlDialogElement) -> Option<Element> {
    dialog.query_selector("[data-body]").ok().flatten()
}

/// The link that was clicked, if it is to open a dialog and not a window or a tab.
fn asked_for(event: &MouseEvent) -> Option<(Element, HtmlDialogElement)> {
    let plain = event.button() == 0
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
        && !event.default_prevented();
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[data-dialog]").ok()??;
    plain.then_some((link, dialog()?))
}

fn open(link: Element, dialog: HtmlDialogElement) {
    if link.has_attribute("aria-busy") {
        return;
    }
    let Some(address) = link.get_attribute("href") else { return };
    let _ = link.set_attribute("aria-busy", "true");
    spawn_local(async move {
        let part = fetched(&address).await;
        let _ = link.remove_attribute("aria-busy");
        let (Some(part), Some(body)) = (part, dialog_body(&dialog)) else {
            let _ = window().location().assign(&address);
            return;
        };
        if let Ok(Some(title)) = dialog.query_selector("[data-title]") {
            title.set_text_content(link.get_attribute("data-dialog").as_deref());
        }
        body.set_inner_html("");
        let _ = body.append_child(&part);
        revive(&part);
        if !dialog.open() {
            let _ = dialog.show_modal();
        }
    });
}

async fn fetched(address: &str) -> Option<Element> {
    let answer = ask::open(address).await?;
    let page = ask::text(&answer).await?;
    part_of(&page)
}

/// Brings the pieces of this page that are marked `data-tail` up to date, from the page at its
/// address; says whether it could. There are no islands in them.
pub async fn freshen(address: &str) -> bool {
    let Some(answer) = ask::open(address).await else { return false };
    let Some(text) = ask::text(&answer).await else { return false };
    let Some(page) = DomParser::new()
        .ok()
        .and_then(|parser| parser.parse_from_string(&text, SupportedType::TextHtml).ok())
    else {
        return false;
    };
    let (Ok(old), Ok(fresh)) =
        (document().query_selector_all("[data-tail]"), page.query_selector_all("[data-tail]"))
    else {
        return false;
    };
    let element = |found: Option<web_sys::Node>| found.and_then(|node| node.dyn_into::<Element>().ok());
    let mut came = false;
    for index in 0..old.length() {
        if let (Some(old), Some(fresh)) = (element(old.item(index)), element(fresh.item(index))) {
            old.set_inner_html(&fresh.inner_html());
            came = true;
        }
    }
    came
}

/// The part that a page holds.
fn part_of(page: &str) -> Option<Element> {
    let page = DomParser::new().ok()?.parse_from_string(page, SupportedType::TextHtml).ok()?;
    let part = page.query_selector("[data-part]").ok()??;
    document().adopt_node(&part).ok()?.dyn_into().ok()
}

fn revive(part: &Element) {
    let options = CustomEventInit::new();
    options.set_bubbles(true);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(REVIVE, &options) {
        let _ = part.dispatch_event(&event);
    }
}

/// The form that is sent, and the part that it is in.
fn form_in_part(event: &SubmitEvent) -> Option<(HtmlFormElement, Element)> {
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let part = form.closest("[data-part]").ok()??;
    Some((form, part))
}

fn send(form: &HtmlFormElement, pressed: Option<HtmlElement>, part: Element) {
    // One at a time.
    if part.has_attribute("aria-busy") {
        return;
    }
    let of = |name: &str| {
        let pressed = pressed.as_ref().and_then(|button| button.get_attribute(&format!("form{name}")));
        pressed.or_else(|| form.get_attribute(name))
    };
    let (Some(address), Ok(fields)) = (of("action"), FormData::new_with_form(form)) else { return };
    let body = if form.enctype() == "multipart/form-data" {
        fields.into()
    } else {
        match UrlSearchParams::new_with_str_sequence_sequence(fields.as_ref()) {
            Ok(fields) => fields.into(),
            Err(_) => return,
        }
    };
    let _ = part.set_attribute("aria-busy", "true");
    say(&part, pressed.and_then(|button| button.get_attribute("data-busy")));
    spawn_local(async move {
        let shown = part.get_attribute("data-part").unwrap_or_default();
        let answer = ask::send(&address, &body, "text/html").await;
        let _ = part.remove_attribute("aria-busy");
        let Some(answer) = answer else {
            say(&part, part.get_attribute("data-lost"));
            return;
        };
        let led_to = answer.url();
        let fresh = match ask::text(&answer).await {
            Some(page) if leads_to(&led_to, &shown) => part_of(&page),
            Some(_) | None => None,
        };
        match fresh {
            Some(fresh) => exchange(&part, &fresh),
            // Signed out, renamed, deleted: the page itself says so.
            None => {
                let _ = window().location().assign(&shown);
            }
        }
    });
}

fn leads_to(url: &str, path: &str) -> bool {
    let origin = window().location().origin().unwrap_or_default();
    url.strip_prefix(&origin) == Some(path)
}

/// Says something in the part's line for that.
fn say(part: &Element, text: Option<String>) {
    if let Ok(Some(line)) = part.query_selector("[data-says]") {
        line.set_text_content(text.as_deref());
    }
}

/// Puts the fresh part in place of the old one, with what was typed where it asks for it again.
fn exchange(old: &Element, fresh: &Element) {
    let typed = if fresh.has_attribute("data-keep") { inputs(old) } else { Vec::new() };
    let _ = old.replace_with_with_node_1(fresh);
    let kept: Vec<_> = typed.iter().filter_map(|field| keep(field, fresh)).collect();
    revive(fresh);
    for field in kept {
        if let Ok(event) = Event::new("input") {
            let _ = field.dispatch_event(&event);
        }
    }
    focus_on_news(fresh);
}

fn inputs(part: &Element) -> Vec<HtmlInputElement> {
    let Ok(found) = part.query_selector_all("input[name]") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// Puts what a field held into the one of the same name, where that one is empty.
fn keep(old: &HtmlInputElement, part: &Element) -> Option<HtmlInputElement> {
    let field: HtmlInputElement =
        inputs(part).into_iter().find(|field| field.name() == old.name() && field.type_() == old.type_())?;
    match old.type_().as_str() {
        "file" => field.set_files(old.files().as_ref()),
        "text" | "password" if field.value().is_empty() => field.set_value(&old.value()),
        _ => return None,
    }
    Some(field)
}

/// Where somebody has to look next: at what is wrong, else at what was said.
fn focus_on_news(part: &Element) {
    let news = ["[aria-invalid]", ".notice"].into_iter();
    let found = news.filter_map(|what| part.query_selector(what).ok().flatten()).next();
    let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) else { return };
    if found.tab_index() < 0 {
        found.set_tab_index(-1);
    }
    let _ = found.focus();
    found.scroll_into_view();
}
