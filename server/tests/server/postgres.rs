//! The commands and the server on PostgreSQL, where several processes share a store.

use sea_orm::{ConnectionTrait, Database};
use tower_sessions::session::Id;
use url::Url;

use crate::app::{Browser, header, location};
use crate::binary::Binary;

/// The address of a new, empty database; `None` where no server is named.
async fn fresh() -> Option<String> {
    let Ok(server) = std::env::var("EVERGRANT_TEST_POSTGRES_URL") else {
        eprintln!("not run on PostgreSQL: EVERGRANT_TEST_POSTGRES_URL names no server");
        return None;
    };
    let name = format!("evergrant_server_{}", Id::default().0.unsigned_abs());
    let admin = Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    admin.close().await.unwrap();
    let mut url = Url::parse(&server).unwrap();
    url.set_path(&name);
    Some(url.into())
}

#[tokio::test]
async fn two_servers_share_a_store_and_its_sessions() {
    let Some(url) = fresh().await else { return };
    let key = format!("shared = {}=", "A".repeat(43));
    let first = Binary::new().with("EVERGRANT_DATABASE_URL", &url).with("EVERGRANT_MASTER_KEY", &key);
    let second = Binary::new().with("EVERGRANT_DATABASE_URL", &url).with("EVERGRANT_MASTER_KEY", &key);
    assert!(first.run(&["migrate"]).good);
    assert!(first.run_with(&["operator", "add", "anna"], "correct horse battery\n").good);
    let file = "[[registration]]\nname = \"A\"\ncountry = \"nl\"\nclient_id = \"a\"\nclient_secret = { env = \"S\" }\n\
                [[database]]\nname = \"Jansen\"\n[[database.container]]\nalias = \"exact\"\nregistration = \"A\"\n";
    let second = second.with("S", "planted-client-secret");
    second.write("file.toml", file);
    assert!(second.run(&["apply", "file.toml"]).out.contains("+ create container Jansen/exact"));
    assert_eq!(second.run(&["apply", "file.toml"]).out, "= 3 unchanged\n");

    let (one, other) = (first.serve(&[]), second.serve(&[]));
    let signed_in = Browser::new(&one.url.parse().unwrap()).sign_in("anna", "correct horse battery").await;
    assert_eq!(location(&signed_in), "/databases");
    let cookie = header(&signed_in, "set-cookie").split(';').next().unwrap().to_owned();
    let browser = Browser::new(&other.url.parse().unwrap());
    let page =
        browser.request(reqwest::Method::GET, "/databases").header("cookie", cookie).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("Jansen"));
    let wrong = Binary::new().with("EVERGRANT_DATABASE_URL", &url);
    let wrong = wrong.with("EVERGRANT_MASTER_KEY", &format!("other = {}=", "B".repeat(42) + "A"));
    assert!(wrong.run(&["serve"]).failure().contains("shared"), "the id of the missing key");
    for serving in [one, other] {
        serving.ask_to_end();
        let (good, log) = serving.wait();
        assert!(good, "{log}");
    }
}
