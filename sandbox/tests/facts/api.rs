//! The REST API: data, limits, errors.

use std::time::Duration;

use exact_sandbox::{Company, Options, Sandbox, User};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{self, APP, HTTP, START, USER, refresh, start, start_with};

const HOUR: Duration = Duration::from_secs(3600);
const ACCOUNTS: &str = "/api/v1/100001/crm/Accounts?$select=ID,Name";

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn number(&self, header: &str) -> Option<i64> {
        Some(self.headers.get(header)?.to_str().unwrap().parse().unwrap())
    }

    fn rows(&self) -> &Vec<Value> {
        self.body["d"]["results"].as_array().unwrap_or_else(|| panic!("{}", self.body))
    }
}

async fn call(sandbox: &Sandbox, token: &str, path: &str) -> Answer {
    let address = if path.starts_with("http") { path.to_owned() } else { sandbox.url() + path };
    let response = HTTP.get(address).bearer_auth(token).send().await.unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.json().await.unwrap(),
    }
}

#[tokio::test]
async fn me_tells_the_selected_identity_in_verbose_json() {
    let sandbox = start().await;
    let user_id = Uuid::from_u128(42);
    sandbox.add_user(User { user_id, divisions: vec![100_001, 7], ..User::new(USER, "x") });
    let token = sandbox.issue(APP, USER).access_token;
    let me = call(&sandbox, &token, "/api/v1/current/Me?$select=CurrentDivision,UserID,UserName").await;
    assert_eq!(me.status, 200);
    let mut row = me.rows()[0].clone();
    assert_eq!(row["__metadata"]["type"], "Exact.Web.Api.System.Me");
    row.as_object_mut().unwrap().remove("__metadata");
    assert_eq!(row, json!({ "CurrentDivision": 100_001, "UserID": user_id, "UserName": USER }));
    assert_eq!(sandbox.counts().api_calls, 1);
}

#[tokio::test]
async fn divisions_are_those_of_the_user() {
    let sandbox = start().await;
    sandbox.add_company(Company { division: 7, name: "Seven".to_owned(), accounts: 3 });
    sandbox.add_user(User { divisions: vec![100_001, 7], ..User::new(USER, "x") });
    let token = sandbox.issue(APP, USER).access_token;
    let answer = call(&sandbox, &token, "/api/v1/100001/system/Divisions?$select=Code,Description").await;
    let rows = answer.rows();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1]["Code"], 7);
    assert_eq!(rows[1]["Description"], "Seven");
}

#[tokio::test]
async fn accounts_come_in_pages_of_sixty_that_lead_to_the_next() {
    let sandbox = start().await;
    let token = sandbox.issue(APP, USER).access_token;
    let mut path = ACCOUNTS.to_owned();
    let mut sizes = Vec::new();
    let mut ids = Vec::new();
    loop {
        let page = call(&sandbox, &token, &path).await;
        sizes.push(page.rows().len());
        ids.extend(page.rows().iter().map(|row| row["ID"].clone().to_string()));
        match page.body["d"]["__next"].as_str() {
            Some(next) => {
                assert!(next.starts_with(&sandbox.url()) && next.contains("skiptoken=guid"), "{next}");
                path = next.to_owned();
            }
            None => break,
        }
    }
    assert_eq!(sizes, [60, 60, 30]);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 150);
    let bulk = call(&sandbox, &token, "/api/v1/100001/bulk/CRM/Accounts?$select=ID").await;
    assert_eq!(bulk.rows().len(), 150);
}

