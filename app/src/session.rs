//! What a browser's session holds: who signed in, a name for the browser, one message.

use chain::OperatorId;
use engine::store::StoreError;
use engine::{Engine, Operator};
use thiserror::Error;
use tower_sessions::Session;

const OPERATOR: &str = "operator";
const BROWSER: &str = "browser";

/// Why a session could not be used.
#[derive(Debug, Error)]
pub enum SessionError {
    /// The session could not be read or written.
    #[error("could not use the session")]
    Session(#[from] tower_sessions::session::Error),
    /// The operator could not be read.
    #[error("could not read the operator")]
    Store(#[from] StoreError),
}

/// Who is signed in with a session; `None` when nobody is, or the operator is gone.
///
/// # Errors
/// See [`SessionError`].
pub async fn signed_in(session: &Session, engine: &Engine) -> Result<Option<Operator>, SessionError> {
    let stored: Option<String> = session.get(OPERATOR).await?;
    let Some(id) = stored.and_then(|id| id.parse::<OperatorId>().ok()) else { return Ok(None) };
    Ok(engine.operator(id).await?)
}

/// Signs an operator in: the session gets a new id, so that an id known before is worth nothing.
///
/// # Errors
/// See [`SessionError`].
pub async fn sign_in(session: &Session, operator: OperatorId) -> Result<(), SessionError> {
    session.cycle_id().await?;
    Ok(session.insert(OPERATOR, operator.to_string()).await?)
}

/// Ends a session with all that it holds.
///
/// # Errors
/// See [`SessionError`].
pub async fn sign_out(session: &Session) -> Result<(), SessionError> {
    Ok(session.flush().await?)
}

/// A random name for the browser of this session, made when it is first asked for. Grants are
/// bound to it; it stays when the session's id changes.
///
/// # Errors
/// See [`SessionError`].
pub async fn browser(session: &Session) -> Result<String, SessionError> {
    if let Some(browser) = session.get::<String>(BROWSER).await? {
        return Ok(browser);
    }
    let browser = uuid::Uuid::new_v4().simple().to_string();
    session.insert(BROWSER, &browser).await?;
    Ok(browser)
}
