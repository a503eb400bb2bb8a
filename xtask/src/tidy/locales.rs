//! English and Dutch say the same things.

use super::Source;
use std::collections::BTreeSet;

/// The language that the others are compared with.
const MEASURE: &str = "en";
const FOLDER: &str = "app/locales/";

/// One complaint for each text that one language has and the other lacks.
pub fn complaints(sources: &[Source]) -> Vec<String> {
    let locales: Vec<(&str, &str, BTreeSet<String>)> = sources.iter().filter_map(read).collect();
    let mut found = Vec::new();
    for (folder, _, measure) in locales.iter().filter(|(_, language, _)| *language == MEASURE) {
        let others = locales.iter().filter(|(other, language, _)| other == folder && *language != MEASURE);
        for (_, language, keys) in others {
            let path = format!("{FOLDER}{folder}{language}");
            found.extend(measure.difference(keys).map(|key| format!("{path}: lacks {key}")));
            found.extend(keys.difference(measure).map(|key| format!("{path}: {key} is not in {MEASURE}")));
        }
    }
    found
}

/// The folder under the locales, the language and the keys of a file.
fn read(source: &Source) -> Option<(&str, &str, BTreeSet<String>)> {
    let path = source.path.strip_prefix(FOLDER)?;
    let (stem, kind) = path.rsplit_once('.')?;
    let at = stem.rfind('/').map_or(0, |slash| slash + 1);
    let (folder, language) = stem.split_at(at);
    let keys = match kind {
        "yml" | "yaml" => yaml_keys(&source.text),
        "toml" => toml_keys(&source.text),
        "json" => json_keys(&source.text),
        _ => return None,
    };
    Some((folder, language, keys))
}

/// The dotted keys of nested mappings; texts that span lines are skipped.
fn yaml_keys(text: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut block: Option<usize> = None;
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        let entry = line.trim();
        if entry.is_empty() || block.is_some_and(|indent| depth > indent) {
            continue;
        }
        block = None;
        let Some((name, value)) = entry.split_once(':').filter(|_| !entry.starts_with('#')) else {
            continue;
        };
        open.retain(|(indent, _)| *indent < depth);
        open.push((depth, name.trim_matches(['"', '\'']).to_owned()));
        let value = value.trim();
        if value.starts_with(['|', '>']) {
            block = Some(depth);
        }
        if !value.is_empty() {
            keys.insert(open.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("."));
        }
    }
    keys
}

fn toml_keys(text: &str) -> BTreeSet<String> {
    let value = text.parse::<toml::Table>().ok().and_then(|table| serde_json::to_value(table).ok());
    let mut keys = BTreeSet::new();
    collect(value.as_ref(), "", &mut keys);
    keys
}

fn json_keys(text: &str) -> BTreeSet<String> {
    let value = serde_json::from_str(text).ok();
    let mut keys = BTreeSet::new();
    collect(value.as_ref(), "", &mut keys);
    keys
}

fn collect(value: Option<&serde_json::Value>, prefix: &str, keys: &mut BTreeSet<String>) {
    let Some(mapping) = value.and_then(serde_json::Value::as_object) else {
        keys.insert(prefix.to_owned());
        return;
    };
    for (name, value) in mapping {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        collect(Some(value), &key, keys);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kind: &str, english: &str, dutch: &str) -> Vec<String> {
        let file = |language: &str, text: &str| Source {
            path: format!("{FOLDER}{language}.{kind}"),
            text: text.to_owned(),
        };
        complaints(&[file("en", english), file("nl", dutch)])
    }

    #[test]
    fn a_text_that_only_one_language_has_is_named() {
        let english = "menu:\n  sign_in: Sign in\n  hint: |\n    a: b\n    c\nname: \"Name: yours\"\n";
        assert!(found("yml", english, "menu:\n  sign_in: Aanmelden\n  hint: x\nname: Naam\n").is_empty());
        let lacking = found("yml", english, "menu:\n  sign_in: Aanmelden\n  extra: x\nname: Naam\n");
        assert_eq!(lacking.len(), 2);
        assert!(lacking[0].contains("menu.hint") && lacking[1].contains("menu.extra"));
    }

    #[test]
    fn other_formats_are_read_too() {
        assert!(found("toml", "[a]\nb = 'x'\n", "a.b = 'y'\n").is_empty());
        assert_eq!(found("json", r#"{"a": {"b": "x", "c": "x"}}"#, r#"{"a": {"b": "y"}}"#).len(), 1);
    }
}
