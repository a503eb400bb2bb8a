//! What a walk never does, whatever a provider shows.

use std::time::Duration;

use chain::RecoveryFailure;
use engine::sign_in::{Walk, walk};
use url::Url;

use super::companion::{Anna, BACK, PASSWORD, as_anna, clock, from, outcome, outcomes};
use super::server::{Server, Told, page, to};

const SIGN_IN: &str = "<form method=post action=/in><input name=user><input type=password name=pass><button>Log in</button></form>";

fn back(query: &str) -> Told {
    to(&format!("{BACK}?{query}&state=the+state+%26+more"))
}

#[tokio::test]
async fn a_foreign_host_is_never_asked() {
    let stranger = Server::start(|_| page(SIGN_IN)).await;
    let there = stranger.url.clone();
    for (way, told) in [
        ("redirect", to(&format!("{there}/phish"))),
        ("refresh", page(&format!("<meta http-equiv=refresh content='0;url={there}/'>"))),
        ("form", page(&SIGN_IN.replace("/in", &there))),
        (
            "post",
            page(&format!(
                "<form method=post action={there}><input type=hidden name=a></form><script>f.submit()</script>"
            )),
        ),
    ] {
        let told = std::sync::Arc::new(std::sync::Mutex::new(Some(told)));
        let server = Server::start(move |_| told.lock().unwrap().take().unwrap_or(Told::Silence)).await;
        let (walked, heard) = as_anna(from(&format!("{}/auth", server.url))).await;
        assert_eq!(outcome(&walked), Err(RecoveryFailure::LeftTheProvider), "{way}");
        assert_eq!(outcomes(&walked).last(), Some(&"not an allowed address"), "{way}");
        assert!(!heard.contains(&"password".to_owned()), "{way}");
    }
    assert_eq!(stranger.lines(), [""; 0]);
}

#[tokio::test]
async fn plain_http_is_for_this_machine_alone() {
    for start in ["http://start.exactonline.nl/auth", "http://192.0.2.1/auth", "ftp://127.0.0.1/auth"] {
        let (walked, _) = as_anna(from(start)).await;
        assert_eq!(outcome(&walked), Err(RecoveryFailure::LeftTheProvider), "{start}");
    }
    let server = Server::start(|_| back("code=c")).await;
    let port = Url::parse(&server.url).unwrap().port().unwrap();
    let (walked, _) = as_anna(from(&format!("http://user:pass@127.0.0.1:{port}/auth"))).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::LeftTheProvider));
    assert_eq!(outcome(&as_anna(from(&server.url)).await.0), Ok("c"));
}

#[tokio::test]
async fn a_walk_ends_after_forty_requests() {
    let server = Server::start(|asked| {
        let number: u32 = asked.line.rsplit('/').next().and_then(|number| number.parse().ok()).unwrap_or(0);
        to(&format!("/{}", number + 1))
    })
    .await;
    let (walked, _) = as_anna(from(&server.url)).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::Endless));
    assert_eq!((server.lines().len(), walked.trace.len()), (40, 41));
}

#[tokio::test]
async fn the_same_address_again_and_again_ends_the_walk() {
    let server = Server::start(|asked| match asked.line.as_str() {
        "GET /a" => to("/b"),
        _ => to("/a"),
    })
    .await;
    assert_eq!(outcome(&as_anna(from(&server.url)).await.0), Err(RecoveryFailure::Endless));
    assert!(server.lines().len() <= 11, "{:?}", server.lines());
}

#[tokio::test]
async fn a_page_is_answered_once() {
    let server = Server::start(|_| {
        page("<form method=post action=/next><input name=user autocomplete=username><button>Next</button></form>")
    })
    .await;
    let (walked, heard) = as_anna(from(&server.url)).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::Endless));
    assert_eq!((server.lines().len(), heard), (2, vec!["Opening".to_owned(), "UserName".to_owned()]));
}

