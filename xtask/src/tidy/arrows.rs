//! Which room may import which: a new arrow is a change of design.

use serde_json::Value;

/// What each room may import of ours in what it ships.
const SHIPPED: [(&str, &[&str]); 10] = [
    ("chain", &[]),
    ("policy", &[]),
    ("migrations", &[]),
    ("exact-sandbox", &[]),
    ("xtask", &[]),
    ("engine", &["chain", "policy"]),
    ("app", &["chain", "engine", "policy"]),
    ("frontend", &["app"]),
    ("server", &["app", "engine", "migrations", "policy"]),
    ("bench", &["engine", "migrations", "server", "exact-sandbox"]),
];
/// What tests may import besides.
const IN_TESTS: [&str; 3] = ["migrations", "exact-sandbox", "engine"];
/// Rooms whose tests are as strict as what they ship.
const STRICT: [&str; 4] = ["chain", "policy", "migrations", "exact-sandbox"];

/// One complaint for each arrow that is not in the design.
pub fn complaints(metadata: &Value) -> Vec<String> {
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    let ours = packages.filter(|package| package.get("source").is_some_and(Value::is_null));
    ours.flat_map(of_room).collect()
}

fn of_room(package: &Value) -> Vec<String> {
    let room = text(package, "name");
    let Some((_, allowed)) = SHIPPED.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{room}: a room without arrows; name it in xtask/src/tidy/arrows.rs")];
    };
    let dependencies = package.get("dependencies").and_then(Value::as_array).into_iter().flatten();
    dependencies.filter_map(|dependency| complaint(room, allowed, dependency)).collect()
}

fn complaint(room: &str, allowed: &[&str], dependency: &Value) -> Option<String> {
    let name = text(dependency, "name");
    let is_ours = dependency.get("path").is_some_and(Value::is_string);
    let for_tests = dependency.get("kind").and_then(Value::as_str) == Some("dev");
    let optional = dependency.get("optional") == Some(&Value::Bool(true));
    if room == "chain" && !for_tests {
        return Some(format!("chain -> {name}: the pure core depends on nothing"));
    }
    if !is_ours {
        return None;
    }
    if room == "app" && name == "engine" && !for_tests && !optional {
        return Some("app -> engine: only with the feature ssr".to_owned());
    }
    let fine = allowed.contains(&name) || (for_tests && !STRICT.contains(&room) && IN_TESTS.contains(&name));
    (!fine).then(|| format!("{room} -> {name}: this arrow is not in the design"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(room: &str, dependency: Value) -> usize {
        complaints(&json!({"packages": [{"name": room, "source": null, "dependencies": [dependency]}]})).len()
    }

    fn ours(name: &str, kind: Option<&str>) -> Value {
        json!({"name": name, "path": "/somewhere", "kind": kind, "optional": false})
    }

    #[test]
    fn an_arrow_against_the_design_is_found() {
        assert_eq!(found("server", ours("engine", None)), 0);
        assert_eq!(found("engine", ours("server", None)), 1);
        assert_eq!(found("server", ours("chain", None)), 1);
        assert_eq!(found("migrations", ours("engine", None)), 1);
        assert_eq!(found("cellar", ours("engine", None)), 1);
    }

    #[test]
    fn tests_may_import_more_but_not_into_the_rooms_that_share_nothing() {
        assert_eq!(found("engine", ours("exact-sandbox", Some("dev"))), 0);
        assert_eq!(found("engine", ours("exact-sandbox", None)), 1);
        assert_eq!(found("exact-sandbox", ours("engine", Some("dev"))), 1);
    }

    #[test]
    fn the_core_depends_on_nothing_and_the_app_only_optionally_on_the_engine() {
        assert_eq!(found("chain", json!({"name": "serde", "kind": null})), 1);
        assert_eq!(found("chain", json!({"name": "proptest", "kind": "dev"})), 0);
        assert_eq!(found("app", ours("engine", None)), 1);
    }
}
