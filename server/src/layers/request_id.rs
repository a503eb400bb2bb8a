//! Every request has an id: in the log, and in the answer as `x-request-id`.

use axum::http::{HeaderName, HeaderValue, Request};
use tower_http::request_id::{MakeRequestId, RequestId};
use tower_sessions::session::Id;

/// The header.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Makes random ids.
#[derive(Clone, Copy, Debug, Default)]
pub struct Random;

impl MakeRequestId for Random {
    fn make_request_id<B>(&mut self, _request: &Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&Id::default().to_string()).ok().map(RequestId::new)
    }
}
