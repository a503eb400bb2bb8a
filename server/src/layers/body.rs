//! How much a request may bring, and how long it may take, by its address.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;

/// What forms with a file are sent to: recovery credentials with a picture, and a policy to check.
const FILES: [&str; 4] =
    ["/do/save-credentials", "/do/test-credentials", "/do/one-time-codes", "/do/check-policy"];
/// What walks through a provider's sign-in pages before it answers.
const WALKS: [&str; 1] = ["/do/test-credentials"];

/// The largest body: no form without a file comes near it.
const LARGEST: u64 = 256 * 1024;
/// The largest body with a file. Pictures of more than 5 MB are refused, policies sooner, but a form is
/// read to its end first: browsers show no answer to a form that is cut off.
const LARGEST_WITH_FILE: u64 = 32 * 1024 * 1024;

/// The longest that a page may take; the way back from a provider has the provider's own limits.
const LONGEST: Duration = Duration::from_secs(30);
/// The longest that a walk may take: its own 90 seconds, and what comes before and after.
const LONGEST_WALK: Duration = Duration::from_secs(150);

/// Refuses a body that is larger than any form of this address, and a form with a file that says
/// not where its parts begin.
pub async fn bound(request: Request, next: Next) -> Response {
    let with_file = FILES.contains(&request.uri().path());
    let most = if with_file { LARGEST_WITH_FILE } else { LARGEST };
    let said = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if said.is_some_and(|length: u64| length > most) {
        return (StatusCode::PAYLOAD_TOO_LARGE, "This is more than any form here holds.\n").into_response();
    }
    if with_file && !is_multipart(request.headers()) {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "This form is sent as multipart/form-data.\n")
            .into_response();
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    next.run(request.map(|body| Body::new(Limited::new(body, most)))).await
}

/// Ends a request that takes too long.
pub async fn in_time(request: Request, next: Next) -> Response {
    let longest = if WALKS.contains(&request.uri().path()) { LONGEST_WALK } else { LONGEST };
    match tokio::time::timeout(longest, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| multer::parse_boundary(kind).is_ok())
}