#[tokio::test]
async fn a_password_is_sent_once_however_the_page_asks_again() {
    for again in [
        page(SIGN_IN),
        page(&SIGN_IN.replace("name=pass", "name=other")),
        page("<form method=post action=/x><input type=password name=p><button>Log in</button></form>"),
        page("<form method=post><input autocomplete=username name=u><button>Next</button></form>"),
        page("<p role=alert>Your password is incorrect.</p>"),
        Told::Status(401, SIGN_IN.to_owned()),
    ] {
        let again = std::sync::Arc::new(std::sync::Mutex::new(Some(again)));
        let server = Server::start(move |asked| match asked.line.as_str() {
            "POST /in" => again.lock().unwrap().take().unwrap(),
            _ => page(SIGN_IN),
        })
        .await;
        let (walked, heard) = as_anna(from(&server.url)).await;
        assert_eq!(outcome(&walked), Err(RecoveryFailure::WrongPassword));
        assert_eq!(heard, ["Opening", "Password", "password", "refused"]);
        assert_eq!(server.holding("planted"), 1);
    }
}

#[tokio::test]
async fn a_password_is_not_sent_on_by_a_redirect_that_keeps_the_form() {
    for status in [307, 308] {
        let server = Server::start(move |asked| match asked.line.as_str() {
            "POST /in" => Told::To(status, "/elsewhere".to_owned(), &[]),
            _ => page(SIGN_IN),
        })
        .await;
        let (walked, heard) = as_anna(from(&server.url)).await;
        assert_eq!(outcome(&walked), Err(RecoveryFailure::PageNotUnderstood));
        assert_eq!((server.lines().len(), heard.contains(&"accepted".to_owned())), (2, false));
    }
}

#[tokio::test]
async fn silence_after_the_password_tells_nothing_about_it() {
    for told in ["silence", "outage", "unknown"] {
        let mut server = Server::start(move |asked| match (asked.line.as_str(), told) {
            ("POST /in", "silence") => Told::Silence,
            ("POST /in", "outage") => Told::Status(503, "<p>Wrong password</p>".to_owned()),
            ("POST /in", _) => page("<h1>Something new</h1>"),
            _ => page(SIGN_IN),
        })
        .await;
        let (clock, hand) = clock();
        let mut anna = Anna::new(&clock);
        let start = from(&server.url);
        let (walked, ()) = tokio::join!(walk(&clock, start, &mut anna), async {
            server.until("POST /in").await;
            if told == "silence" {
                hand.advance(Duration::from_secs(15));
            }
        });
        let expected = if told == "unknown" {
            RecoveryFailure::PageNotUnderstood
        } else {
            RecoveryFailure::ProviderDown
        };
        assert_eq!(outcome(&walked), Err(expected), "{told}");
        assert_eq!(anna.heard, ["Opening", "Password", "password"], "{told}");
    }
}

#[tokio::test]
async fn ninety_seconds_are_the_most() {
    let mut server = Server::start(|asked| match asked.line.as_str() {
        "GET /slow" => Told::Silence,
        _ => to("/slow"),
    })
    .await;
    let (clock, hand) = clock();
    let mut anna = Anna::new(&clock);
    let start = from(&server.url);
    let (walked, ()) = tokio::join!(walk(&clock, start, &mut anna), async {
        server.until("GET /slow").await;
        hand.advance(Duration::from_secs(90));
    });
    // The request's own deadline is over too; either may be noticed first.
    assert!(matches!(outcome(&walked), Err(RecoveryFailure::Interrupted | RecoveryFailure::ProviderDown)));
    assert_eq!(walked.trace.last().map(|trace| trace.took), Some(Duration::from_secs(90)));
}

