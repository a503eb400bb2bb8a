//! `chain` stays pure: it knows no clock, no input or output, no tasks and no format.

use super::Source;

/// What would let the world in.
const IMPURE: [&str; 14] = [
    "fs",
    "net",
    "thread",
    "env",
    "process",
    "io",
    "sync",
    "SystemTime",
    "Instant",
    "async",
    "await",
    "serde",
    "println",
    "eprintln",
];

/// One complaint for each word of a source file of `chain` that lets the world in.
pub fn complaints(sources: &[Source]) -> Vec<String> {
    let core =
        sources.iter().filter(|source| source.path.starts_with("chain/src/") && source.path.ends_with(".rs"));
    core.flat_map(of_one).collect()
}

fn of_one(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for word in code.split(|letter: char| !letter.is_alphanumeric() && letter != '_') {
            let imported = IMPURE.contains(&word) && (is_always_impure(word) || code.contains("std::"));
            if imported {
                found.push(format!("{}:{}: `{word}` in the pure core", source.path, number + 1));
            }
        }
    }
    found
}

/// Modules of the standard library count only in a path; the other words count anywhere.
fn is_always_impure(word: &str) -> bool {
    word.len() > 7 || ["Instant", "async", "await", "serde", "println"].contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> usize {
        complaints(&[Source { path: "chain/src/step.rs".to_owned(), text: format!("{line}\n") }]).len()
    }

    #[test]
    fn a_clock_a_file_or_a_task_in_the_core_is_found() {
        assert_eq!(found("use std::time::SystemTime;"), 1);
        assert_eq!(found("use std::{fmt, fs};"), 1);
        assert_eq!(found("async fn step() {}"), 1);
        assert_eq!(found("use serde::Serialize;"), 1);
    }

    #[test]
    fn ordinary_words_of_the_core_are_left_alone() {
        assert_eq!(found("use std::time::Duration;"), 0);
        assert_eq!(found("let net = gross - 1;"), 0);
        assert_eq!(found("// std::fs is not for us"), 0);
    }
}
