//! The second sign-in generation: what a code grant passes when everything goes well.

use std::time::Duration;

use exact_sandbox::{Cut, Generation, Sandbox, User};

use crate::b2c::{self, AGENT, POLICY, TENANT, code};
use crate::browser::{Browser, authorize};
use crate::common::{self, PASSWORD, TOTP, USER, exchange};

const ALLOW: &[(&str, &str)] = &[("ConsentForm$Allow", "1")];

async fn consented() -> Sandbox {
    let sandbox = b2c::start().await;
    sandbox.add_user(User { consented: true, ..User::new(USER, PASSWORD).with_totp(TOTP) });
    sandbox
}

#[tokio::test]
async fn the_start_page_asks_for_the_user_name_with_an_anti_forgery_token() {
    let sandbox = b2c::start().await;
    let start = Browser::new().open(authorize(&sandbox, &[])).await;
    assert_eq!(start.url.path(), "/docs/Login.aspx");
    assert!(start.has("html#LoginPage"));
    assert!(start.has("input[type=hidden][name=__RequestVerificationToken]"));
    assert!(start.has("input[name='LoginForm$UserName']"));
    assert!(!start.has("input[name=__VIEWSTATE]"));
    assert!(!start.has("input[type=password]"));
}

#[tokio::test]
async fn the_user_name_leads_to_the_authorize_page_of_the_second_origin() {
    let sandbox = b2c::start().await;
    assert_ne!(sandbox.url(), sandbox.identity_url());
    let page = Browser::new().begin(&sandbox, USER).await;
    assert_eq!(page.url.origin().ascii_serialization(), sandbox.identity_url());
    assert_eq!(page.url.path(), format!("{TENANT}/oauth2/v2.0/authorize"));
    let back = format!("{}/signin-azureb2c", sandbox.url());
    let asked: std::collections::HashMap<_, _> = page.url.query_pairs().into_owned().collect();
    assert_eq!(asked["redirect_uri"], back);
    assert_eq!(asked["response_mode"], "form_post");
    assert_eq!(asked["login_hint"], USER);
}

#[tokio::test]
async fn a_page_says_in_script_variables_what_it_wants() {
    let sandbox = b2c::start().await;
    let page = Browser::new().begin(&sandbox, USER).await;
    assert_eq!(page.declared(), ["signInName", "password"]);
    assert_eq!(page.setting("/api"), "CombinedSigninAndSignup");
    assert_eq!(page.setting("/hosts/tenant"), TENANT);
    assert_eq!(page.setting("/hosts/policy"), POLICY);
    assert!(page.setting("/transId").starts_with("StateProperties="));
    assert!(page.setting("/csrf").contains('='), "a token that must be encoded");
}

#[tokio::test]
async fn a_first_grant_passes_every_round_and_consent() {
    let sandbox = b2c::start().await;
    let browser = Browser::new();
    let first = browser.begin(&sandbox, USER).await;
    let second = browser.answer(&first, &[("signInName", USER), ("password", PASSWORD)]).await;
    assert_eq!(second.declared(), ["userAgent"]);
    assert_eq!(second.setting("/api"), "SelfAsserted");

    let third = browser.answer(&second, &[AGENT]).await;
    let declared = ["rememberMePeriodChangeInfo", "totpVerificationCode", "reset_totp", "totp_skip_days"];
    assert_eq!(third.declared(), declared);

    let last = browser.answer(&third, &code(&sandbox.one_time_code(USER).unwrap())).await;
    let action = last.action();
    assert!(action.as_str().ends_with("signin-azureb2c"), "{action}");
    assert!(last.has("input[type=hidden][name=code]") && last.has("input[type=hidden][name=state]"));

    let consent = browser.submit(&last, &[]).await;
    assert_eq!(consent.text("#ConsentForm_Allow"), "Allow");
    let back = browser.submit(&consent, ALLOW).await;
    assert_eq!(back.returned("state").as_deref(), Some("a state & more"));
    assert_eq!(exchange(&sandbox, &back.returned("code").unwrap(), None).await.status, 200);
    assert_eq!(sandbox.counts().sign_in_requests, 13);
}

#[tokio::test]
async fn a_later_grant_takes_twelve_requests() {
    let sandbox = consented().await;
    assert!(Browser::new().walk(&sandbox).await.returned("code").is_some());
    assert_eq!(sandbox.counts().sign_in_requests, 12);
    assert_eq!(sandbox.counts().sign_ins, 1);
}

#[tokio::test]
async fn the_session_at_the_first_origin_shows_no_page_again() {
    let sandbox = consented().await;
    let browser = Browser::new();
    browser.walk(&sandbox).await;
    assert!(browser.open(authorize(&sandbox, &[])).await.returned("code").is_some());
    assert_eq!(sandbox.counts().sign_in_requests, 13);
}

#[tokio::test]
async fn user_name_and_password_can_be_split_over_two_pages() {
    let sandbox = consented().await;
    sandbox.change(|options| options.identity_pages.cut = Cut::Split);
    let browser = Browser::new();
    let first = browser.begin(&sandbox, USER).await;
    assert_eq!(first.declared(), ["signInName"]);
    let second = browser.answer(&first, &[("signInName", USER)]).await;
    assert_eq!(second.declared(), ["password"]);
    let third = browser.answer(&second, &[("password", PASSWORD)]).await;
    let fourth = browser.answer(&third, &[AGENT]).await;
    let last = browser.answer(&fourth, &code(&sandbox.one_time_code(USER).unwrap())).await;
    assert!(browser.submit(&last, &[]).await.returned("code").is_some());
    assert_eq!(sandbox.counts().sign_in_requests, 14);
}

