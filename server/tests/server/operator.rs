//! `evergrant operator add` and `reset`.

use crate::app::{Browser, location};
use crate::binary::Binary;

#[tokio::test]
async fn an_operator_signs_in_with_the_password_of_each_safe_source() {
    let binary = Binary::new();
    binary.write("password", "from a file, yes\nand a second line\n");
    assert!(binary.run(&["operator", "add", "file@example.nl", "--password-file", "password"]).good);
    assert!(binary.run_with(&["operator", "add", "input@example.nl"], "from the input\n").good);
    let binary = binary.with("EVERGRANT_PASSWORD", "from the environment");
    assert!(binary.run(&["operator", "add", "environment@example.nl"]).good);
    let reset = binary.run(&["operator", "reset", "input@example.nl"]);
    assert!(reset.good && !reset.out.contains("from the environment"), "{reset:?}");

    let serving = binary.serve(&[]);
    assert!(!serving.said.contains("/set-up/"));
    let url = serving.url.parse().unwrap();
    for (name, password, lets_in) in [
        ("file@example.nl", "from a file, yes", true),
        ("environment@example.nl", "from the environment", true),
        ("input@example.nl", "from the environment", true),
        ("input@example.nl", "from the input", false),
    ] {
        let there = location(&Browser::new(&url).sign_in(name, password).await);
        assert_eq!(there == "/databases", lets_in, "{name} with {password}: {there}");
    }
}

#[test]
fn what_cannot_be_done_is_said_in_one_line() {
    let binary = Binary::new();
    assert!(binary.run_with(&["operator", "add", "anna"], "short\n").failure().contains("password"));
    assert!(
        binary
            .run_with(&["operator", "reset", "nobody"], "correct horse battery\n")
            .failure()
            .contains("no operator")
    );
    assert!(binary.run_with(&["operator", "add", "anna"], "correct horse battery\n").good);
    assert!(
        binary.run_with(&["operator", "add", "ANNA"], "correct horse battery\n").failure().contains("exists")
    );
    let missing = binary.run(&["operator", "add", "ben", "--password-file", "missing"]);
    assert!(missing.failure().contains("missing"));
}
