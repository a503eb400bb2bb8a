//! What comes back to the redirect URI.

use chain::RecoveryFailure;

use super::form::Request;
use crate::guard::secret::AuthorizationCode;

/// Why what came back is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) outcome: &'static str,
    pub(super) failure: RecoveryFailure,
}

/// Reads the code from the query, or from the form that is meant for the redirect URI.
///
/// What is there twice is not there: nobody knows which of the two would be taken.
pub(super) fn read(request: &Request, state: &str) -> Result<AuthorizationCode, Refused> {
    let query = request.url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned()));
    let posted = request.fields.iter().map(|(name, value)| (name.clone(), value.to_string()));
    let pairs: Vec<(String, String)> = query.chain(posted).collect();
    let only = |name: &str| {
        let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        values.next().filter(|value| !value.is_empty() && values.next().is_none())
    };
    if only("state") != Some(state) {
        let failure = RecoveryFailure::PageNotUnderstood;
        return Err(Refused { outcome: "another state came back", failure });
    }
    match (only("code"), only("error")) {
        (Some(code), None) => Ok(AuthorizationCode::new(code.to_owned())),
        (None, Some(error)) => Err(Refused { outcome: "an error came back", failure: failure_of(error) }),
        (Some(_), Some(_)) | (None, None) => {
            Err(Refused { outcome: "not understood", failure: RecoveryFailure::PageNotUnderstood })
        }
    }
}

/// RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6.
fn failure_of(error: &str) -> RecoveryFailure {
    match error {
        "access_denied" | "consent_required" | "interaction_required" => RecoveryFailure::ConsentNeeded,
        "server_error" | "temporarily_unavailable" => RecoveryFailure::ProviderDown,
        _ => RecoveryFailure::PageNotUnderstood,
    }
}