#[tokio::test]
async fn a_page_of_more_than_a_megabyte_is_not_read() {
    let server = Server::start(|_| page(&format!("{SIGN_IN}{}", " ".repeat(1 << 20)))).await;
    let (walked, _) = as_anna(from(&server.url)).await;
    assert_eq!(
        (outcome(&walked), outcomes(&walked)),
        (Err(RecoveryFailure::PageNotUnderstood), vec!["page too large"])
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_down() {
    let gone = { Server::start(|_| Told::Silence).await.url.clone() };
    tokio::task::yield_now().await;
    let (walked, _) = as_anna(from(&gone)).await;
    assert!(matches!(outcome(&walked), Err(RecoveryFailure::ProviderDown)), "{:?}", walked.trace);
    for status in [500, 502, 503, 429] {
        let server = Server::start(move |_| Told::Status(status, SIGN_IN.to_owned())).await;
        assert_eq!(
            outcome(&as_anna(from(&server.url)).await.0),
            Err(RecoveryFailure::ProviderDown),
            "{status}"
        );
    }
}

#[tokio::test]
async fn only_our_own_state_brings_a_code() {
    let ours = "state=the+state+%26+more";
    for (query, expected) in [
        (format!("code=c&{ours}"), Ok("c")),
        (format!("iss=x&{ours}&code=c"), Ok("c")),
        ("code=c&state=another".to_owned(), Err(RecoveryFailure::PageNotUnderstood)),
        ("code=c".to_owned(), Err(RecoveryFailure::PageNotUnderstood)),
        (format!("code=c&{ours}&state=another"), Err(RecoveryFailure::PageNotUnderstood)),
        (format!("code=c&code=d&{ours}"), Err(RecoveryFailure::PageNotUnderstood)),
        (format!("code=&{ours}"), Err(RecoveryFailure::PageNotUnderstood)),
        (ours.to_owned(), Err(RecoveryFailure::PageNotUnderstood)),
        (format!("error=access_denied&{ours}"), Err(RecoveryFailure::ConsentNeeded)),
        (format!("error=temporarily_unavailable&{ours}"), Err(RecoveryFailure::ProviderDown)),
        (format!("error=invalid_scope&{ours}"), Err(RecoveryFailure::PageNotUnderstood)),
        ("error=access_denied".to_owned(), Err(RecoveryFailure::PageNotUnderstood)),
    ] {
        let address = format!("{BACK}?{query}");
        let server = Server::start(move |_| to(&address)).await;
        assert_eq!(outcome(&as_anna(from(&server.url)).await.0), expected, "{query}");
    }
    for elsewhere in [
        "https://app.example.nl/other",
        "https://app.example.nl:444/oauth/callback/one",
        "http://app.example.nl/oauth/callback/one",
    ] {
        let address = format!("{elsewhere}?code=c&{ours}");
        let server = Server::start(move |_| to(&address)).await;
        assert_eq!(
            outcome(&as_anna(from(&server.url)).await.0),
            Err(RecoveryFailure::LeftTheProvider),
            "{elsewhere}"
        );
    }
}

#[tokio::test]
async fn nothing_that_a_page_holds_is_in_the_trace() {
    let server = Server::start(|asked| match asked.line.as_str() {
        "POST /in" => page("<title>planted</title><p role=alert>planted: wrong password</p>"),
        "GET /planted-path" => page(&format!("<p>planted</p>{SIGN_IN}")),
        _ => Told::To(302, "/planted-path?planted=1#planted".to_owned(), &["planted=1"]),
    })
    .await;
    let (walked, _) = as_anna(from(&server.url)).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::WrongPassword));
    let shown = format!("{:?}", walked.trace);
    assert!(!shown.contains("planted") && !shown.contains(PASSWORD), "{shown}");
    assert_eq!(walked.trace.len(), 3);
}

#[tokio::test]
async fn a_redirect_that_leads_nowhere_is_not_understood() {
    for address in ["", "https://", "javascript:alert(1)"] {
        let server = Server::start(move |asked| match asked.line.as_str() {
            "GET /" => Told::To(302, address.to_owned(), &[]),
            _ => Told::Silence,
        })
        .await;
        let (walked, _) = as_anna(from(&server.url)).await;
        assert!(outcome(&walked).is_err(), "{address}");
        assert!(server.lines().iter().all(|line| line == "GET /"), "{address}");
    }
    let walk: Walk = from("https://127.0.0.1:1/");
    assert!(as_anna(walk).await.0.outcome.is_err());
}
