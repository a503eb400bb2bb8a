//! `POST /api/oauth2/token`: reads the call, meets the faults, sends the answer.

mod answer;
mod rules;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use crate::door::hang_up;
use crate::faults::Fault;
use crate::world::Shared;
use answer::Answer;
use rules::{Call, Credentials};

const LARGEST_BODY: usize = 64 * 1024;

/// Answers a token call.
pub(crate) async fn token(State(shared): State<Shared>, request: Request) -> Response {
    let fault = {
        let mut guard = shared.lock();
        let world = &mut *guard;
        let fault = world.faults.next(&world.options);
        world.counts.faults += u64::from(fault.is_some());
        fault
    };
    match fault {
        Some(Fault::Refuse) => return hang_up(),
        Some(Fault::Outage) => return gateway_outage(StatusCode::SERVICE_UNAVAILABLE),
        Some(Fault::Outage404) => return gateway_outage(StatusCode::NOT_FOUND),
        Some(
            Fault::AnswerLost
            | Fault::Delayed(_)
            | Fault::Gateway500
            | Fault::Html
            | Fault::Empty
            | Fault::InvalidClient
            | Fault::TooEarly
            | Fault::Truncated,
        )
        | None => {}
    }

    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return Answer::invalid_request("The body could not be read.").into_response();
    };
    let (answer, delay) = {
        let mut world = shared.lock();
        world.counts.token_calls += 1;
        let answer = match fault {
            Some(Fault::InvalidClient) => {
                world.counts.refused += 1;
                Answer::invalid_client()
            }
            Some(Fault::TooEarly) => {
                world.counts.too_early += 1;
                Answer::too_early(60)
            }
            Some(
                Fault::AnswerLost
                | Fault::Delayed(_)
                | Fault::Gateway500
                | Fault::Outage
                | Fault::Outage404
                | Fault::Html
                | Fault::Empty
                | Fault::Refuse
                | Fault::Truncated,
            )
            | None => rules::answer(&mut world, &read(&parts.headers, &body)),
        };
        (answer, world.options.token_delay)
    };
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    spoil(answer, fault).await
}

/// What a fault makes of an answer that was given already.
async fn spoil(answer: Answer, fault: Option<Fault>) -> Response {
    match fault {
        Some(Fault::AnswerLost | Fault::Refuse) => hang_up(),
        Some(Fault::Delayed(late)) => {
            // Real time: the deadline it is to miss is the caller's.
            tokio::time::sleep(late).await;
            answer.into_response()
        }
        Some(Fault::Gateway500) => gateway_fault(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Failed to execute the ExtractVariables: ExtractAccessToken",
            "steps.extractvariables.ExecutionFailed",
        ),
        Some(Fault::Html) => (
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            "<!DOCTYPE html><html><head><title>Exact Online</title></head>\
             <body><h1>Exact Online</h1><p>One moment, please.</p></body></html>",
        )
            .into_response(),
        Some(Fault::Empty) => StatusCode::OK.into_response(),
        Some(Fault::Truncated) => {
            let mut response = answer.into_response();
            let half = response.status();
            let text = answer_text(&mut response).await;
            let cut = text.len() / 2;
            (half, [(header::CONTENT_TYPE, "application/json")], text[..cut].to_vec()).into_response()
        }
        Some(Fault::Outage | Fault::Outage404 | Fault::InvalidClient | Fault::TooEarly) | None => {
            answer.into_response()
        }
    }
}

async fn answer_text(response: &mut Response) -> Vec<u8> {
    let body = std::mem::replace(response.body_mut(), Body::empty());
    to_bytes(body, LARGEST_BODY).await.map(Vec::from).unwrap_or_default()
}

fn gateway_outage(status: StatusCode) -> Response {
    gateway_fault(
        status,
        "Unable to identify proxy for host: default and url: /api/oauth2/token",
        "messaging.adaptors.http.flow.ApplicationNotFound",
    )
}

fn gateway_fault(status: StatusCode, text: &str, code: &str) -> Response {
    let body = serde_json::json!({
        "fault": { "faultstring": text, "detail": { "errorcode": code } }
    });
    (status, axum::Json(body)).into_response()
}

/// Reads the form and the credentials, from the body or from Basic.
fn read(headers: &HeaderMap, body: &[u8]) -> Option<Call> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let form: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
    let credentials = from_form(&form).or_else(|| from_basic(headers));
    Some(Call { form, credentials })
}

fn from_form(form: &[(String, String)]) -> Option<Credentials> {
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    Some(Credentials { id: field("client_id")?.clone(), secrets: vec![field("client_secret")?.clone()] })
}

/// RFC 6749 §2.3.1 form-encodes both halves, many clients do not: both spellings are good.
fn from_basic(headers: &HeaderMap) -> Option<Credentials> {
    let written = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = written.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some(Credentials { id: form_decoded(id), secrets: vec![secret.to_owned(), form_decoded(secret)] })
}

fn form_decoded(text: &str) -> String {
    let pair = format!("value={text}");
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
