//! The files that browsers load: embedded, compressed beforehand, cached by their hash.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The names of the files, each with its hash in it.
pub const NAMES: &str = env!("EVERGRANT_SITE_NAMES");

#[derive(RustEmbed)]
#[folder = "$EVERGRANT_SITE_FOLDER"]
struct Embedded;

/// The addresses of the files that every page asks for.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct Names {
    /// The script.
    pub js: String,
    /// What the script loads.
    pub wasm: String,
    /// The styles.
    pub css: String,
}

/// All site files in memory; cheap to clone.
#[derive(Clone, Default)]
pub struct Site {
    names: Option<Names>,
    files: Arc<BTreeMap<String, File>>,
}

struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    tag: HeaderValue,
    kind: HeaderValue,
}

impl Site {
    /// The files within the binary; a debug build reads them from the folder that it was built with.
    pub fn embedded() -> Self {
        let contents = Embedded::iter()
            .filter_map(|path| Embedded::get(&path).map(|file| (path.into_owned(), file.data)))
            .collect();
        Self::of(contents)
    }

    /// The files of a folder.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn folder(folder: &Path) -> io::Result<Self> {
        let mut contents = BTreeMap::new();
        collect(folder, "", &mut contents)?;
        Ok(Self::of(contents))
    }

    /// The addresses that pages ask for; `None` when the site was not built.
    pub fn names(&self) -> Option<&Names> {
        self.names.as_ref()
    }

    /// The answer for a file, or `None` when there is no such file.
    pub fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let name = path.strip_prefix('/')?;
        let file = self.files.get(name)?;
        let cached = if name.starts_with("pkg/") {
            HeaderValue::from_static("public, max-age=31536000, immutable")
        } else {
            HeaderValue::from_static("no-cache")
        };
        let mut response = match headers.get(IF_NONE_MATCH) {
            Some(known) if known == file.tag => StatusCode::NOT_MODIFIED.into_response(),
            Some(_) | None => file.content(headers),
        };
        let answer = response.headers_mut();
        answer.insert(CACHE_CONTROL, cached);
        answer.insert(ETAG, file.tag.clone());
        answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
        Some(response)
    }

    fn of(mut contents: BTreeMap<String, Cow<'static, [u8]>>) -> Self {
        let names = contents.remove("site.json").and_then(|text| serde_json::from_slice(&text).ok());
        let plain: Vec<String> = contents.keys().filter(|path| !is_copy(path)).cloned().collect();
        let mut files = BTreeMap::new();
        for path in plain {
            let brotli = contents.remove(&format!("{path}.br")).map(bytes);
            let gzip = contents.remove(&format!("{path}.gz")).map(bytes);
            if let Some(content) = contents.remove(&path) {
                files.insert(path.clone(), File::new(&path, bytes(content), brotli, gzip));
            }
        }
        Self { names, files: Arc::new(files) }
    }
}

impl File {
    fn new(path: &str, plain: Bytes, brotli: Option<Bytes>, gzip: Option<Bytes>) -> Self {
        let hash: String = Sha256::digest(&plain).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let tag =
            HeaderValue::from_str(&format!("\"{hash}\"")).expect("hexadecimal digits are a header value");
        Self { plain, brotli, gzip, tag, kind: HeaderValue::from_static(kind(path)) }
    }

    fn content(&self, headers: &HeaderMap) -> Response {
        let (encoding, bytes) = match (&self.brotli, &self.gzip) {
            (Some(bytes), _) if accepts(headers, "br") => (Some("br"), bytes),
            (_, Some(bytes)) if accepts(headers, "gzip") => (Some("gzip"), bytes),
            (_, _) => (None, &self.plain),
        };
        let mut response = Body::from(bytes.clone()).into_response();
        let answer = response.headers_mut();
        answer.insert(CONTENT_TYPE, self.kind.clone());
        answer.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if let Some(encoding) = encoding {
            answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }
}

/// What is embedded is not copied.
fn bytes(content: Cow<'static, [u8]>) -> Bytes {
    match content {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

/// Whether the browser takes this encoding; `q=0` says that it does not.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
            let refused = parts.any(|part| {
                part.strip_prefix("q=")
                    .and_then(|weight| weight.parse::<f32>().ok())
                    .is_some_and(|weight| weight <= 0.0)
            });
            named && !refused
        })
}

fn is_copy(path: &str) -> bool {
    path.ends_with(".br") || path.ends_with(".gz")
}

/// The media type, by the end of the name.
fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, end)| end) {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/vnd.microsoft.icon",
        "txt" => "text/plain; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn collect(folder: &Path, prefix: &str, into: &mut BTreeMap<String, Cow<'static, [u8]>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), into)?;
        } else {
            into.insert(name, Cow::Owned(fs::read(entry.path())?));
        }
    }
    Ok(())
}
