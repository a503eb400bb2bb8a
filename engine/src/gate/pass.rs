use std::time::Duration;

use chain::{ContainerId, Time};
use futures::StreamExt;
use reqwest::header::{AGE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};

use super::cache::{self, Key, Use};
use super::path::Target;
use super::told::Told;
use super::traffic::{Held, Permit, Visit};
use super::upstream::{Flow, SendError, Sent, flow};
use super::{Answer, Asked, GateError, PassError, Passed, headers};
use crate::consumer::{Consumer, Place};
use crate::engine::Engine;
use crate::figures::{Figure, GateAnswer};
use crate::lend::{LendError, Lent};
use crate::provider::Limits;
use crate::store::reach::Found;
use crate::store::{chains, containers, registrations};

/// What a token must have left, so that it holds until the provider reads it.
const MINIMUM: Duration = Duration::from_secs(10);
/// How long a request waits for a token that is being renewed.
const WAIT: Duration = Duration::from_secs(30);
/// The longest that a program is told to wait for another token.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

const X_CACHE: HeaderName = HeaderName::from_static("x-cache");

/// What of a request goes along with every try to send it.
struct Errand<'a> {
    place: &'a Place,
    limits: Limits,
    visit: Visit,
    method: Method,
    target: Target,
    headers: HeaderMap,
}

impl Consumer {
    /// Passes a request on to the API of the container's provider, where the key reaches it.
    ///
    /// A request without a body is sent once more with a renewed token where the provider refused the
    /// first one. What the provider answers otherwise is the answer, whatever its status.
    ///
    /// # Errors
    /// See [`PassError`].
    pub async fn pass(&self, database: &str, alias: &str, asked: Asked) -> Result<Answer, PassError> {
        let place = self.reach(database, alias).await?;
        Ok(self.engine.pass_at(&place, asked).await?)
    }
}

impl Engine {
    /// The same for whoever may reach every container.
    ///
    /// # Errors
    /// See [`GateError`].
    pub async fn pass(&self, container: ContainerId, asked: Asked) -> Result<Answer, GateError> {
        let db = &self.inner.db;
        let row = containers::find(db, container).await?.ok_or(LendError::NotFound)?;
        let registration = registrations::find(db, row.registration).await?.ok_or(LendError::NotFound)?;
        let chain = match row.chain {
            Some(chain) => chains::find(db, chain).await?,
            None => None,
        };
        let place = Place::of(Found { container: row, registration, chain }, self.now());
        self.pass_at(&place, asked).await
    }

    async fn pass_at(&self, place: &Place, asked: Asked) -> Result<Answer, GateError> {
        let stopwatch = self.inner.clock.stopwatch();
        let passed = self.answer(place, asked).await;
        let figure = Figure::Gate(GateAnswer::of(&passed));
        self.count_timed(place.container.organisation, figure, stopwatch.elapsed());
        passed.map(|passed| passed.answer)
    }

    async fn answer(&self, place: &Place, asked: Asked) -> Result<Passed, GateError> {
        if matches!(asked.method, Method::TRACE | Method::CONNECT) {
            return Err(GateError::Method);
        }
        let (container, registration) = (&place.container, &place.registration);
        // What is not understood says why when it is read anew.
        let read = if place.profile.is_none() { Some(registration.profile()?) } else { None };
        let Some(profile) = place.profile.as_ref().or(read.as_ref()) else {
            return Err(LendError::NotFound.into());
        };
        let target = Target::of(profile, &asked.path, asked.query.as_deref())?;
        let user = &user_of(place.chain.as_deref().ok_or(LendError::Unlinked)?);
        let headers = headers::onward(&asked.headers);
        let uses = match container.cache_seconds {
            0 => Use::Neither,
            _ => cache::may_use(&asked.method, &asked.headers),
        };
        let cache = &self.inner.cache;
        let key = (uses != Use::Neither)
            .then(|| cache.key(container.id, user.to_owned(), target.url.clone(), &headers));
        if let (Some(key), Use::Both) = (&key, uses)
            && let Some((kept, age)) = cache.find(key, container.cache_seconds, self.now())
        {
            return Ok(Passed { answer: from_kept(&kept, age), kept: true });
        }
        let errand = Errand {
            place,
            limits: profile.limits(),
            visit: Visit::of(profile, registration, user, &target),
            method: asked.method,
            target,
            headers,
        };
        let at = self.now();
        let answer = self.fetch_answer(&errand, asked.body).await?;
        if !errand.method.is_safe() && !answer.status().is_client_error() {
            cache.changed(container.id);
        }
        Ok(Passed { answer: self.hand_back(answer, key, at), kept: false })
    }

