//! Menus that close when somebody looks elsewhere, in the browser.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, KeyboardEvent};

/// Closes an open menu on a click outside of it and on Escape, which also gives its button the
/// focus back.
pub fn close_when_left() {
    let on_click = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let inside = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|target| target.closest("details.menu").ok().flatten());
        for menu in open_menus() {
            if inside.as_ref() != Some(&menu) {
                let _ = menu.remove_attribute("open");
            }
        }
    });
    let on_key = Closure::<dyn Fn(KeyboardEvent)>::new(|event: KeyboardEvent| {
        if event.key() != "Escape" {
            return;
        }
        for menu in open_menus() {
            let _ = menu.remove_attribute("open");
            if let Ok(Some(button)) = menu.query_selector("summary")
                && let Ok(button) = button.dyn_into::<web_sys::HtmlElement>()
            {
                let _ = button.focus();
            }
        }
    });
    let document = document();
    let _ = document.add_event_listener_with_callback("click", on_click.as_ref().unchecked_ref());
    let _ = document.add_event_listener_with_callback("keydown", on_key.as_ref().unchecked_ref());
    on_click.forget();
    on_key.forget();
}

fn open_menus() -> Vec<Element> {
    let Ok(found) = document().query_selector_all("details.menu[open]") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}