#[tokio::test]
async fn select_top_filter_and_key_do_what_they_say() {
    let sandbox = start().await;
    let token = sandbox.issue(APP, USER).access_token;
    let top = call(&sandbox, &token, &format!("{ACCOUNTS}&$top=2")).await;
    assert_eq!(top.rows().len(), 2);
    assert!(top.body["d"].get("__next").is_none());
    let exactly_one_page = call(&sandbox, &token, &format!("{ACCOUNTS}&$top=60")).await;
    assert!(exactly_one_page.body["d"].get("__next").is_none());
    let wide = call(&sandbox, &token, &format!("{ACCOUNTS}&$top=70")).await;
    let rest = call(&sandbox, &token, wide.body["d"]["__next"].as_str().unwrap()).await;
    assert_eq!((wide.rows().len(), rest.rows().len()), (60, 10));

    let id = top.rows()[1]["ID"].as_str().unwrap();
    let one = call(&sandbox, &token, &format!("{ACCOUNTS}&$filter=ID eq guid'{id}'")).await;
    assert_eq!(one.rows().len(), 1);
    let single =
        call(&sandbox, &token, &format!("/api/v1/100001/crm/Accounts(guid'{id}')?$select=Name,Modified"))
            .await;
    assert_eq!(single.body["d"]["Name"], one.rows()[0]["Name"]);
    // Row 2 was modified at 1750007200000, which is 2025-06-15T17:06:40.
    assert_eq!(single.body["d"]["Modified"], "/Date(1750007200000)/");
    let later = format!("{ACCOUNTS}&$filter=Modified gt datetime'2025-06-15T17:06:40'&$top=1000");
    let first = call(&sandbox, &token, &later).await;
    assert!(first.rows().iter().all(|row| row["ID"] != id));
    let code = call(&sandbox, &token, &format!("{ACCOUNTS},Code&$filter=Code eq '3'")).await;
    assert_eq!(code.rows()[0]["Code"], format!("{:>18}", 3));
}

#[tokio::test]
async fn bad_questions_get_an_odata_error() {
    let sandbox = start().await;
    let token = sandbox.issue(APP, USER).access_token;
    for (path, status) in [
        ("/api/v1/100001/crm/Accounts", 400),
        ("/api/v1/100001/crm/Accounts?$select=Nothing", 400),
        ("/api/v1/100001/crm/Accounts?$select=ID&$top=many", 400),
        ("/api/v1/100001/crm/Accounts?$select=ID&$filter=Name", 400),
        ("/api/v1/100001/crm/Accounts?$select=ID&$skiptoken=guid'x'", 400),
        ("/api/v1/100001/crm/Nothing?$select=ID", 404),
        ("/api/v1/999/crm/Accounts?$select=ID", 403),
    ] {
        let answer = call(&sandbox, &token, path).await;
        assert_eq!(answer.status, status, "{path}");
        let error = &answer.body["error"];
        assert_eq!((&error["code"], &error["message"]["lang"]), (&json!(""), &json!("")));
        assert!(error["message"]["value"].is_string());
    }
    assert_eq!(call(&sandbox, &token, "/api/v1/100001/crm/Accounts?$top=1").await.status, 200);
}

#[tokio::test]
async fn an_access_token_stops_after_six_hundred_seconds_and_outlives_its_chain() {
    let sandbox = start().await;
    let token = sandbox.issue(APP, USER).access_token;
    sandbox.break_chain(APP, USER);
    sandbox.advance(Duration::from_millis(599_999));
    assert_eq!(call(&sandbox, &token, ACCOUNTS).await.status, 200);
    sandbox.advance(Duration::from_millis(1));
    let late = call(&sandbox, &token, ACCOUNTS).await;
    assert_eq!(late.status, 401);
    assert_eq!(late.headers["www-authenticate"], "Bearer");
    assert_eq!(call(&sandbox, "never issued", ACCOUNTS).await.status, 401);
}

