//! Fields of a form as they change, in the browser.

use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{File, HtmlInputElement};

/// A field is looked at when it did not change for this long.
const QUIET: Duration = Duration::from_millis(350);

/// A field of a form, if it is there.
pub struct Field(Option<HtmlInputElement>);

impl Field {
    /// The field with an id.
    pub fn named(id: &str) -> Self {
        Self(document().get_element_by_id(id).and_then(|found| found.dyn_into().ok()))
    }

    /// What it holds.
    pub fn text(&self) -> String {
        self.0.as_ref().map(HtmlInputElement::value).unwrap_or_default()
    }

    /// The file that was chosen in it.
    pub fn file(&self) -> Option<File> {
        self.0.as_ref()?.files()?.item(0)
    }

    /// Puts something into it.
    pub fn set(&self, text: &str) {
        if let Some(field) = &self.0 {
            field.set_value(text);
        }
    }
}

/// Tells the answer to the newest question from those to older ones.
#[derive(Clone, Default)]
pub struct Newest(Rc<Cell<u32>>);

impl Newest {
    /// A new question, which makes all before it old.
    pub fn next(&self) -> u32 {
        self.0.set(self.0.get().wrapping_add(1));
        self.0.get()
    }

    /// Whether no question came after this one.
    pub fn is(&self, turn: u32) -> bool {
        self.0.get() == turn
    }
}

/// Calls `then` once some fields have come to rest after a change.
pub fn when_changed(ids: &[&str], then: impl Fn() + Clone + 'static) {
    let waiting = Cell::new(None::<TimeoutHandle>);
    let on_input = Closure::<dyn Fn()>::new(move || {
        if let Some(before) = waiting.take() {
            before.clear();
        }
        waiting.set(set_timeout_with_handle(then.clone(), QUIET).ok());
    });
    listen(ids, &on_input);
    on_input.forget();
}

/// Calls `then` at each change of a field.
pub fn at_each_change(id: &str, then: impl Fn() + 'static) {
    let on_input = Closure::<dyn Fn()>::new(then);
    listen(&[id], &on_input);
    on_input.forget();
}

fn listen(ids: &[&str], on_input: &Closure<dyn Fn()>) {
    for id in ids {
        if let Some(field) = document().get_element_by_id(id) {
            let _ = field.add_event_listener_with_callback("input", on_input.as_ref().unchecked_ref());
        }
    }
}
