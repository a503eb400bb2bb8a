//! `evergrant consumer add`, `list` and `revoke`.

use serde_json::Value;

use crate::binary::Binary;

const FILE: &str = r#"
[[database]]
name = "Bakkerij Jansen"
[[database]]
name = "De Vries"
"#;

fn binary() -> Binary {
    let binary = Binary::new();
    binary.write("file.toml", FILE);
    assert!(binary.run(&["apply", "file.toml"]).good);
    binary
}

fn run(binary: &Binary, arguments: &[&str]) -> String {
    let ended = binary.run(arguments);
    assert!(ended.good, "{ended:?}");
    ended.out
}

fn list(binary: &Binary) -> Vec<Value> {
    serde_json::from_str(&run(binary, &["consumer", "list", "--json"])).unwrap()
}

async fn status(url: &str, key: &str) -> u16 {
    let client = reqwest::Client::builder().build().unwrap();
    let asked = client.get(format!("{url}/api/v1/databases/bakkerij-jansen")).bearer_auth(key);
    asked.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_printed_once_works_and_is_revoked() {
    let binary = binary();
    let added =
        run(&binary, &["consumer", "add", "Power BI", "--database", "bakkerij-jansen", "--days", "7"]);
    let key = added.lines().last().unwrap().to_owned();
    assert!(key.starts_with("evg_") && key.len() == 47, "{added}");
    let listed = list(&binary);
    assert_eq!((&listed[0]["name"], &listed[0]["standing"]), (&"Power BI".into(), &"active".into()));
    assert_eq!(listed[0]["databases"], serde_json::json!(["bakkerij-jansen"]));
    assert_eq!(listed[0]["last_used_at"], Value::Null);
    assert!(!run(&binary, &["consumer", "list"]).contains(&key), "never again");

    let serving = binary.serve(&[]);
    assert_eq!(status(&serving.url, &key).await, 200);
    serving.ask_to_end();
    assert!(tokio::task::spawn_blocking(move || serving.wait()).await.unwrap().0);
    assert_eq!(list(&binary)[0]["last_used_from"], "127.0.0.1");

    let said = run(&binary, &["consumer", "revoke", "Power BI"]);
    assert!(said.contains("is revoked"), "{said}");
    assert_eq!(list(&binary)[0]["standing"], "revoked");
    let serving = binary.serve(&[]);
    assert_eq!(status(&serving.url, &key).await, 401);
}

#[test]
fn what_cannot_be_done_is_said_in_one_line() {
    let binary = binary();
    let failure = |arguments: &[&str]| binary.run(arguments).failure().to_owned();
    assert!(failure(&["consumer", "add", "A", "--database", "nowhere"]).contains("databases"));
    assert!(failure(&["consumer", "add", " ", "--all-databases"]).contains("name"));
    assert!(failure(&["consumer", "add", "A", "--all-databases", "--days", "9999"]).contains("days"));
    assert!(failure(&["consumer", "revoke", "nobody"]).contains("nobody"));
    assert!(!binary.run(&["consumer", "add", "A"]).good, "a scope has to be chosen");
    run(&binary, &["consumer", "add", "A", "--all-databases"]);
    run(&binary, &["consumer", "add", "A", "--all-databases"]);
    assert!(failure(&["consumer", "revoke", "A"]).contains("several"));
    let one = list(&binary)[0]["key"].as_str().unwrap().to_owned();
    run(&binary, &["consumer", "revoke", &one]);
    run(&binary, &["consumer", "revoke", "A"]);
    assert_eq!(list(&binary).iter().filter(|view| view["standing"] == "active").count(), 0);
    let empty = Binary::new();
    assert!(empty.run(&["consumer", "list"]).failure().contains("there is no store"));
}