#[tokio::test]
async fn sixty_calls_a_minute_are_allowed_per_company_and_the_headers_count_down() {
    let sandbox = start().await;
    let token = sandbox.issue(APP, USER).access_token;
    for left in (0..60).rev() {
        let answer = call(&sandbox, &token, ACCOUNTS).await;
        assert_eq!(answer.number("x-ratelimit-minutely-limit"), Some(60));
        assert_eq!(answer.number("x-ratelimit-minutely-remaining"), Some(left));
        assert_eq!(answer.number("x-ratelimit-minutely-reset"), Some(START + 60_000));
        assert_eq!(answer.number("x-ratelimit-limit"), Some(5000));
        assert_eq!(answer.number("x-ratelimit-remaining"), Some(4940 + left));
        // The clock began at nine in the morning.
        assert_eq!(answer.number("x-ratelimit-reset"), Some(START + 15 * 3_600_000));
    }
    let full = call(&sandbox, &token, ACCOUNTS).await;
    assert_eq!(full.status, 429);
    assert_eq!(full.number("x-ratelimit-minutely-remaining"), Some(0));
    assert_eq!(full.number("x-ratelimit-limit"), None);
    assert_eq!(full.number("x-ratelimit-remaining"), None);
    assert_eq!(full.number("x-ratelimit-reset"), None);
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(call(&sandbox, &token, ACCOUNTS).await.status, 200);
}

#[tokio::test]
async fn five_thousand_calls_a_day_are_allowed_per_company() {
    let sandbox = start_with(Options { access_lifetime: 48 * HOUR, ..common::options() }).await;
    let token = sandbox.issue(APP, USER).access_token;
    let me = "/api/v1/current/Me?$select=UserID";
    for number in 0..5000 {
        if number % 60 == 0 {
            sandbox.advance(Duration::from_secs(60));
        }
        assert_eq!(call(&sandbox, &token, me).await.status, 200, "{number}");
    }
    sandbox.advance(Duration::from_secs(60));
    let full = call(&sandbox, &token, me).await;
    assert_eq!(full.status, 429);
    assert_eq!(full.number("x-ratelimit-remaining"), Some(0));
    sandbox.advance(15 * HOUR);
    assert_eq!(call(&sandbox, &token, me).await.status, 200);
}

#[tokio::test]
async fn the_eleventh_error_of_an_hour_blocks_the_app_longer_each_time() {
    let sandbox = start_with(Options { access_lifetime: 48 * HOUR, ..common::options() }).await;
    let token = sandbox.issue(APP, USER).access_token;
    let wrong = "/api/v1/100001/crm/Nothing";
    for hours in [1, 2] {
        for _ in 0..11 {
            assert_eq!(call(&sandbox, &token, wrong).await.status, 404);
        }
        assert_eq!(call(&sandbox, &token, ACCOUNTS).await.status, 429);
        sandbox.advance(hours * HOUR - Duration::from_millis(1));
        assert_eq!(call(&sandbox, &token, ACCOUNTS).await.status, 429);
        sandbox.advance(Duration::from_millis(1));
        assert_eq!(call(&sandbox, &token, ACCOUNTS).await.status, 200);
    }
}

#[tokio::test]
async fn ten_errors_an_hour_and_endpoint_block_nobody() {
    let sandbox = start_with(Options { access_lifetime: 48 * HOUR, ..common::options() }).await;
    let token = sandbox.issue(APP, USER).access_token;
    for endpoint in ["One", "Two"] {
        for _ in 0..10 {
            call(&sandbox, &token, &format!("/api/v1/100001/crm/{endpoint}")).await;
        }
    }
    assert_eq!(call(&sandbox, &token, ACCOUNTS).await.status, 200);
    sandbox.advance(HOUR);
    for _ in 0..10 {
        assert_eq!(call(&sandbox, &token, "/api/v1/100001/crm/One").await.status, 404);
    }
    assert_eq!(call(&sandbox, &token, ACCOUNTS).await.status, 200);
}

#[tokio::test]
async fn where_activation_is_required_a_link_needs_an_api_call_first() {
    let sandbox = start_with(Options { activation_required: true, ..common::options() }).await;
    let issued = sandbox.issue(APP, USER);
    sandbox.advance(Duration::from_secs(580));
    refresh(&sandbox, &issued.refresh_token).await.is_wrong_chain();
    call(&sandbox, &issued.access_token, ACCOUNTS).await;
    assert_eq!(refresh(&sandbox, &issued.refresh_token).await.status, 200);
}
