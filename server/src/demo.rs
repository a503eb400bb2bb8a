//! A demonstration: enough to press Renew a minute after the first start.

use std::fmt;

use engine::guard::secret::{ClientSecret, Password};
use engine::store::StoreError;
use engine::{Engine, FormError, Operator, RegistrationForm, SetUpError};
use thiserror::Error;
use tower_sessions::session::Id;
use url::Url;

/// Who signs in.
const OPERATOR: &str = "demo@evergrant.example";
/// The sandbox's demo app.
const CLIENT_ID: &str = "{5b0c1f0e-7a43-4e0b-9d37-2f6a1c9e8b10}";
/// Its secret; it opens nothing but a sandbox.
const CLIENT_SECRET: &str = "sandbox-secret";
/// The registration's name; its address part in the redirect URI is `exact-online`.
const REGISTRATION: &str = "Exact Online";
/// A life in minutes instead of hours: the sandbox is started with the same numbers.
const TIMING: &str = r#"{"access_lifetime":120,"minimum_interval":100,"refresh_ahead":20,"recovery_cool_down":60,"quiet_hours":false}"#;
/// Databases and the aliases of their containers.
const DATABASES: [(&str, &[(&str, bool)]); 3] = [
    ("Bakkerij Jansen", &[("exact", true)]),
    ("De Vries Installaties", &[("exact", false), ("exact-holding", false)]),
    ("Van Dijk Logistiek", &[("exact", false)]),
];

/// Why the demonstration was not prepared.
#[derive(Debug, Error)]
pub enum DemoError {
    /// Somebody works with this store.
    #[error(
        "--demo wants a store of its own: this one has operators already; name another folder with --data-dir"
    )]
    InUse,
    /// The demo operator was not added.
    #[error("the demo operator was not added")]
    Operator(#[from] SetUpError),
    /// Something of the demonstration was refused.
    #[error("the demonstration was not prepared")]
    Refused(#[from] FormError),
    /// The store cannot be read.
    #[error("could not read what is there")]
    Store(#[from] StoreError),
}

/// How to sign in, to be printed.
pub struct SignIn {
    password: String,
}

impl fmt::Display for SignIn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Demo sign-in: {OPERATOR} with the password {}", self.password)
    }
}

/// Fills an empty store; on one that it filled before, only the password is new.
///
/// # Errors
/// When the store has other operators, or refuses something.
pub async fn prepare(engine: &Engine, sandbox: &Url, identity: Option<&Url>) -> Result<SignIn, DemoError> {
    let password = format!("demo-{}", Id::default());
    let names = engine.operators().await?;
    if names.iter().any(|name| name != OPERATOR) {
        return Err(DemoError::InUse);
    }
    if names.is_empty() {
        fill(&engine.administrator().await?, sandbox, identity).await?;
        engine.add_operator(OPERATOR, Password::new(password.clone())).await?;
    } else {
        engine.reset_operator(OPERATOR, Password::new(password.clone())).await?;
    }
    Ok(SignIn { password })
}

/// What is there from a start that was cut off is kept.
async fn fill(operator: &Operator, sandbox: &Url, identity: Option<&Url>) -> Result<(), DemoError> {
    let known = operator.registrations().await?.into_iter().find(|view| view.name == REGISTRATION);
    let form = RegistrationForm {
        id: known.map(|view| view.id),
        name: REGISTRATION.to_owned(),
        country: "nl".to_owned(),
        base_url: Some(sandbox.as_str().trim_end_matches('/').to_owned()),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(ClientSecret::new(CLIENT_SECRET.to_owned())),
        timing: Some(TIMING.to_owned()),
        provider: "exact".to_owned(),
        custom: identity
            .map(|identity| format!(r#"{{"origins":["{}"]}}"#, identity.origin().ascii_serialization())),
        pkce: false,
    };
    let registration = operator.save_registration(form).await?;
    let inventory = operator.inventory().await?;
    for (name, containers) in DATABASES {
        let slug = match inventory.iter().find(|entry| entry.name == name) {
            Some(entry) => entry.slug.clone(),
            None => operator.create_database(name).await?,
        };
        for (alias, warm) in containers {
            if operator.container_at(&slug, alias).await?.is_none() {
                operator.create_container(&slug, alias, registration, *warm).await?;
            }
        }
    }
    Ok(())
}
