//! Words and names that must not stand in the repository.

use super::Source;

/// In Rust files: the word, and what to do instead.
const RUST: [(&str, &str); 4] = [
    ("#[allow(", "expect the lint and say why"),
    ("#![allow(", "expect the lint and say why"),
    ("todo!(", "finish it"),
    ("unimplemented!(", "finish it"),
];
/// In any file: addresses of registries and folders of one machine.
const ANYWHERE: [&str; 9] = [
    "registry.npmjs.org",
    "static.crates.io",
    "index.crates.io",
    "static.rust-lang.org",
    "deb.debian.org",
    "pypi.org/",
    "files.pythonhosted.org",
    "/root/",
    "/home/",
];
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
        for name in ANYWHERE.iter().filter(|name| line.contains(*name)) {
            found.push(format!("{path}:{number}: {name} belongs to one machine or one registry"));
        }
    }
    found
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
        assert_eq!(complaints(&source("README.md", "from registry.npmjs.org\n")).len(), 1);
        assert!(complaints(&source("README.md", "todo!()\n")).is_empty());
    }
}
