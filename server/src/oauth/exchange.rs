//! Token exchange (RFC 8693): a consumer key or an issued access token for the access token of a data
//! container's provider.

use axum::response::Response;
use engine::Engine;
use engine::consumer::LONGEST_WAIT;
use percent_encoding::percent_decode_str;
use url::Url;

use super::asked::Asked;
use super::refusal::{Refusal, subject};
use super::token::{TokenAnswer, handed_out};

/// The one kind of token there is here.
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Lends the token that is asked for. Who shows a token that works needs nothing else; a client that
/// authenticates as well exchanges its own.
pub async fn answer(engine: &Engine, asked: &Asked) -> Result<Response, Refusal> {
    for name in ["actor_token", "actor_token_type"] {
        if asked.field(name).is_some() {
            return Err(Refusal::request("Nobody acts for somebody else here: send no actor_token."));
        }
    }
    if asked.needed("subject_token_type")? != ACCESS_TOKEN {
        return Err(Refusal::request(format!("The subject_token_type is {ACCESS_TOKEN}.")));
    }
    if asked.field("requested_token_type").is_some_and(|kind| kind != ACCESS_TOKEN) {
        return Err(Refusal::request(format!("The requested_token_type is {ACCESS_TOKEN}.")));
    }
    let (database, alias) = target(asked, engine.public_url())?;
    if asked.scope()?.is_some_and(|scope| !scope.holds(&database)) {
        return Err(Refusal::scope("The scope does not name the database of the resource."));
    }
    let client = match asked.credentials()? {
        Some(credentials) => {
            Some(engine.client(&credentials.id, credentials.key.expose(), asked.from).await?)
        }
        None => None,
    };
    let consumer = engine.consumer(asked.needed("subject_token")?, asked.from).await.map_err(subject)?;
    if client.is_some_and(|client| client.consumer().id() != consumer.id()) {
        return Err(Refusal::request("The subject_token was issued to another client."));
    }
    let lent = consumer.lend(&database, &alias, None, LONGEST_WAIT).await?;
    Ok(handed_out(&TokenAnswer {
        access_token: lent.access_token.expose(),
        issued_token_type: Some(ACCESS_TOKEN),
        token_type: "Bearer",
        expires_in: lent.until.since(engine.now()).as_secs(),
        refresh_token: None,
        refresh_token_expires_in: None,
        scope: None,
    }))
}

/// The database and the alias of what a token is asked for.
fn target(asked: &Asked, public: &Url) -> Result<(String, String), Refusal> {
    let mut resources = asked.fields("resource");
    let (Some(resource), None, None) = (resources.next(), resources.next(), asked.field("audience")) else {
        return Err(Refusal::target("Name one data container as the resource, and no audience."));
    };
    place(resource, public).ok_or_else(|| {
        let base = public.as_str().trim_end_matches('/');
        Refusal::target(format!("The resource is {base}/api/v1/databases/(database)/containers/(alias)."))
    })
}

fn place(resource: &str, public: &Url) -> Option<(String, String)> {
    let url = Url::parse(resource).ok()?;
    if url.origin() != public.origin() || url.query().is_some() || url.fragment().is_some() {
        return None;
    }
    let names = !url.username().is_empty() || url.password().is_some();
    let parts: Vec<&str> = url.path_segments()?.collect();
    let ["api", "v1", "databases", database, "containers", alias] = parts[..] else { return None };
    let decoded = |part| Some(percent_decode_str(part).decode_utf8().ok()?.into_owned());
    (!names).then_some((decoded(database)?, decoded(alias)?))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_resource_is_the_address_of_a_data_container_here() {
        let public = Url::parse("https://evergrant.example").unwrap();
        let container = "/api/v1/databases/jansen/containers/exact";
        let found = |text: &str| place(text, &public);
        let place = Some(("jansen".to_owned(), "exact".to_owned()));
        assert_eq!(found(&format!("https://evergrant.example{container}")), place);
        assert_eq!(found(&format!("https://evergrant.example:443{container}")), place);
        for other in [
            container,
            "jansen/exact",
            &format!("http://evergrant.example{container}"),
            &format!("https://evil.example{container}"),
            &format!("https://a:b@evergrant.example{container}"),
            &format!("https://evergrant.example{container}/token"),
            &format!("https://evergrant.example{container}/"),
            &format!("https://evergrant.example{container}?a=b"),
            &format!("https://evergrant.example{container}#a"),
            "https://evergrant.example/api/v1/databases/jansen",
            "https://evergrant.example/",
        ] {
            assert_eq!(found(other), None, "{other}");
        }
    }
}
