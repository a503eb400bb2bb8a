//! Words and names that must not stand in the repository.

use super::Source;

/// In Rust files: the word, and what to do instead.
const RUST: [(&str, &str); 4] = [
    ("#[allow(", "expect the lint and say why"),
    ("#![allow(", "expect the lint and say why"),
    ("todo!(", "finish it"),
    ("unimplemented!(", "finish it"),
];
/// Folders of one machine.
const FOLDERS: [&str; 3] = ["root", "home", "work"];
/// How the addresses of package registries begin and end.
const REGISTRY_BEGINS: [&str; 5] = ["registry", "index", "static", "deb", "files"];
const REGISTRY_ENDS: [&str; 3] = ["io", "org", "com"];
/// Names the words themselves.
const OURSELVES: &str = "xtask/src/tidy/words.rs";

/// One complaint for each such word, and for each `mod.rs`.
pub fn complaints(sources: &[Source]) -> Vec<String> {
    sources.iter().filter(|source| source.path != OURSELVES).flat_map(of_one).collect()
}

fn of_one(source: &Source) -> Vec<String> {
    let path = &source.path;
    let mut found = Vec::new();
    if path.ends_with("/mod.rs") {
        found.push(format!("{path}: name the module's file after the module, beside its folder"));
    }
    let rust: &[(&str, &str)] = if path.ends_with(".rs") { &RUST } else { &[] };
    for (number, line) in source.text.lines().enumerate() {
        let number = number + 1;
        for (word, instead) in rust.iter().filter(|(word, _)| line.contains(word)) {
            found.push(format!("{path}:{number}: {word}…) — {instead}"));
        }
        if FOLDERS.iter().any(|folder| line.contains(&format!("/{folder}/"))) {
            found.push(format!("{path}:{number}: a folder of one machine"));
        }
        if names_a_registry(line) {
            found.push(format!("{path}:{number}: the address of a package registry"));
        }
    }
    found
}

/// Whether a line holds a host that is named like one of a registry; `example` is nobody's.
fn names_a_registry(line: &str) -> bool {
    let words = line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.' && letter != '-');
    words.filter(|word| !word.contains(".example.")).any(|word| {
        let labels: Vec<&str> = word.split('.').collect();
        match labels.as_slice() {
            [first, _, .., last] => REGISTRY_BEGINS.contains(first) && REGISTRY_ENDS.contains(last),
            [] | [_] | [_, _] => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_code_and_foreign_names_are_found_with_their_line() {
        let source = |path: &str, text: &str| [Source { path: path.to_owned(), text: text.to_owned() }];
        assert!(complaints(&source("a/src/lib.rs", "fn main() {}\n")).is_empty());
        let found = complaints(&source("a/src/lib.rs", "fn f() {\n    todo!()\n}\n"));
        assert!(found.iter().any(|line| line.starts_with("a/src/lib.rs:2:")));
        assert_eq!(complaints(&source("a/src/b/mod.rs", "")).len(), 1);
        assert_eq!(complaints(&source("README.md", &format!("see /{}/x\n", "root"))).len(), 1);
        assert!(complaints(&source("README.md", "todo!()\n")).is_empty());
    }

    #[test]
    fn a_registry_is_known_by_the_shape_of_its_address() {
        let host = ["registry", "somewhere", "org"].join(".");
        assert!(names_a_registry(&format!("\"resolved\": \"https://{host}/sass\"")));
        assert!(!names_a_registry("static.label = files.len()"));
        assert!(!names_a_registry("see index.html and https://exact-online.example.org/"));
    }
}
