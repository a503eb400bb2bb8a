//! What the tests share: a sandbox with one app and one user, and callers of its addresses.

use std::sync::LazyLock;

use exact_sandbox::{Client, Clock, Options, Sandbox, User};
use reqwest::Response;
use serde_json::Value;

pub const APP: &str = "{3c1a7a9e-5d0f-4d5e-9a3b-6f7c2b1e8d40}";
pub const SECRET: &str = "app+secret/with=signs";
pub const REDIRECT: &str = "https://evergrant.example/oauth/callback/1";
pub const USER: &str = "anna@example.nl";
pub const PASSWORD: &str = "correct horse";
pub const TOTP: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// 2026-11-22 09:00:00 UTC.
pub const START: i64 = 1_795_338_000_000;

/// One client for all; no connection is kept, since every test has its own runtime.
#[expect(clippy::disallowed_methods, reason = "the rule is for the engine")]
pub static HTTP: LazyLock<reqwest::Client> =
    LazyLock::new(|| reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap());

pub fn options() -> Options {
    Options { clock: Clock::Manual(START), ..Options::default() }
}

pub async fn start() -> Sandbox {
    start_with(options()).await
}

pub async fn start_with(options: Options) -> Sandbox {
    let sandbox = Sandbox::start(options).await.unwrap();
    sandbox.add_client(Client::new(APP, SECRET, REDIRECT));
    sandbox.add_user(User::new(USER, PASSWORD).with_totp(TOTP));
    sandbox
}

/// An answer of the token endpoint.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub reason: Option<String>,
    pub body: Value,
}

impl Told {
    pub async fn read(response: Response) -> Self {
        Self {
            status: response.status().as_u16(),
            reason: response.headers().get("reason").map(|value| value.to_str().unwrap().to_owned()),
            body: response.json().await.unwrap(),
        }
    }

    pub fn text(&self, field: &str) -> String {
        self.body[field].as_str().unwrap_or_else(|| panic!("no {field} in {self:?}")).to_owned()
    }

    pub fn is_old(&self) {
        assert_eq!(self.status, 401, "{self:?}");
        assert_eq!(
            self.body,
            serde_json::json!({
                "error": "unauthorized_client",
                "error_description": "Old refresh token used.",
            })
        );
    }

    pub fn is_wrong_chain(&self) {
        assert_eq!(self.status, 400, "{self:?}");
        assert_eq!(
            self.body,
            serde_json::json!({
                "error": "invalid_grant",
                "error_description": "Token is not allowed, because of invalid or empty chainId",
            })
        );
    }
}

pub async fn form(sandbox: &Sandbox, fields: &[(&str, &str)]) -> Told {
    Told::read(send(sandbox, fields).await.unwrap()).await
}

pub async fn send(sandbox: &Sandbox, fields: &[(&str, &str)]) -> reqwest::Result<Response> {
    HTTP.post(format!("{}/api/oauth2/token", sandbox.url())).form(fields).send().await
}

pub async fn refresh(sandbox: &Sandbox, link: &str) -> Told {
    Told::read(send_refresh(sandbox, link).await.unwrap()).await
}

pub async fn send_refresh(sandbox: &Sandbox, link: &str) -> reqwest::Result<Response> {
    send(
        sandbox,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", link),
            ("client_id", APP),
            ("client_secret", SECRET),
        ],
    )
    .await
}

pub async fn exchange(sandbox: &Sandbox, code: &str, verifier: Option<&str>) -> Told {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("client_id", APP),
        ("client_secret", SECRET),
    ];
    fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    form(sandbox, &fields).await
}
