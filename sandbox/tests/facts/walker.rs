//! Somebody who signs in at whatever page comes, until one is not understood.

use exact_sandbox::Sandbox;

use crate::b2c::{AGENT, code};
use crate::browser::{Browser, Page, authorize};
use crate::common::PASSWORD;

/// No way is longer than this.
const MOST_PAGES: usize = 20;

impl Browser {
    /// The way of one user: the page it ended at, or the way back to the app.
    pub async fn go(&self, sandbox: &Sandbox, user: &str) -> reqwest::Result<Page> {
        let mut page = self.try_open(authorize(sandbox, &[])).await?;
        for _ in 0..MOST_PAGES {
            match self.next(sandbox, user, &page).await? {
                Some(next) => page = next,
                None => return Ok(page),
            }
        }
        panic!("no end in sight: {page:?}");
    }

    async fn next(&self, sandbox: &Sandbox, user: &str, page: &Page) -> reqwest::Result<Option<Page>> {
        if page.status != 200 {
            return Ok(None);
        }
        let now = sandbox.one_time_code(user).unwrap_or_default();
        let fields = [
            ("input[name='LoginForm$Input$Key']", ("LoginForm$Input$Key", now.as_str())),
            ("input[name='LoginForm$Password']", ("LoginForm$Password", PASSWORD)),
            ("input[name='LoginForm$UserName']", ("LoginForm$UserName", user)),
            ("#ConsentForm_Allow", ("ConsentForm$Allow", "1")),
            ("form#auto", ("sent", "by script")),
        ];
        let refused = page.has("#LoginForm_Input_ErrorMessages")
            && !page.text("#LoginForm_Input_ErrorMessages").is_empty();
        if refused {
            return Ok(None);
        }
        for (there, answer) in fields {
            if page.has(there) {
                return Ok(Some(self.try_submit(page, &[answer]).await?));
            }
        }
        if !page.html.contains("var SETTINGS") {
            return Ok(None);
        }
        let asked = page.declared();
        let answers: Vec<(&str, &str)> = match asked[0].as_str() {
            "signInName" => vec![("signInName", user), ("password", PASSWORD)],
            "userAgent" => vec![AGENT],
            "rememberMePeriodChangeInfo" => code(&now).to_vec(),
            _ => return Ok(None),
        };
        let answer = self.call(page, &answers).send().await?;
        if answer.status() != 200 {
            return Ok(Some(Page::read(answer).await));
        }
        let told: serde_json::Value = answer.json().await?;
        if told["status"] == "200" { Ok(Some(self.try_open(page.confirmed()).await?)) } else { Ok(None) }
    }
}