#[tokio::test]
async fn the_user_name_goes_by_the_name_that_the_page_declares() {
    for name in ["email", "emailAddress"] {
        let sandbox = consented().await;
        sandbox.change(|options| options.identity_pages.user_name_field = name.to_owned());
        let browser = Browser::new();
        let page = browser.begin(&sandbox, USER).await;
        assert_eq!(page.declared(), [name, "password"]);
        let told = browser.tell(&page, &[("signInName", USER), ("password", PASSWORD)]).await;
        assert_eq!(told["status"], "400", "a field that was not declared is no answer");
        assert_eq!(browser.answer(&page, &[(name, USER), ("password", PASSWORD)]).await.declared().len(), 1);
    }
}

#[tokio::test]
async fn a_page_may_declare_fields_that_need_no_answer() {
    let sandbox = consented().await;
    sandbox.change(|options| options.identity_pages.extra_fields = vec!["exactAssistantPayload".to_owned()]);
    let browser = Browser::new();
    let page = browser.begin(&sandbox, USER).await;
    assert_eq!(page.declared(), ["signInName", "password", "exactAssistantPayload"]);
    let fields = page.variable("SA_FIELDS")["AttributeFields"].clone();
    assert_eq!((&fields[1]["IS_REQ"], &fields[2]["IS_REQ"]), (&true.into(), &false.into()));
    let next = browser.answer(&page, &[("signInName", USER), ("password", PASSWORD)]).await;
    assert_eq!(next.declared(), ["userAgent"]);
}

#[tokio::test]
async fn the_page_of_the_user_agent_can_be_left_out() {
    let sandbox = consented().await;
    sandbox.change(|options| options.identity_pages.user_agent = false);
    let browser = Browser::new();
    let first = browser.begin(&sandbox, USER).await;
    let second = browser.answer(&first, &[("signInName", USER), ("password", PASSWORD)]).await;
    assert!(second.declared().contains(&"totpVerificationCode".to_owned()));
}

#[tokio::test]
async fn a_user_without_a_one_time_secret_skips_that_round() {
    let sandbox = b2c::start().await;
    sandbox.add_user(User { consented: true, ..User::new(USER, PASSWORD) });
    let browser = Browser::new();
    let last = browser.reach_code(&sandbox).await;
    assert!(browser.submit(&last, &[]).await.returned("code").is_some());
}

#[tokio::test]
async fn a_remembered_device_needs_no_second_code() {
    let sandbox = consented().await;
    let browser = Browser::new();
    browser.walk(&sandbox).await;
    sandbox.advance(Duration::from_secs(7200));
    let last = browser.reach_code(&sandbox).await;
    assert!(browser.submit(&last, &[]).await.returned("code").is_some());
}

#[tokio::test]
async fn every_user_can_have_a_generation_of_their_own() {
    let sandbox = common::start().await;
    let identity = Some(Generation::Identity);
    sandbox.add_user(User { generation: identity, ..User::new("ben@example.nl", "ben") });
    let browser = Browser::new();
    let start = browser.open(authorize(&sandbox, &[])).await;
    assert!(start.has("input[name=__VIEWSTATE]"), "classic stays the default");
    let page = browser.submit(&start, &[("LoginForm$UserName", "ben@example.nl")]).await;
    assert_eq!(page.declared(), ["signInName", "password"]);
    assert!(Browser::new().sign_in(&sandbox).await.has("#ConsentForm_Allow"));
}

#[tokio::test]
async fn a_classic_user_of_a_changed_sandbox_gets_the_classic_form() {
    let sandbox = b2c::start().await;
    assert!(sandbox.choose_generation(USER, Generation::Classic));
    assert!(!sandbox.choose_generation("nobody@example.nl", Generation::Classic));
    let page = Browser::new().begin(&sandbox, USER).await;
    assert!(page.has("input[name='LoginForm$Password']") && page.has("input[name=__VIEWSTATE]"));
    assert!(Browser::new().sign_in(&sandbox).await.has("#ConsentForm_Allow"));
}

#[tokio::test]
async fn a_browser_that_came_to_localhost_stays_there() {
    let sandbox = consented().await;
    let port = sandbox.url().rsplit_once(':').unwrap().1.to_owned();
    let response = common::HTTP
        .get(authorize(&sandbox, &[]))
        .header("host", format!("localhost:{port}"))
        .header("cookie", "ASP.NET_SessionId=local")
        .send()
        .await
        .unwrap();
    let token = response.text().await.unwrap();
    let token = token.split("__RequestVerificationToken\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let outside = Browser::still();
    let answer = outside
        .client
        .post(format!("{}/docs/Login.aspx", sandbox.url()))
        .header("host", format!("localhost:{port}"))
        .header("cookie", "ASP.NET_SessionId=local")
        .form(&[("__RequestVerificationToken", token), ("LoginForm$UserName", USER)])
        .send()
        .await
        .unwrap();
    let location = answer.headers()["location"].to_str().unwrap();
    let identity = sandbox.identity_url().replace("127.0.0.1", "localhost");
    assert!(location.starts_with(&identity), "{location}");
    assert!(location.contains(&format!("localhost%3A{port}%2Fsignin-azureb2c")), "{location}");
}

#[tokio::test]
async fn what_is_typed_cannot_leave_the_script() {
    let sandbox = b2c::start().await;
    let name = "</script><b id=out>";
    let page = Browser::new().begin(&sandbox, name).await;
    assert!(!page.has("#out"));
    let fields = page.variable("SA_FIELDS");
    assert_eq!(fields["AttributeFields"][0]["PRE"], name);
}
