//! Planted secrets are found nowhere: not in the store's files, not in pages, not in the log.

use std::path::{Path, PathBuf};

use exact_sandbox::{Options, Sandbox, demo};

use crate::app::{Browser, come_back, field, location};
use crate::binary::Binary;
use crate::demo::password;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

fn holds(content: &[u8], secret: &str) -> bool {
    content.windows(secret.len()).any(|window| window == secret.as_bytes())
}

#[tokio::test]
async fn no_secret_is_in_the_files_the_pages_or_the_log() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let binary = Binary::new().with("EVERGRANT_LOG", "trace,hyper=info,h2=info,mio=info");
    let serving = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    demo::add(&sandbox, vec![format!("{}/oauth/callback/exact-online", serving.url)]);
    let browser = Browser::new(&serving.url.parse().unwrap());
    let password = password(&serving);
    let cookie =
        crate::app::header(&browser.sign_in("demo@evergrant.example", &password).await, "set-cookie");
    let session = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let provider = location(&browser.open("/renew/bakkerij-jansen/exact").await);
    let back = come_back(&sandbox, demo::CLIENT_ID, &provider, "anna@example.nl");
    let address = format!("{}{back}", serving.url);
    let (code, state) = (field(&address, "code"), field(&address, "state"));
    let back = location(&browser.open(&back).await);
    assert!(back.contains("evergrant=renewed"), "{back}");

    // A refresh token that somebody pastes is sent at once; where it ends does not matter here.
    let pasted = sandbox.issue(demo::CLIENT_ID, "ben@example.nl");
    let page = browser.open("/databases/van-dijk-logistiek").await.text().await.unwrap();
    let container = container_of(&page);
    let fields = [
        ("database", "van-dijk-logistiek"),
        ("container", container.as_str()),
        ("token", pasted.refresh_token.as_str()),
    ];
    assert!(browser.post("/do/adopt", &fields).await.status().is_redirection());

    let secrets = [
        ("client secret", demo::CLIENT_SECRET.to_owned()),
        ("password", password),
        ("session id", session),
        ("code as it stands in an address", as_in_an_address(&code)),
        ("code", code),
        ("state", state),
        ("pasted refresh token", pasted.refresh_token),
        ("access token of the pasted chain", pasted.access_token),
    ];
    for path in [
        "/databases",
        "/databases/bakkerij-jansen",
        "/databases/van-dijk-logistiek",
        "/settings/registrations",
        "/repairs",
    ] {
        let page = browser.open(path).await.text().await.unwrap();
        for (name, secret) in &secrets {
            assert!(!page.contains(secret), "the {name} is on {path}");
        }
    }
    // While the server runs, so that the write-ahead log is still there.
    let mut found = Vec::new();
    files(binary.folder.path(), &mut found);
    assert!(found.iter().any(|path| path.ends_with("evergrant.db-wal")), "{found:?}");
    for path in &found {
        let content = std::fs::read(path).unwrap();
        for (name, secret) in &secrets {
            assert!(!holds(&content, secret), "the {name} is in {}", path.display());
        }
    }
    serving.ask_to_end();
    let (good, log) = tokio::task::spawn_blocking(move || serving.wait()).await.unwrap();
    assert!(good && log.contains("request"), "{log}");
    for (name, secret) in &secrets {
        assert!(!log.contains(secret), "the {name} is in the log");
    }
}

fn as_in_an_address(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The id of the container on a database's page.
fn container_of(page: &str) -> String {
    let form = page.split("name=\"container\"").nth(1).unwrap();
    form.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}
