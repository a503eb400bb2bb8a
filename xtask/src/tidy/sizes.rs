//! No file grows past what a person reads in one sitting.

use super::Source;

const LIMIT: usize = 500;
const KINDS: [&str; 4] = [".rs", ".ts", ".scss", ".mjs"];

/// One complaint for each file that must be split.
pub fn complaints(sources: &[Source]) -> Vec<String> {
    let code = sources.iter().filter(|source| KINDS.iter().any(|kind| source.path.ends_with(kind)));
    code.filter_map(|source| {
        let lines = source.text.lines().count();
        (lines > LIMIT).then(|| format!("{}: {lines} lines; split it before {LIMIT}", source.path))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_source_file_is_named_and_a_long_lock_file_is_not() {
        let file = |path: &str, lines: usize| Source { path: path.to_owned(), text: "x\n".repeat(lines) };
        assert!(complaints(&[file("a.rs", 500), file("Cargo.lock", 9000)]).is_empty());
        assert_eq!(complaints(&[file("a.rs", 501)]).len(), 1);
    }
}
