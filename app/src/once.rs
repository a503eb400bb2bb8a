//! A secret that is shown once: it lies in the session, which is sealed, until the next page takes it.
//! Nothing of it is in an address, and nobody who reads the store finds it.

use tower_sessions::Session;

/// Leaves a secret for the next page with this name.
///
/// # Errors
/// When the session cannot be written: whoever made the secret says so, since it is lost.
pub async fn leave(
    session: &Session,
    name: &str,
    secret: &str,
) -> Result<(), tower_sessions::session::Error> {
    session.insert(&key(name), secret).await
}

/// Takes the secret that was left, if there is one; it is gone then.
pub async fn take(session: &Session, name: &str) -> Option<String> {
    match session.remove::<String>(&key(name)).await {
        Ok(secret) => secret,
        Err(error) => {
            tracing::warn!(error = engine::report(&error), "could not take a secret from the session");
            None
        }
    }
}

fn key(name: &str) -> String {
    format!("once-{name}")
}