    /// Sends it, and once more with another token where that can be done and may help.
    async fn fetch_answer(&self, errand: &Errand<'_>, body: Option<Flow>) -> Result<Response, GateError> {
        let Place { container, chain, .. } = errand.place;
        let lent = self.lend_from(container, chain.as_ref(), MINIMUM, WAIT).await?;
        let repeatable = body.is_none();
        let answer = self.send_once(errand, &lent, body).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        drop(answer);
        let now = self.now();
        let left = lent.until.since(now);
        let refused =
            GateError::TokenRefused { retry_after: left.clamp(Duration::from_secs(5), LONGEST_WAIT) };
        // More than it has left: it is renewed if the provider allows that now.
        let wait = if repeatable { WAIT } else { Duration::ZERO };
        let newer = self.lend(container.id, left + Duration::from_secs(1), wait).await?;
        if !repeatable || newer.access_token.expose() == lent.access_token.expose() {
            return Err(refused);
        }
        let answer = self.send_once(errand, &newer, None).await?;
        if answer.status() == StatusCode::UNAUTHORIZED { Err(refused) } else { Ok(answer) }
    }

    async fn send_once(
        &self,
        errand: &Errand<'_>,
        lent: &Lent,
        body: Option<Flow>,
    ) -> Result<Response, GateError> {
        let permit: Result<Permit, Held> = self.admit(&errand.limits, &errand.visit).await?;
        let permit = permit
            .map_err(|held| GateError::Held { by: held.by, retry_after: wait(held.until, self.now()) })?;
        let sent = Sent {
            method: errand.method.clone(),
            url: errand.target.url.clone(),
            headers: errand.headers.clone(),
            token: &lent.access_token,
            body,
        };
        let answer =
            self.inner.upstream.send(sent, &self.inner.clock).await.map_err(|error| match error {
                SendError::Slow => GateError::Slow,
                SendError::Unreachable(error) => GateError::Unreachable(error),
            })?;
        self.came_back(permit, answer.status(), answer.headers()).await;
        Ok(answer)
    }

    fn hand_back(&self, answer: Response, key: Option<Key>, at: Time) -> Answer {
        let status = answer.status();
        let mut headers = headers::back(answer.headers());
        if status == StatusCode::TOO_MANY_REQUESTS && !headers.contains_key(RETRY_AFTER) {
            let reset = [Told::of_minute(&headers), Told::of_day(&headers)];
            let reset = reset.into_iter().flatten().find(|told| told.remaining == 0).map(|told| told.reset);
            let wait = reset.map_or(Duration::from_secs(60), |reset| wait(reset, self.now()));
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().clamp(1, 86_400)));
        }
        let body = flow(answer, self.inner.clock.clone(), self.inner.stop.clone());
        let Some(key) = key else { return Answer { status, headers, body } };
        let body = if cache::may_keep(status, &headers) {
            cache::keeping(self.inner.cache.clone(), key, headers.clone(), at, body)
        } else {
            body
        };
        headers.insert(X_CACHE, HeaderValue::from_static("miss"));
        Answer { status, headers, body }
    }
}

/// Whose answers they are: the user, or the chain as long as nobody knows its user.
fn user_of(row: &chains::Row) -> String {
    row.upstream_user.as_ref().map_or_else(|| row.chain.id.to_string(), |user| user.id.clone())
}

fn from_kept(kept: &cache::Kept, age: Duration) -> Answer {
    let mut headers = kept.headers.clone();
    headers.insert(AGE, HeaderValue::from(age.as_secs()));
    headers.insert(X_CACHE, HeaderValue::from_static("hit"));
    let body = kept.body.clone();
    Answer { status: StatusCode::OK, headers, body: futures::stream::once(async { Ok(body) }).boxed() }
}

fn wait(until: Time, now: Time) -> Duration {
    until.since(now).max(Duration::from_secs(1))
}
