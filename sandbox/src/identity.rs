//! The pages of the second sign-in generation, "One Exact Identity": Azure AD B2C on an origin
//! of its own.
//!
//! Every round is a page that declares its fields, a call of the page's script with the
//! answers, and a visit to the address that leads on. The last page posts itself to the first
//! origin.

pub(crate) mod authorize;
pub(crate) mod confirmed;
pub(crate) mod journeys;
pub(crate) mod page;
mod rounds;
pub(crate) mod self_asserted;

use axum::http::{HeaderMap, StatusCode};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use subtle::ConstantTimeEq;

use crate::pages::Posted;
use crate::world::World;
use journeys::{Journey, Journeys};

/// The policy, as it stands in every request (`p`).
pub(crate) const POLICY: &str = "B2C_1A_ONEEXACT_SIGNIN";
/// What stands in front of every address: directory and policy (`hosts.tenant`).
pub(crate) const TENANT: &str = "/oneexactsandbox.onmicrosoft.com/B2C_1A_ONEEXACT_SIGNIN";
/// The id under which the first origin is registered with the second.
pub(crate) const CLIENT: &str = "7a1b0d3e-52f4-4b0c-8f0e-3c9d2a6b4e15";

/// The cookie with the csrf token of the page that is shown.
const CSRF: &str = "x-ms-cpim-csrf";
/// The cookie with the transaction.
const TRANSACTION: &str = "x-ms-cpim-trans";
/// The cookie of a device that needs no one-time code for some days.
const DEVICE: &str = "OneExactDevice";

/// The journey that a request belongs to, if its `tx`, `p`, cookies and csrf token agree.
///
/// `token` is what the request brought as csrf token, in a header or in the query.
fn joined<'a>(
    journeys: &'a mut Journeys,
    query: &Posted,
    jar: &CookieJar,
    token: Option<&str>,
) -> Result<(&'a mut Journey, String), StatusCode> {
    let tx = query.get("tx").ok_or(StatusCode::BAD_REQUEST)?;
    if query.get("p").is_none_or(|policy| !policy.eq_ignore_ascii_case(POLICY))
        || jar.get(TRANSACTION).is_none_or(|cookie| cookie.value() != tx)
    {
        return Err(StatusCode::BAD_REQUEST);
    }
    let journey = journeys.find_mut(tx).ok_or(StatusCode::BAD_REQUEST)?;
    let is_right = |sent: &str| bool::from(sent.as_bytes().ct_eq(journey.csrf.as_bytes()));
    let cookie = jar.get(CSRF).map(Cookie::value);
    if !token.is_some_and(is_right) || !cookie.is_some_and(is_right) {
        return Err(StatusCode::FORBIDDEN);
    }
    Ok((journey, tx.clone()))
}

fn cookie(world: &World, name: &'static str, value: String) -> Cookie<'static> {
    let secure = world.origins.identity.starts_with("https:");
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(if secure { SameSite::None } else { SameSite::Lax })
        .secure(secure)
        .build()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
