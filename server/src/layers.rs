//! What surrounds every route.

pub mod body;
pub mod headers;
pub mod panic;
pub mod peer;
pub mod request_id;
pub mod same_origin;
pub mod trace;
