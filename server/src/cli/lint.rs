//! Checks policy files.

use std::fs::{self, DirEntry, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use policy::lint::{self, Bundle, LARGEST, LARGEST_ARCHIVE, Origin, Outcome, Report, Unread};

use super::Failure;

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";
/// The deepest folder in a bundle that is looked into.
const DEEPEST: usize = 32;

#[derive(Args, Debug)]
#[command(after_long_help = "\
Reads OAuthV2 policies of Apigee (a file, a folder with a bundle, a zip archive) and Evergrant's own
policy files. For each finding it says where, why, what is recommended and what to write instead.
It needs no settings and no store, and changes nothing.

In a folder or an archive, the XML files directly in it and in folders named `policies` are read;
policies of other kinds are passed over.

Exit codes: 0 nothing found, 1 something found, 2 something could not be read.")]
pub struct Wishes {
    /// The files, folders and archives to check; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to show what was found
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// For code scanning
    Sarif,
}

pub(super) fn run(wishes: &Wishes) -> Result<ExitCode, Failure> {
    let mut report = Report::default();
    for path in &wishes.files {
        report.join(check(path));
    }
    let format = match wishes.format {
        Format::Text => lint::Format::Text,
        Format::Json => lint::Format::Json,
        Format::Sarif => lint::Format::Sarif,
    };
    for it in &report.unreadable {
        eprintln!("evergrant: {} {}", it.origin, it.why);
    }
    let outcome = report.outcome();
    // Nothing was read: the one line that says so is enough for people.
    let silent = report.policies == 0 && matches!(wishes.format, Format::Text);
    if !silent {
        io::stdout().write_all(format.show(&report).as_bytes()).map_err(Failure::Show)?;
    }
    Ok(ExitCode::from(match outcome {
        Outcome::Clean => 0,
        Outcome::Findings => 1,
        Outcome::Unreadable => 2,
    }))
}

fn check(path: &Path) -> Report {
    let name = path.display().to_string();
    let read = if name == STANDARD_INPUT {
        read_at_most(io::stdin().lock(), LARGEST_ARCHIVE)
    } else if path.is_dir() {
        return folder(path);
    } else {
        read_file(path, LARGEST_ARCHIVE)
    };
    match read {
        Ok(bytes) if name == STANDARD_INPUT => lint::check("standard input", &bytes),
        Ok(bytes) => lint::check(&name, &bytes),
        Err(why) => {
            let mut report = Report::default();
            report.refuse(Origin::file(&name), why);
            report
        }
    }
}

/// Checks the policies in a folder. What a link leads to is not read: it may lie anywhere.
fn folder(root: &Path) -> Report {
    let mut bundle = Bundle::new(&root.display().to_string());
    let mut folders = vec![(root.to_owned(), 0)];
    let mut seen = 0;
    while let Some((folder, depth)) = folders.pop() {
        let entries = match list(&folder) {
            Ok(entries) => entries,
            Err(why) => {
                bundle.refuse(Origin::file(&folder.display().to_string()), why);
                continue;
            }
        };
        let mut deeper = Vec::new();
        for entry in entries {
            seen += 1;
            if seen > Bundle::MOST_FILES {
                bundle.refuse_all(Unread::TooMany { most: Bundle::MOST_FILES });
                return bundle.finish();
            }
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if depth < DEEPEST && !is_passed_over(&entry) {
                    deeper.push((path, depth + 1));
                }
            } else {
                member(&mut bundle, root, &path, &entry);
            }
        }
        folders.extend(deeper.into_iter().rev());
    }
    bundle.finish()
}

fn member(bundle: &mut Bundle, root: &Path, path: &Path, entry: &DirEntry) {
    let within = path.strip_prefix(root).unwrap_or(path).display().to_string();
    let origin = Origin::file(&path.display().to_string());
    let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
    let holds_policies = Bundle::may_hold(&within) || (is_link && entry.file_name() == "policies");
    if !holds_policies {
        return;
    }
    if is_link {
        bundle.refuse(origin, Unread::Link);
        return;
    }
    match read_file(path, LARGEST) {
        Ok(bytes) => bundle.take(origin, &bytes),
        Err(why) => bundle.refuse(origin, why),
    }
}

/// Folders without policies: hidden ones, and what the proxies of a bundle carry along.
fn is_passed_over(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    name == "resources" || name.as_encoded_bytes().starts_with(b".")
}

/// What is in a folder, by name.
fn list(folder: &Path) -> Result<Vec<DirEntry>, Unread> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.take(Bundle::MOST_FILES + 1).collect());
    let mut entries: Vec<DirEntry> = entries.map_err(|error| closed(&error))?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}

fn read_file(path: &Path, most: u64) -> Result<Vec<u8>, Unread> {
    let about = fs::metadata(path).map_err(|error| closed(&error))?;
    if !about.is_file() {
        return Err(Unread::NoFile);
    }
    read_at_most(File::open(path).map_err(|error| closed(&error))?, most)
}

fn read_at_most(from: impl Read, most: u64) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes).map_err(|error| closed(&error))?;
    if bytes.len() as u64 > most { Err(Unread::TooLarge { most }) } else { Ok(bytes) }
}

fn closed(error: &io::Error) -> Unread {
    Unread::Closed(error.to_string())
}
