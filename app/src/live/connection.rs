//! The event stream and the ticking clock of a page, in the browser.

use super::Message;
use super::store::{Store, store};
use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// Starts the clock and, where the page names an event stream (`data-live`), listens to it. The
/// browser reconnects by itself.
pub fn connect() {
    let root = document().document_element();
    let attribute = |name: &str| root.as_ref().and_then(|root| root.get_attribute(name));
    let Some(rendered_at) = attribute("data-now").and_then(|now| now.parse::<i64>().ok()) else { return };
    let store = store(rendered_at);
    let offset = Rc::new(Cell::new(rendered_at - local_now()));
    tick(store.clone(), Rc::clone(&offset));
    if let Some(address) = attribute("data-live")
        && let Ok(source) = EventSource::new(&address)
    {
        listen(&source, store, offset);
    }
}

fn listen(source: &EventSource, store: Store, offset: Rc<Cell<i64>>) {
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let Some(Ok(message)) = event.data().as_string().map(|text| serde_json::from_str::<Message>(&text))
        else {
            return;
        };
        offset.set(message.now - local_now());
        store.now.set(message.now);
        store.repairs.set(Some(message.repairs));
        store.containers.set(message.containers);
        store.newest.set(message.newest);
    });
    source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

/// Moves the clock once a second while the page is visible.
fn tick(store: Store, offset: Rc<Cell<i64>>) {
    let step = move || {
        if !document().hidden() {
            store.now.set(local_now() + offset.get());
        }
    };
    set_interval(step, Duration::from_secs(1));
}

/// Whole milliseconds, far below 2^53.
fn local_now() -> i64 {
    js_sys::Date::now() as i64
}
