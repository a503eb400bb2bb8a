//! One Exact Identity: an Azure AD B2C policy on a host of its own, in the shape that the facts tell.

use chain::RecoveryFailure;
use engine::sign_in::{Answer, Refusal, Walk, read_answer};
use url::Url;

use super::companion::{BACK, as_anna, from, outcome, outcomes};
use super::reading::{answered, check_nothing, kind, look_from, written};
use super::server::{Asked, Server, Told, page, to};

const AT: &str =
    "https://login.exact.example/tenant.onmicrosoft.example/b2c_1a_policy/oauth2/v2.0/authorize?client_id=1";

/// A page of the policy: its settings and the fields of the step.
fn step(api: &str, csrf: &str, fields: &[(&str, bool)]) -> String {
    let fields: Vec<_> = fields
        .iter()
        .map(|(id, required)| {
            format!(r#"{{"UX_INPUT_TYPE":"TextBox","ID":"{id}","DN":"a; b }} c","IS_REQ":{required}}}"#)
        })
        .collect();
    format!(
        r#"<!DOCTYPE html><html><head><title>Sign in</title>
        <script data-container="true">var CP = {{"list":[]}}; var SA_FIELDS = {{"AttributeFields":[{}]}};</script>
        <script>window.OTHER_SETTINGS = 1; var SETTINGS = {{"remoteResource":"https://x.example/a;b","api":"{api}","csrf":"{csrf}",
        "transId":"StateProperties=eyJ=","hosts":{{"tenant":"/tenant/b2c_1a","policy":"B2C_1A"}}}};</script></head>
        <body><div id="api"><form id="localAccountForm" action="JavaScript:void(0);"><input type="password" name="password">
        </form><div class="error itemLevel" aria-hidden="true" role="alert">Your password is incorrect</div></div></body></html>"#,
        fields.join(",")
    )
}

#[test]
fn a_step_is_posted_as_its_script_would() {
    let seen = look_from(
        AT,
        &step(
            "SelfAsserted",
            "to+ken=",
            &[("signInName", true), ("password", true), ("exactAssistantPayload", true)],
        ),
    );
    assert_eq!(kind(&seen.page), "step");
    assert!(seen.said.is_nothing());
    let request = answered(seen.page);
    assert_eq!(
        written(&request),
        (
            "POST https://login.exact.example/tenant/b2c_1a/SelfAsserted?tx=StateProperties%3DeyJ%3D&p=B2C_1A".to_owned(),
            vec![("request_type", "RESPONSE"), ("signInName", "anna@example.nl"), ("password", "p&ss word")]
        )
    );
    assert_eq!(
        request.headers,
        [("X-CSRF-TOKEN", "to+ken=".to_owned()), ("X-Requested-With", "XMLHttpRequest".to_owned())]
    );
    assert_eq!(
        request.then.unwrap().as_str(),
        "https://login.exact.example/tenant/b2c_1a/api/SelfAsserted/confirmed?csrf_token=to%2Bken%3D&tx=StateProperties%3DeyJ%3D&p=B2C_1A"
    );
}

#[test]
fn each_step_asks_for_what_it_declares() {
    let of = |fields: &[(&str, bool)]| {
        let request = answered(look_from(AT, &step("CombinedSigninAndSignup", "t", fields)).page);
        assert!(
            request.then.as_ref().unwrap().query().unwrap().starts_with("rememberMe=false&csrf_token=t&")
        );
        let fields = request.fields.iter().skip(1);
        fields.map(|(name, value)| format!("{name}={}", value.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(of(&[("email", true)]), ["email=anna@example.nl"]);
    assert_eq!(of(&[("password", true)]), ["password=p&ss word"]);
    let code = ["totpVerificationCode=123456", "reset_totp=false", "totp_skip_days=true"];
    assert_eq!(of(&[("rememberMePeriodChangeInfo", false), ("totpVerificationCode", true)]), code);
    assert_eq!(of(&[("totpVerificationCode", true), ("reset_totp", false), ("totp_skip_days", false)]), code);
    let agent = of(&[("userAgent", true)]);
    assert!(
        agent.len() == 1 && agent[0].starts_with("userAgent=Mozilla/5.0 (compatible; evergrant/"),
        "{agent:?}"
    );
}

#[test]
fn a_step_that_asks_for_something_unheard_of_is_not_answered() {
    for fields in [&[("someBrandNewField", false)][..], &[("signInName", true), ("birthday", true)], &[]] {
        assert_eq!(kind(&look_from(AT, &step("SelfAsserted", "t", fields)).page), "unknown", "{fields:?}");
    }
    let page = step("SelfAsserted", "t", &[("password", true)]);
    for (from, to) in [
        ("\"/tenant/b2c_1a\"", "\"https://evil.example/x\""),
        ("\"/tenant/b2c_1a\"", "\"//evil.example/x\""),
        ("\"SelfAsserted\"", "\"../x\""),
        ("\"t\"", "\"a\\r\\nHost: x\""),
    ] {
        assert_eq!(kind(&look_from(AT, &page.replace(from, to)).page), "unknown", "{to}");
    }
    for puzzle in [step("SelfAsserted", "t", &[("captchaControlChallengeCode", true), ("isHuman", true)]), {
        let page = step("SelfAsserted", "t", &[("isHuman", true)]);
        page.replace("<body>", "<body><p>Enter the characters you see.</p>")
    }] {
        assert_eq!(kind(&look_from(AT, &puzzle).page), "captcha");
    }
    check_nothing("<script>var SETTINGS = {\"api\": </script>", "unknown");
}

#[test]
fn an_answer_is_read_by_its_status_and_words() {
    let said = |body: &str| match read_answer(body.as_bytes()) {
        Answer::Refused(said) => said,
        other => panic!("{other:?}"),
    };
    assert_eq!(read_answer(br#"{"status":"200"}"#), Answer::Accepted);
    assert_eq!(read_answer(br#"{"status":200}"#), Answer::Accepted);
    assert_eq!(read_answer(br#"{"status":"500","message":"x"}"#), Answer::Failed);
    for nothing in ["", "{}", "[]", "<html>", r#"{"status":null}"#, &"[".repeat(10_000)] {
        assert_eq!(read_answer(nothing.as_bytes()), Answer::NotUnderstood, "{nothing:.20}");
    }
    let wrong = said(r#"{"status":"400","errorCode":"AADB2C90054","message":"Your password is incorrect"}"#);
    assert!(wrong.has(Refusal::Password) && !wrong.has(Refusal::Locked));
    assert!(said(r#"{"status":"400","errorCode":"AADB2C90114","message":"Wait."}"#).has(Refusal::Locked));
    assert!(said(r#"{"status":"400","message":"De verificatiecode is onjuist."}"#).has(Refusal::Code));
    assert!(said(r#"{"status":"400","message":"Hm"}"#).is_nothing());
}

/// How the made-up identity answers the password and the code.
#[derive(Clone, Copy)]
struct Mind {
    password: &'static str,
    code: &'static str,
    combined: bool,
}

const GOOD: &str = r#"{"status":"200"}"#;

fn identity(asked: &Asked, mind: Mind, start: &str) -> Told {
    let of = |api: &str, fields: &[(&str, bool)]| page(&step(api, &format!("csrf-{}", fields[0].0), fields));
    let posted = |name: &str| asked.body.contains(name);
    let step_of = |field: &str| asked.header("x-csrf-token") == Some(&format!("csrf-{field}"));
    let came_from = |field: &str| {
        asked.query.contains(&format!("csrf_token=csrf-{field}&tx=StateProperties%3DeyJ%3D&p=B2C_1A"))
    };
    match asked.line.as_str() {
        "GET /authorize" if mind.combined => {
            of("CombinedSigninAndSignup", &[("signInName", true), ("password", true)])
        }
        "GET /authorize" => of("SelfAsserted", &[("signInName", true)]),
        "POST /tenant/b2c_1a/SelfAsserted" if asked.header("x-requested-with") != Some("XMLHttpRequest") => {
            Told::Status(400, String::new())
        }
        "POST /tenant/b2c_1a/SelfAsserted" if posted("&password=") => Told::Json(mind.password.to_owned()),
        "POST /tenant/b2c_1a/SelfAsserted"
            if posted("totpVerificationCode=") && step_of("totpVerificationCode") =>
        {
            Told::Json(mind.code.to_owned())
        }
        "POST /tenant/b2c_1a/SelfAsserted" if step_of("signInName") || step_of("userAgent") => {
            Told::Json(GOOD.to_owned())
        }
        "GET /tenant/b2c_1a/api/SelfAsserted/confirmed" if came_from("signInName") => {
            of("SelfAsserted", &[("password", true)])
        }
        "GET /tenant/b2c_1a/api/SelfAsserted/confirmed" if came_from("password") => {
            of("SelfAsserted", &[("userAgent", true)])
        }
        "GET /tenant/b2c_1a/api/CombinedSigninAndSignup/confirmed" if came_from("signInName") => {
            of("SelfAsserted", &[("userAgent", true)])
        }
        "GET /tenant/b2c_1a/api/SelfAsserted/confirmed" if came_from("userAgent") => {
            of("SelfAsserted", &[("totpVerificationCode", true), ("rememberMePeriodChangeInfo", false)])
        }
        "GET /tenant/b2c_1a/api/SelfAsserted/confirmed" if came_from("totpVerificationCode") => {
            page(&format!(
                "<form id='auto' action='{start}/signin-azureb2c' method='post'><input type='hidden' name='state' id='state' value='a&#39;b'/>\
             <input type='hidden' name='code' value='x.y'/></form><script>document.getElementById('auto').submit();</script>"
            ))
        }
        _ => Told::Status(404, String::new()),
    }
}

/// Both hosts, and the walk that begins at the first of them.
async fn start(mind: Mind) -> (Server, Server, Walk) {
    let holder = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let known = std::sync::Arc::clone(&holder);
    let identity = Server::start(move |asked| identity(asked, mind, known.get().unwrap())).await;
    let there = identity.url.clone();
    let first = Server::start(move |asked| {
        let signed_in = asked.cookies.contains("session=1");
        match asked.line.as_str() {
            "GET /api/oauth2/auth" if signed_in => to(&format!("{BACK}?code=abc&state=the+state+%26+more")),
            "GET /api/oauth2/auth" => to("/"),
            "GET /" => page(
                "<html><body><form method=post><input type=hidden name=__RequestVerificationToken value=rvt>\
                 <input name='LoginForm$UserName' type=email><button type=submit>Volgende</button></form></body></html>",
            ),
            "POST /" if asked.body == "__RequestVerificationToken=rvt&LoginForm%24UserName=anna%40example.nl" => {
                to(&format!("{there}/authorize"))
            }
            "POST /signin-azureb2c" if asked.body == "state=a%27b&code=x.y" => {
                Told::To(302, "/api/oauth2/auth".to_owned(), &["session=1; Path=/; HttpOnly"])
            }
            _ => Told::Status(404, String::new()),
        }
    })
    .await;
    holder.set(first.url.clone()).unwrap();
    let mut walk = from(&format!("{}/api/oauth2/auth", first.url));
    walk.origins.push(Url::parse(&identity.url).unwrap().origin());
    (first, identity, walk)
}

#[tokio::test]
async fn name_password_agent_and_code_are_walked_to_the_code() {
    for combined in [false, true] {
        let (first, identity, walk) = start(Mind { password: GOOD, code: GOOD, combined }).await;
        let (walked, heard) = as_anna(walk).await;
        assert_eq!(
            outcome(&walked),
            Ok("abc"),
            "{:?} {:?} {:?}",
            walked.trace,
            first.lines(),
            identity.lines()
        );
        let mut expected = vec!["Opening", "UserName"];
        if !combined {
            expected.push("UserName");
        }
        expected.extend(["Password", "password", "accepted", "OneTimeCode", "code", "Returning"]);
        assert_eq!(heard, expected);
        assert_eq!(identity.holding("planted"), 1);
        assert!(first.lines().len() + identity.lines().len() <= 16);
    }
}

#[tokio::test]
async fn a_refused_step_ends_the_walk() {
    for (password, code, expected, answer) in [
        (
            r#"{"status":"400","message":"Your password is incorrect"}"#,
            GOOD,
            RecoveryFailure::WrongPassword,
            Some("refused"),
        ),
        (r#"{"status":"400","message":"Hm"}"#, GOOD, RecoveryFailure::WrongPassword, Some("refused")),
        (r#"{"status":"400","errorCode":"AADB2C90114"}"#, GOOD, RecoveryFailure::AccountLocked, None),
        (r#"{"status":"503"}"#, GOOD, RecoveryFailure::ProviderDown, None),
        ("<html>", GOOD, RecoveryFailure::PageNotUnderstood, None),
        (GOOD, r#"{"status":"400","message":"Onjuiste code"}"#, RecoveryFailure::WrongCode, Some("accepted")),
        (GOOD, r#"{"status":"400","message":"Hm"}"#, RecoveryFailure::WrongCode, Some("accepted")),
    ] {
        let (_first, identity, walk) = start(Mind { password, code, combined: false }).await;
        let (walked, heard) = as_anna(walk).await;
        assert_eq!(outcome(&walked), Err(expected), "{password} {code} {:?}", outcomes(&walked));
        let told = heard.iter().find(|heard| ["accepted", "refused"].contains(&heard.as_str()));
        assert_eq!(told.map(String::as_str), answer, "{password} {code}");
        assert_eq!(identity.holding("planted"), 1);
    }
}

#[tokio::test]
async fn an_identity_that_is_not_allowed_is_not_asked() {
    let (_first, identity, mut walk) = start(Mind { password: GOOD, code: GOOD, combined: true }).await;
    walk.origins.truncate(1);
    let (walked, _) = as_anna(walk).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::LeftTheProvider));
    assert_eq!(identity.lines(), [""; 0]);
}
