//! Questions to our own server, in the browser.

use leptos::prelude::window;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

/// Sends fields to a server function and reads what it answers; `None` when it does not.
pub async fn ask<T: DeserializeOwned>(address: &str, fields: &JsValue) -> Option<T> {
    let answer = send(address, fields, "application/json").await?;
    let text = text(&answer).await?;
    serde_json::from_str(&text).ok()
}

/// Sends a form as the browser would; what it answers is the page that it leads to.
pub async fn send(address: &str, fields: &JsValue, accept: &str) -> Option<Response> {
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(fields);
    let headers = Headers::new().ok()?;
    headers.set("accept", accept).ok()?;
    request.set_headers(&headers);
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, &request)).await;
    answer.ok()?.dyn_into().ok()
}

/// A page of ours.
pub async fn open(address: &str) -> Option<Response> {
    JsFuture::from(window().fetch_with_str(address)).await.ok()?.dyn_into().ok()
}

/// The text of an answer that is fine.
pub async fn text(answer: &Response) -> Option<String> {
    if !answer.ok() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}
