//! A browser as far as a scripted sign-in needs one: cookies, forms, redirects on the sandbox.

use std::collections::HashMap;

use exact_sandbox::Sandbox;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, Url};
use scraper::{Html, Selector};

use crate::common::{APP, PASSWORD, REDIRECT, USER};

pub struct Browser {
    pub client: Client,
}

/// Where a request ended: a page of the sandbox, or an address outside of it.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub url: Url,
    /// Where it leads to when that is outside of the sandbox.
    pub location: Option<Url>,
    pub html: String,
}

impl Browser {
    pub fn new() -> Self {
        Self::with(Policy::custom(|attempt| match attempt.url().host_str() {
            Some("127.0.0.1") if attempt.previous().len() < 10 => attempt.follow(),
            _ => attempt.stop(),
        }))
    }

    /// One that follows no redirect.
    pub fn still() -> Self {
        Self::with(Policy::none())
    }

    #[expect(clippy::disallowed_methods, reason = "the rule is for the engine")]
    fn with(policy: Policy) -> Self {
        Self { client: Client::builder().cookie_store(true).redirect(policy).build().unwrap() }
    }

    pub async fn open(&self, address: impl AsRef<str>) -> Page {
        self.try_open(address).await.unwrap()
    }

    /// The same where the connection may fail.
    pub async fn try_open(&self, address: impl AsRef<str>) -> reqwest::Result<Page> {
        let request = self.client.get(address.as_ref()).header("accept-language", "en");
        Ok(Page::read(request.send().await?).await)
    }

    pub async fn open_dutch(&self, address: impl AsRef<str>) -> Page {
        self.send(self.client.get(address.as_ref()).header("accept-language", "nl-NL,nl;q=0.9")).await
    }

    /// Sends the page's one form as it stands, with these fields changed or added.
    pub async fn submit(&self, page: &Page, changes: &[(&str, &str)]) -> Page {
        self.try_submit(page, changes).await.unwrap()
    }

    /// The same where the connection may fail.
    pub async fn try_submit(&self, page: &Page, changes: &[(&str, &str)]) -> reqwest::Result<Page> {
        let mut fields = page.fields();
        fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Ok(Page::read(self.client.post(page.action()).form(&fields).send().await?).await)
    }

    async fn send(&self, request: RequestBuilder) -> Page {
        Page::read(request.send().await.unwrap()).await
    }

    /// User name and password, up to the page that follows.
    pub async fn type_password(&self, sandbox: &Sandbox, password: &str) -> Page {
        let first = self.open(authorize(sandbox, &[])).await;
        let second = self.submit(&first, &[("LoginForm$UserName", USER)]).await;
        self.submit(&second, &[("LoginForm$Password", password)]).await
    }

    /// The whole sign-in, up to the consent page or the way back.
    pub async fn sign_in(&self, sandbox: &Sandbox) -> Page {
        let third = self.type_password(sandbox, PASSWORD).await;
        let code = sandbox.one_time_code(USER).unwrap();
        self.submit(&third, &[("LoginForm$Input$Key", &code)]).await
    }
}

/// The address an app sends a browser to, with these parameters changed or added.
pub fn authorize(sandbox: &Sandbox, changes: &[(&str, &str)]) -> String {
    let mut parameters = HashMap::from([
        ("client_id", APP),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("state", "a state & more"),
        ("force_login", "0"),
    ]);
    parameters.extend(changes.iter().copied());
    let base = format!("{}/api/oauth2/auth", sandbox.url());
    Url::parse_with_params(&base, parameters).unwrap().into()
}

impl Page {
    pub async fn read(response: Response) -> Self {
        let url = response.url().clone();
        let location =
            response.headers().get("location").map(|location| url.join(location.to_str().unwrap()).unwrap());
        Self { status: response.status().as_u16(), location, url, html: response.text().await.unwrap() }
    }

    pub fn has(&self, selector: &str) -> bool {
        Html::parse_document(&self.html).select(&Selector::parse(selector).unwrap()).next().is_some()
    }

    pub fn text(&self, selector: &str) -> String {
        let document = Html::parse_document(&self.html);
        let selector = Selector::parse(selector).unwrap();
        let element = document.select(&selector).next();
        element.unwrap_or_else(|| panic!("no {selector:?} in {self:?}")).text().collect::<String>()
    }

    /// A parameter that came back to the app.
    pub fn returned(&self, name: &str) -> Option<String> {
        let location = self.location.as_ref().unwrap_or_else(|| panic!("leads nowhere: {self:?}"));
        assert!(location.as_str().starts_with(REDIRECT), "{location}");
        location.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    pub fn action(&self) -> Url {
        let document = Html::parse_document(&self.html);
        let form = document.select(&Selector::parse("form").unwrap()).next();
        let form = form.unwrap_or_else(|| panic!("no form in {self:?}"));
        self.url.join(form.value().attr("action").unwrap()).unwrap()
    }

    /// The inputs as a browser would send them; unchecked boxes stay away.
    fn fields(&self) -> HashMap<String, String> {
        let document = Html::parse_document(&self.html);
        document
            .select(&Selector::parse("form input[name]").unwrap())
            .filter(|input| input.value().attr("type") != Some("checkbox"))
            .map(|input| {
                let attribute = |name| input.value().attr(name).unwrap_or_default().to_owned();
                (attribute("name"), attribute("value"))
            })
            .collect()
    }
}
