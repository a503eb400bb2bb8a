//! What the script of a B2C page does: reads the page's variables, sends answers, goes on.

use exact_sandbox::{Generation, Options, Sandbox};
use reqwest::{RequestBuilder, Url};
use serde_json::{Deserializer, Value};

use crate::browser::{Browser, Page, authorize};
use crate::common::{self, PASSWORD, USER};

pub const TENANT: &str = "/oneexactsandbox.onmicrosoft.com/B2C_1A_ONEEXACT_SIGNIN";
pub const POLICY: &str = "B2C_1A_ONEEXACT_SIGNIN";
pub const AGENT: (&str, &str) = ("userAgent", "Mozilla/5.0 (sandbox test)");

/// A sandbox that signs in at the second generation's pages.
pub async fn start() -> Sandbox {
    common::start_with(Options { generation: Generation::Identity, ..common::options() }).await
}

impl Page {
    /// A script variable of the page.
    pub fn variable(&self, name: &str) -> Value {
        let opening = format!("var {name} = ");
        let place = self.html.find(&opening).unwrap_or_else(|| panic!("no {name} in {self:?}"));
        let text = &self.html[place + opening.len()..];
        Deserializer::from_str(text).into_iter().next().unwrap().unwrap()
    }

    /// The fields that the page declares.
    pub fn declared(&self) -> Vec<String> {
        let fields = self.variable("SA_FIELDS")["AttributeFields"].clone();
        fields.as_array().unwrap().iter().map(|field| field["ID"].as_str().unwrap().to_owned()).collect()
    }

    pub fn setting(&self, pointer: &str) -> String {
        let settings = self.variable("SETTINGS");
        settings.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}")).to_owned()
    }

    fn transaction(&self) -> [(&'static str, String); 2] {
        [("tx", self.setting("/transId")), ("p", self.setting("/hosts/policy"))]
    }

    pub fn self_asserted(&self) -> Url {
        let tenant = self.setting("/hosts/tenant");
        let mut address = self.url.join(&format!("{tenant}/SelfAsserted")).unwrap();
        address.query_pairs_mut().extend_pairs(self.transaction());
        address
    }

    pub fn confirmed(&self) -> Url {
        let (tenant, api) = (self.setting("/hosts/tenant"), self.setting("/api"));
        let mut address = self.url.join(&format!("{tenant}/api/{api}/confirmed")).unwrap();
        let token = ("csrf_token", self.setting("/csrf"));
        address.query_pairs_mut().extend_pairs([token]).extend_pairs(self.transaction());
        address
    }
}

impl Browser {
    /// The start page and the user name, up to the first page of the second origin.
    pub async fn begin(&self, sandbox: &Sandbox, user: &str) -> Page {
        let start = self.open(authorize(sandbox, &[])).await;
        self.submit(&start, &[("LoginForm$UserName", user)]).await
    }

    /// A call of the page's script, before it is sent.
    pub fn call(&self, page: &Page, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut form = vec![("request_type", "RESPONSE")];
        form.extend(fields);
        self.client
            .post(page.self_asserted())
            .header("X-CSRF-TOKEN", page.setting("/csrf"))
            .header("X-Requested-With", "XMLHttpRequest")
            .form(&form)
    }

    /// Sends the answers of one page: what the script is told.
    pub async fn tell(&self, page: &Page, fields: &[(&str, &str)]) -> Value {
        let response = self.call(page, fields).send().await.unwrap();
        assert_eq!(response.status(), 200, "{fields:?}");
        response.json().await.unwrap()
    }

    /// Sends good answers and goes on to the next page.
    pub async fn answer(&self, page: &Page, fields: &[(&str, &str)]) -> Page {
        assert_eq!(self.tell(page, fields).await["status"], "200", "{fields:?}");
        self.open(page.confirmed()).await
    }

    /// Up to the page of the one-time code.
    pub async fn reach_code(&self, sandbox: &Sandbox) -> Page {
        let first = self.begin(sandbox, USER).await;
        let agent = self.answer(&first, &[("signInName", USER), ("password", PASSWORD)]).await;
        self.answer(&agent, &[AGENT]).await
    }

    /// The whole way, up to the consent page or back to the app.
    pub async fn walk(&self, sandbox: &Sandbox) -> Page {
        let page = self.reach_code(sandbox).await;
        let last = self.answer(&page, &code(&sandbox.one_time_code(USER).unwrap())).await;
        self.submit(&last, &[]).await
    }
}

/// The answers to the page of the one-time code.
pub fn code(code: &str) -> [(&str, &str); 3] {
    [("totpVerificationCode", code), ("reset_totp", "false"), ("totp_skip_days", "true")]
}
