//! Browser sessions: a random id in a cookie, the rest in the store under the id's hash.

mod store;

pub use store::StoredSessions;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use engine::Engine;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, Session, SessionManagerLayer};
use url::Url;

/// A session ends when it was not used for this long; at which age it ends anyhow, the policy says.
const IDLE: std::time::Duration = std::time::Duration::from_secs(12 * 3_600);
/// How often the use of a session is written down.
const TOUCH_EVERY: std::time::Duration = std::time::Duration::from_secs(15 * 60);

/// When a session was last written down as used.
const TOUCHED: &str = "touched";
/// When its id was made.
const BORN: &str = "born";

/// The layer that gives requests their session.
///
/// `SameSite=Lax`, since the provider's redirect back to us is a navigation from another site.
pub fn layer(engine: &Engine, public_url: &Url) -> SessionManagerLayer<StoredSessions> {
    let secure = public_url.scheme() == "https";
    let name = if secure { "__Host-evergrant" } else { "evergrant" };
    let idle = Duration::try_from(IDLE).expect("half a day is a duration");
    SessionManagerLayer::new(StoredSessions::new(engine.clone()))
        .with_name(name)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(idle))
}

/// Notes now and then that a session is in use, which puts off its end.
pub async fn touch(State(engine): State<Engine>, session: Session, request: Request, next: Next) -> Response {
    if session.id().is_some() {
        let now = engine.now().millis();
        let every = i64::try_from(TOUCH_EVERY.as_millis()).unwrap_or(i64::MAX);
        // A session that cannot be read is no session; the handler finds that out by itself.
        if let Ok(Some(touched)) = session.get::<i64>(TOUCHED).await
            && now.saturating_sub(touched) >= every
            && let Err(error) = session.insert(TOUCHED, now).await
        {
            tracing::warn!(error = engine::report(&error), "the use of a session was not noted");
        }
    }
    next.run(request).await
}
