//! `first-visit`: every byte that a browser with an empty cache loads for the list of databases.

mod references;

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use url::Url;

use crate::browser::{Browser, Page};
use crate::connected::Store;
use crate::evergrant::{Binary, Evergrant};
use crate::report::Report;

const PAGE: &str = "/databases";
/// More files than any page of ours has.
const MOST_FILES: usize = 200;

/// One file of a visit.
pub struct Loaded {
    path: String,
    encoding: String,
    body: u64,
    transferred: u64,
}

/// Measures.
pub async fn measure(binary: &Binary, store: &Store, report: &mut Report) -> Result<()> {
    let running = Evergrant::start(binary, store.folder()).await?;
    let mut browser = Browser::connect(&running.address).await?;
    browser.sign_in().await?;
    let files = load(&mut browser).await?;
    drop(browser);
    running.stop().await?;

    report.note(
        "GET /databases (50 of 1,000 rows) after the sign-in, with nothing cached, and every file that",
    );
    report.note("the page or one of its files names; bodies as transferred, Accept-Encoding: br, gzip");
    for file in &files {
        report.figure(&format!("{} ({})", file.path, file.encoding), kilobytes(file.body), "kB");
    }
    let sum = |of: fn(&Loaded) -> u64| kilobytes(files.iter().map(of).sum());
    report.figure_with_limit("compressed", sum(|file| file.body), "kB", "at most 220");
    report.figure("compressed_with_headers", sum(|file| file.transferred), "kB");
    report.figure("files", files.len() as f64, "");
    Ok(())
}

/// Loads the page and all its files; the page comes first.
pub async fn load(browser: &mut Browser) -> Result<Vec<Loaded>> {
    // Any base does: what leads elsewhere is not ours to serve.
    let base = Url::parse("http://evergrant.example/")?;
    let mut plain = browser.beside().await?.without_compression();
    let mut waiting = vec![base.join(PAGE)?];
    let mut known: BTreeSet<Url> = waiting.iter().cloned().collect();
    let mut files = Vec::new();
    while let Some(url) = waiting.pop() {
        ensure!(files.len() < MOST_FILES, "more than {MOST_FILES} files");
        let file = browser.open_well(url.path()).await?;
        files.push(Loaded {
            path: url.path().to_owned(),
            encoding: text(&file, CONTENT_ENCODING.as_str()).unwrap_or_else(|| "plain".to_owned()),
            body: file.body.len() as u64,
            transferred: file.transferred,
        });
        let kind = text(&file, CONTENT_TYPE.as_str()).unwrap_or_default();
        if !references::may_name_files(&kind) {
            continue;
        }
        let content = plain.open_well(url.path()).await?;
        let content = std::str::from_utf8(&content.body).with_context(|| format!("{url} is not text"))?;
        for named in references::of(&kind, content, &url) {
            if named.origin() == base.origin() && known.insert(named.clone()) {
                waiting.push(named);
            }
        }
    }
    Ok(files)
}

fn text(page: &Page, header: &str) -> Option<String> {
    page.headers.get(header).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1e3
}
