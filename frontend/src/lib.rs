//! What the browser loads: the islands of [`app`], brought to life.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once the wasm file is there.
#[wasm_bindgen]
pub fn hydrate() {
    app::hydrate();
}
