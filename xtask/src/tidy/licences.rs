//! Every dependency comes under a licence that deny.toml allows, and none is banned.

use anyhow::{Context, Result};
use serde_json::Value;

/// One complaint for each dependency that may not be here.
pub fn complaints(metadata: &Value, deny: &str) -> Result<Vec<String>> {
    let deny: toml::Table = deny.parse().context("deny.toml is not TOML")?;
    let allowed = list(&deny, "licenses", "allow", |entry| entry.as_str());
    let banned = list(&deny, "bans", "deny", |entry| entry.get("name")?.as_str());
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    let foreign = packages.filter(|package| package.get("source").is_some_and(Value::is_string));
    let complain = |package: &Value| {
        let name = package.get("name")?.as_str()?;
        if banned.iter().any(|banned| banned == name) {
            return Some(format!("{name}: banned by deny.toml"));
        }
        let licence = package.get("license").and_then(Value::as_str).unwrap_or("none");
        (!satisfies(licence, &allowed)).then(|| format!("{name}: deny.toml does not allow `{licence}`"))
    };
    Ok(foreign.filter_map(complain).collect())
}

fn list(
    deny: &toml::Table,
    section: &str,
    name: &str,
    read: impl Fn(&toml::Value) -> Option<&str>,
) -> Vec<String> {
    let entries = deny.get(section).and_then(|section| section.get(name)).and_then(toml::Value::as_array);
    entries.into_iter().flatten().filter_map(|entry| read(entry).map(str::to_owned)).collect()
}

/// Whether an SPDX expression can be met with the allowed licences. `/` is its older word for OR.
fn satisfies(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any(&mut rest, allowed) && rest.is_empty()
}

fn any(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut met = all(rest, allowed);
    while rest.first() == Some(&"OR") {
        *rest = &rest[1..];
        met |= all(rest, allowed);
    }
    met
}

fn all(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut met = one(rest, allowed);
    while rest.first() == Some(&"AND") {
        *rest = &rest[1..];
        met &= one(rest, allowed);
    }
    met
}

fn one(rest: &mut &[&str], allowed: &[String]) -> bool {
    match **rest {
        ["(", ..] => {
            *rest = &rest[1..];
            let met = any(rest, allowed);
            let closed = rest.first() == Some(&")");
            *rest = rest.get(1..).unwrap_or_default();
            met && closed
        }
        [licence, "WITH", exception, ..] => {
            *rest = &rest[3..];
            allowed.contains(&format!("{licence} WITH {exception}"))
        }
        [licence, ..] => {
            *rest = &rest[1..];
            allowed.iter().any(|allowed| allowed == licence)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_expression_is_met_as_its_words_say() {
        let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
        for fine in [
            "MIT",
            "GPL-3.0 OR MIT",
            "GPL-3.0/MIT",
            "ISC AND (GPL-3.0 OR MIT)",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert!(satisfies(fine, &allowed), "{fine}");
        }
        for bad in
            ["", "none", "GPL-3.0", "MIT AND GPL-3.0", "ISC AND (GPL-3.0 OR AGPL-3.0)", "(MIT", "MIT ISC"]
        {
            assert!(!satisfies(bad, &allowed), "{bad}");
        }
    }

    #[test]
    fn a_banned_or_unlicensed_dependency_is_named() -> Result<()> {
        let deny = "[licenses]\nallow = ['MIT']\n[bans]\ndeny = [{ name = 'openssl' }]\n";
        let package =
            |name: &str, licence: Value| json!({"name": name, "source": "registry", "license": licence});
        let metadata = json!({"packages": [
            package("openssl", json!("MIT")),
            package("fine", json!("MIT")),
            package("silent", Value::Null),
            {"name": "ours", "source": null, "license": null},
        ]});
        let found = complaints(&metadata, deny)?;
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("openssl:") && found[1].starts_with("silent:"));
        Ok(())
    }
}
