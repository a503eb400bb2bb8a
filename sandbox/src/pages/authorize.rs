//! `GET /api/oauth2/auth`: where an app sends the browser.

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use url::Url;
use url::form_urlencoded::Serializer;

use super::{Language, consent, layout, lead_to, session, with_return};
use crate::browsers::Wish;
use crate::chains::Holder;
use crate::clients::ClientId;
use crate::sign_in_faults::met::{Shape, Stop};
use crate::sign_in_faults::{SignInFault, SignInStep};
use crate::world::{Shared, World};

type Parameters = HashMap<String, String>;

/// Shows the next page, or leads back with a code.
pub(crate) async fn show(
    State(shared): State<Shared>,
    Query(query): Query<Parameters>,
    jar: CookieJar,
    headers: HeaderMap,
) -> Response {
    let mut world = shared.lock();
    let language = Language::of(&headers);
    let field = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let client = ClientId::new(field("client_id"));
    let redirect_uri = field("redirect_uri");

    // To an address that is not registered nobody is ever sent.
    if !world.clients.is_known(&client) {
        return refuse(
            language.say("The app (client_id) is not known.", "De app (client_id) is niet bekend."),
        );
    }
    if !world.clients.may_return_to(&client, redirect_uri) || Url::parse(redirect_uri).is_err() {
        return refuse(language.say(
            "The redirect URI is not the one that was registered.",
            "De redirect-URI is niet de geregistreerde.",
        ));
    }
    let state = query.get("state").map(String::as_str);
    if field("response_type") != "code" {
        return back(redirect_uri, &[("error", "unsupported_response_type")], state);
    }
    let code_challenge = query.get("code_challenge").cloned();
    if code_challenge.is_some() && field("code_challenge_method") != "S256" {
        return back(redirect_uri, &[("error", "invalid_request")], state);
    }

    let signed_in = session(&world, &jar)
        .filter(|_| field("force_login") != "1")
        .and_then(|user| Some((world.users.find(&user)?.has_consented(&client), user)));
    let stop = |user| Stop { step: SignInStep::Authorize, user, shape: Shape::WebForm, language };
    let Some((consented, user)) = signed_in else {
        return stop(None).mark(lead_to(&with_return("/docs/Login.aspx", &without_force(&query))));
    };
    let asked_again = world.meets(&user, &SignInFault::Consent).is_some();
    let stop = stop(Some(user.clone()));
    let wish = Wish {
        holder: Holder { client, user },
        redirect_uri: redirect_uri.to_owned(),
        state: state.map(ToOwned::to_owned),
        code_challenge,
    };
    stop.mark(if consented && !asked_again {
        grant(&mut world, wish)
    } else {
        consent::ask(&mut world, language, wish)
    })
}

/// Leads back with a code.
pub(super) fn grant(world: &mut World, wish: Wish) -> Response {
    let code = world.write_code(wish.holder, wish.redirect_uri.clone(), wish.code_challenge);
    back(&wish.redirect_uri, &[("code", &code)], wish.state.as_deref())
}

/// Leads back to the app with these parameters and its `state`.
pub(super) fn back(redirect_uri: &str, parameters: &[(&str, &str)], state: Option<&str>) -> Response {
    match Url::parse(redirect_uri) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(parameters).extend_pairs(state.map(|state| ("state", state)));
            lead_to(url.as_str())
        }
        Err(_) => refuse("The redirect URI is not an address."),
    }
}

fn refuse(text: &str) -> Response {
    (StatusCode::BAD_REQUEST, layout::error(Language::English, text)).into_response()
}

/// This very address, to come back to after signing in; asking to sign in again would go on forever.
fn without_force(query: &Parameters) -> String {
    let mut pairs: Vec<_> = query.iter().filter(|(name, _)| *name != "force_login").collect();
    pairs.sort();
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/api/oauth2/auth?{query}")
}
