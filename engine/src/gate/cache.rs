//! Answers that are kept for a while, in memory, within bounds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use chain::{ContainerId, Time};
use futures::{StreamExt, stream};
use moka::sync::Cache as Shelf;
use reqwest::header::{CACHE_CONTROL, CONTENT_LENGTH, HeaderMap, HeaderName, RANGE, VARY};
use reqwest::{Method, StatusCode};
use url::Url;

use super::upstream::Flow;

/// The longest that answers may be kept, in seconds: a day.
pub const LONGEST_SECONDS: u32 = 86_400;
/// The largest body that is kept.
pub const LARGEST: usize = 1024 * 1024;
/// All kept answers together.
const ALL: u64 = 64 * 1024 * 1024;

/// Request headers on which no answer depends.
const OF_NO_MEANING: [&str; 8] = [
    "cache-control",
    "content-length",
    "date",
    "pragma",
    "priority",
    "traceparent",
    "tracestate",
    "user-agent",
];
/// Answers by what was asked.
pub(crate) struct Cache {
    shelf: Shelf<Key, Arc<Kept>>,
    /// Counts what was changed through a container; answers of before count no more.
    changes: Mutex<HashMap<ContainerId, u64>>,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    container: ContainerId,
    user: String,
    changes: u64,
    url: Url,
    /// What of the head an answer can depend on, in order.
    headers: Vec<(HeaderName, Vec<u8>)>,
}

/// An answer that is kept.
pub(super) struct Kept {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    at: Time,
}

/// Whether a request may be answered from what is kept, and its answer be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Both,
    /// The program wants it from the provider.
    KeepOnly,
    Neither,
}

impl Default for Cache {
    fn default() -> Self {
        let weight = |key: &Key, kept: &Arc<Kept>| {
            let headers: usize =
                kept.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
            let asked: usize = key.headers.iter().map(|(_, value)| value.len() + 32).sum();
            let all = kept.body.len() + headers + asked + key.url.as_str().len() + 512;
            u32::try_from(all).unwrap_or(u32::MAX)
        };
        let life = Duration::from_secs(LONGEST_SECONDS.into());
        let shelf = Shelf::builder().max_capacity(ALL).weigher(weight).time_to_live(life).build();
        Self { shelf, changes: Mutex::default() }
    }
}

impl Cache {
    pub(super) fn key(&self, container: ContainerId, user: String, url: Url, headers: &HeaderMap) -> Key {
        let meaning = headers.iter().filter(|(name, _)| !OF_NO_MEANING.contains(&name.as_str()));
        let mut headers: Vec<_> =
            meaning.map(|(name, value)| (name.clone(), value.as_bytes().to_vec())).collect();
        // Of one name the order counts, and a stable sort keeps it.
        headers.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        Key { container, user, changes: changes.get(&container).copied().unwrap_or(0), url, headers }
    }

    /// What is kept of it and not too old, with its age.
    pub(super) fn find(&self, key: &Key, seconds: u32, now: Time) -> Option<(Arc<Kept>, Duration)> {
        let kept = self.shelf.get(key)?;
        let age = now.since(kept.at);
        // A clock that was set back tells no age.
        (now >= kept.at && age < Duration::from_secs(seconds.into())).then_some((kept, age))
    }

    /// Something was changed through this container.
    pub(super) fn changed(&self, container: ContainerId) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        *changes.entry(container).or_default() += 1;
    }

    fn keep(&self, key: Key, kept: Kept) {
        self.shelf.insert(key, Arc::new(kept));
    }
}

/// What a request's method and head allow.
pub(super) fn may_use(method: &Method, headers: &HeaderMap) -> Use {
    let conditional = headers.keys().any(|name| name.as_str().starts_with("if-"));
    if *method != Method::GET || headers.contains_key(RANGE) || conditional {
        return Use::Neither;
    }
    let said = headers.get_all(CACHE_CONTROL).into_iter().filter_map(|value| value.to_str().ok());
    let said: Vec<String> =
        said.flat_map(|value| value.split(',')).map(|it| it.trim().to_ascii_lowercase()).collect();
    if said.iter().any(|it| it == "no-store") {
        Use::Neither
    } else if said.iter().any(|it| it == "no-cache" || it == "max-age=0") {
        Use::KeepOnly
    } else {
        Use::Both
    }
}

/// Whether the head of an answer lets it be kept; what it says of caching is not asked, since the
/// container's operator chose.
pub(super) fn may_keep(status: StatusCode, headers: &HeaderMap) -> bool {
    let varies = headers.get_all(VARY).into_iter().filter_map(|value| value.to_str().ok());
    let mut varies = varies.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
    // Every other header of the request is part of the key.
    let apart = |name: String| name != "*" && !OF_NO_MEANING.contains(&name.as_str());
    status == StatusCode::OK && length(headers).is_none_or(|length| length <= LARGEST) && varies.all(apart)
}

/// The same body, kept once it came whole and is not too large.
pub(super) fn keeping(cache: Arc<Cache>, key: Key, headers: HeaderMap, at: Time, body: Flow) -> Flow {
    // Whoever sends a body on stops asking at its last byte, where its length is known.
    let whole = length(&headers);
    let mut kept = Keeping { cache, at, whole, copy: Some((key, headers, BytesMut::new())) };
    kept.finish_if(whole == Some(0));
    stream::unfold((body, kept), |(mut body, mut kept)| async move {
        let next = body.next().await;
        match &next {
            Some(Ok(chunk)) => kept.add(chunk),
            Some(Err(_)) => kept.copy = None,
            None => kept.finish_if(kept.whole.is_none()),
        }
        Some((next?, (body, kept)))
    })
    .boxed()
}

struct Keeping {
    cache: Arc<Cache>,
    at: Time,
    whole: Option<usize>,
    copy: Option<(Key, HeaderMap, BytesMut)>,
}

impl Keeping {
    fn add(&mut self, chunk: &Bytes) {
        let Some((_, _, copy)) = &mut self.copy else { return };
        if copy.len() + chunk.len() > LARGEST {
            self.copy = None;
            return;
        }
        copy.extend_from_slice(chunk);
        let length = copy.len();
        self.finish_if(self.whole == Some(length));
    }

    fn finish_if(&mut self, complete: bool) {
        if complete && let Some((key, headers, copy)) = self.copy.take() {
            self.cache.keep(key, Kept { headers, body: copy.freeze(), at: self.at });
        }
    }
}

fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}
