//! Whatever a page is made of: no panic, and no way out of what its addresses say.

use engine::sign_in::{Page, Source, read, read_answer};
use proptest::prelude::*;
use url::Url;

use super::reading::{HERE, form, kind};

const PAGES: [&str; 4] = [
    include_str!("pages/keycloak.html"),
    include_str!("pages/django.html"),
    include_str!("pages/aspnet.html"),
    include_str!("pages/b2c.html"),
];

/// Reads a page, and gives where it leads.
fn leads(body: &[u8]) -> Option<Url> {
    let url = Url::parse(HERE).unwrap();
    let seen = read(&Source { url: &url, content_type: None, refresh: None, body });
    let to = match seen.page {
        Page::Refresh(to) => Some(to),
        Page::Refused | Page::Captcha | Page::Unknown => None,
        page => {
            let request = form(page).into_request(false);
            assert!(request.then.is_none_or(|then| then.origin() == url.origin()));
            Some(request.url)
        }
    };
    if let Some(to) = &to {
        assert!(
            ["http", "https"].contains(&to.scheme()) && to.username().is_empty() && to.password().is_none()
        );
    }
    to
}

/// A real page with bytes changed, cut out, moved and doubled.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (0..6_usize, any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>());
    (prop::sample::select(&PAGES[..]), prop::collection::vec(change, 1..12)).prop_map(|(page, changes)| {
        let mut page = page.as_bytes().to_vec();
        for (what, from, to, byte) in changes {
            if page.is_empty() {
                break;
            }
            let (from, to) = (from.index(page.len()), to.index(page.len()));
            let (from, to) = (from.min(to), from.max(to));
            match what {
                0 => page[from] = byte,
                1 => page.insert(from, b"<>\"'=&;/{}"[usize::from(byte) % 10]),
                2 => drop(page.drain(from..to.min(from + 200))),
                3 => page.extend_from_within(from..to),
                4 => page.truncate(to.max(page.len() / 2)),
                _ => page[from..to].rotate_left(usize::from(byte) % (to - from).max(1)),
            }
        }
        page
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..600)) {
        leads(&body);
        let _ = read_answer(&body);
    }

    #[test]
    fn no_tags_make_it_panic(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..60)) {
        leads(words.concat().as_bytes());
    }

    #[test]
    fn no_mutated_page_makes_it_panic(body in mutated()) {
        leads(&body);
    }

    #[test]
    fn a_page_without_addresses_leads_to_its_own_host(mut body in mutated()) {
        // What could name another host is gone: schemes, slashes, and references to either.
        body.retain(|byte| !b":/\\&%".contains(byte));
        if let Some(to) = leads(&body) {
            prop_assert_eq!(to.origin(), Url::parse(HERE).unwrap().origin());
        }
    }
}

const WORDS: [&str; 40] = [
    "<form method=post>",
    "</form>",
    "<form action=/x id=f>",
    "<input name=user>",
    "<input type=password name=p>",
    "<input autocomplete=one-time-code name=c>",
    "<button>",
    "</button>",
    "Log in",
    "Allow",
    "Deny",
    "<select name=s>",
    "<option selected>",
    "</select>",
    "<textarea name=t>",
    "</textarea>",
    "<label for=f>",
    "</label>",
    "<template>",
    "</template>",
    "<script>",
    "</script>",
    "var SETTINGS = {",
    "\"api\":\"x\"",
    "}",
    "<div hidden>",
    "<p role=alert>",
    "</div>",
    "</p>",
    "wrong password. ",
    "wants access",
    "<meta http-equiv=refresh content='0;url=/a'>",
    "<base href=//x/>",
    "<fieldset disabled>",
    "</fieldset>",
    "<input form=f type=hidden name=h value=1>",
    "<!--",
    "-->",
    "<input type=image>",
    "&amp;",
];

/// What is deep, long or many takes no more than its bytes: each of these would take minutes if work grew
/// with the square of a page.
#[test]
fn a_megabyte_of_anything_is_read_in_time() {
    const MEGABYTE: usize = 1 << 20;
    let numbered = |word: &dyn Fn(usize) -> String| {
        let mut page = String::new();
        for number in 0.. {
            if page.len() >= MEGABYTE {
                break;
            }
            page.push_str(&word(number));
        }
        page
    };
    for (what, page) in [
        ("deep", "<div>".repeat(MEGABYTE / 5)),
        ("deep messages", "<p role=alert>wrong password".repeat(MEGABYTE / 28)),
        ("forms", "<form></form>".repeat(MEGABYTE / 13)),
        ("controls", "<input name=a>".repeat(MEGABYTE / 14)),
        ("labels", numbered(&|number| format!("<label for=i{number}>x</label><input id=i{number}>"))),
        ("options", format!("<select name=s>{}", "<option>".repeat(MEGABYTE / 8))),
        ("attributes", format!("<form {}", numbered(&|number| format!("a{number} ")))),
        ("settings", format!("<script>{}", "SETTINGS={[".repeat(MEGABYTE / 11))),
        ("scripts", "<script>SETTINGS = 1</script>".repeat(MEGABYTE / 29)),
        ("nested json", format!("<script>SETTINGS = {}", "[".repeat(MEGABYTE))),
        ("text", "wrong ".repeat(MEGABYTE / 6)),
        ("references", "&amp;&#x41;&notit;".repeat(MEGABYTE / 18)),
        ("open tags", "<".repeat(MEGABYTE)),
        ("buttons", "<form><button>Allow</button><button>Deny</button></form>".repeat(MEGABYTE / 56)),
        ("links", "<a href=x>cancel</a>".repeat(MEGABYTE / 20)),
    ] {
        let url = Url::parse(HERE).unwrap();
        let (done, told) = std::sync::mpsc::channel();
        let body = page.into_bytes();
        std::thread::spawn(move || {
            let seen = read(&Source { url: &url, content_type: None, refresh: None, body: &body });
            done.send(kind(&seen.page)).unwrap();
        });
        let kind = told.recv_timeout(std::time::Duration::from_secs(30));
        assert!(kind.is_ok(), "{what}");
    }
}
