//! A whole sign-in at a server with pages of its own.

use chain::RecoveryFailure;
use engine::sign_in::{Consent, Walk};

use super::companion::{ANNA, BACK, as_anna, from, outcome, outcomes};
use super::server::{Asked, Server, Told, page, to};

const NAME: &str = "<form action=name method=post><input type=hidden name=csrf value=1><label>E-mail <input name=e></label><button>Next</button></form>";
const PASSWORD: &str = "<form action=/in/password method=post><input type=hidden name=csrf value=2><input type=password name=p><button name=go value=1>Log in</button></form>";
const CODE: &str = "<form action='' method=post><input name=c autocomplete=one-time-code><button>Verify</button></form><form action=/resend method=post><button>Resend</button></form>";
const CONSENT: &str = "<p>One wants access to your data</p><form action=/consent method=post><button name=d value=deny>Deny</button><button name=d value=allow>Allow</button></form>";

fn provider(asked: &Asked) -> Told {
    let has = |cookie: &str| asked.cookies.contains(cookie);
    match asked.line.as_str() {
        "GET /auth" if has("in=2") => page(CONSENT),
        "GET /auth" => Told::To(
            303,
            "/in/start".to_owned(),
            &["browser=1; Path=/", "deep=1; Path=/in", "not=1; Path=/other"],
        ),
        "GET /in/start" if has("browser=1") && has("deep=1") && !has("not=1") => page(NAME),
        "POST /in/name" if asked.body == "csrf=1&e=anna%40example.nl" => page(PASSWORD),
        "POST /in/password" if asked.body == "csrf=2&p=anna%27s+planted+password&go=1" => {
            Told::To(302, "/code?step=1".to_owned(), &["in=1; Path=/; HttpOnly"])
        }
        "GET /code" if has("in=1") && !has("deep=1") => page(CODE),
        "POST /code" if asked.query == "step=1" && asked.body.len() == "c=123456".len() => {
            Told::To(302, "/spin".to_owned(), &["in=2; Path=/"])
        }
        "GET /spin" => page("<meta http-equiv=refresh content='0; url=/auth'>"),
        "POST /consent" if asked.body == "d=allow" => page(&format!(
            "<body onload='document.forms[0].submit()'><form method=post action='{BACK}'>\
             <input type=hidden name=code value='the code'><input type=hidden name=state value='the state &amp; more'></form>"
        )),
        _ => to("/lost"),
    }
}

#[tokio::test]
async fn its_pages_cookies_and_ways_on_are_followed_to_the_code() {
    let server = Server::start(provider).await;
    let walk = Walk { consent: Consent::Give, ..from(&format!("{}/auth", server.url)) };
    let (walked, heard) = as_anna(walk).await;
    assert_eq!(outcome(&walked), Ok("the code"), "{:?} {:?}", walked.trace, server.lines());
    assert_eq!(
        server.lines(),
        [
            "GET /auth",
            "GET /in/start",
            "POST /in/name",
            "POST /in/password",
            "GET /code",
            "POST /code",
            "GET /spin",
            "GET /auth",
            "POST /consent"
        ]
    );
    assert_eq!(
        heard,
        [
            "Opening",
            "UserName",
            "Password",
            "password",
            "accepted",
            "OneTimeCode",
            "code",
            "Consent",
            "Returning"
        ]
    );
    assert_eq!((server.holding("planted"), server.holding("anna%40")), (1, 1));
    let named = &server.asked()[2];
    assert_eq!(named.header("origin"), Some(server.url.as_str()));
    assert_eq!(named.header("referer"), Some(format!("{}/in/start", server.url).as_str()));
}

#[tokio::test]
async fn consent_is_left_to_a_person() {
    let server = Server::start(provider).await;
    let (walked, _) = as_anna(from(&format!("{}/auth", server.url))).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::ConsentNeeded));
    assert_eq!(outcomes(&walked).last(), Some(&"asks for consent"));
}

#[tokio::test]
async fn an_unknown_user_counts_as_a_wrong_password_that_was_not_sent() {
    let server = Server::start(|asked| match asked.line.as_str() {
        "POST /name" => {
            page(&format!("<div class=error>We can't find an account with that e-mail</div>{NAME}"))
        }
        _ => page(NAME),
    })
    .await;
    let (walked, heard) = as_anna(from(&format!("{}/", server.url))).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::WrongPassword));
    assert_eq!(heard, ["Opening", "UserName"]);
    assert_eq!(server.holding(&ANNA.replace('@', "%40")), 1);
}

#[tokio::test]
async fn a_puzzle_or_a_lock_on_the_way_is_told() {
    for (told, expected) in [
        ("<div class=h-captcha></div>", RecoveryFailure::Captcha),
        ("<p role=alert>Your account is locked.</p>", RecoveryFailure::AccountLocked),
        (
            "<p role=alert>Too many attempts</p><form method=post><input type=password name=p></form>",
            RecoveryFailure::AccountLocked,
        ),
        ("<p>The service is temporarily unavailable.</p>", RecoveryFailure::ProviderDown),
        (
            "<form method=post><input type=password name=a><input type=password name=b></form>",
            RecoveryFailure::PageNotUnderstood,
        ),
    ] {
        let server = Server::start(move |asked| match asked.line.as_str() {
            "POST /in/password" => page(told),
            _ => page(PASSWORD),
        })
        .await;
        let (walked, heard) = as_anna(from(&server.url)).await;
        assert_eq!(outcome(&walked), Err(expected), "{told}");
        assert!(!heard.iter().any(|heard| heard == "accepted" || heard == "refused"), "{told}");
    }
}
