//! The headers that tell browsers what a page may do.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;
use tower::util::MapResponseLayer;
use url::Url;

/// What a page may load: our own files, and scripts that carry the nonce of this answer.
///
/// Forms lead to our own addresses only. Browsers hold a redirect after a form against this as
/// well, so the way to a provider never begins with a form: see [`crate::renew`].
pub fn page_policy(nonce: &str) -> Option<HeaderValue> {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).ok()
}

/// Adds the headers to every answer that does not set its own.
pub fn layer(
    public_url: &Url,
) -> MapResponseLayer<impl Fn(Response) -> Response + Clone + Send + Sync + 'static> {
    let secure = public_url.scheme() == "https";
    MapResponseLayer::new(move |mut answer: Response| {
        let headers = answer.headers_mut();
        let hsts = secure.then_some((STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
        for (name, value) in COMMON.into_iter().chain(hsts) {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        answer
    })
}

const COMMON: [(HeaderName, &str); 7] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `no-referrer`: browsers would send `Origin: null` with our own forms.
    (REFERRER_POLICY, "same-origin"),
    (CACHE_CONTROL, "no-store"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];
