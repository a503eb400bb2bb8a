//! Messages to take along: `/monitoring/messages.csv` and `.json`, with the filter of the page.

use app::Language;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::Operator;
use engine::store::StoreError;
use engine::view::{Cursor, MessageFilter, MessageView};
use futures::{Stream, StreamExt};
use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;
use tower_sessions::Session;

use crate::state::Shared;

/// Messages that are read at once.
const PIECE: u64 = 500;

/// In which form messages are taken along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Csv,
    Json,
}

/// Why an export broke off.
#[derive(Debug, Error)]
enum ExportError {
    #[error("the messages could not be read")]
    Store(#[from] StoreError),
    #[error("a line could not be written")]
    Csv(#[from] csv::Error),
    #[error("a message could not be written")]
    Json(#[from] serde_json::Error),
}

/// One message, as it is taken along.
#[derive(Serialize)]
struct Line<'a> {
    at: String,
    action: &'a str,
    code: &'a str,
    text: String,
    containers: String,
    actor: &'a str,
    from_address: &'a str,
    generation: Option<u32>,
    detail: &'a str,
}

/// Streams every message that matches, the newest first.
pub async fn messages(
    State(shared): State<Shared>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    session: Session,
) -> Response {
    let kind = match file.as_str() {
        "messages.csv" => Kind::Csv,
        "messages.json" => Kind::Json,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let operator = match app::session::signed_in(&session, &shared.engine).await {
        Ok(Some(operator)) => operator,
        Ok(None) => return (StatusCode::UNAUTHORIZED, "sign in first\n").into_response(),
        Err(error) => {
            tracing::error!(error = engine::report(&error), "a session could not be read");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let filter = MessageFilter { before: None, ..app::read_filter(query.as_deref().unwrap_or_default()) };
    let language = Language::of(&headers);
    let media = match kind {
        Kind::Csv => "text/csv; charset=utf-8",
        Kind::Json => "application/json",
    };
    let saved = format!("attachment; filename=\"evergrant-{file}\"");
    let headers = [(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, saved)];
    (headers, Body::from_stream(pieces(operator, filter, kind, language))).into_response()
}

/// Where an export is.
enum At {
    /// Nothing is read yet.
    Start,
    /// Everything before this one is written.
    After(Cursor),
    /// Everything is written.
    End,
}

fn pieces(
    operator: Operator,
    filter: MessageFilter,
    kind: Kind,
    language: Language,
) -> impl Stream<Item = Result<Vec<u8>, ExportError>> {
    futures::stream::unfold(At::Start, move |at| {
        let (operator, filter) = (operator.clone(), filter.clone());
        async move {
            let (first, before) = match at {
                At::Start => (true, None),
                At::After(cursor) => (false, Some(cursor)),
                At::End => return None,
            };
            let filter = MessageFilter { before, ..filter };
            let messages = match operator.message_lines(&filter, PIECE).await {
                Ok(messages) => messages,
                Err(error) => {
                    tracing::error!(error = engine::report(&error), "an export broke off");
                    return Some((Err(error.into()), At::End));
                }
            };
            let full = u64::try_from(messages.len()).is_ok_and(|count| count == PIECE);
            let next = messages.last().filter(|_| full).map(|last| Cursor { at: last.at, id: last.id });
            let written = match kind {
                Kind::Csv => csv_piece(&messages, first, language),
                Kind::Json => json_piece(&messages, first, next.is_none(), language),
            };
            Some((written, next.map_or(At::End, At::After)))
        }
    })
    // Compression asks once more after the end.
    .fuse()
}

fn csv_piece(messages: &[MessageView], first: bool, language: Language) -> Result<Vec<u8>, ExportError> {
    let mut lines = csv::WriterBuilder::new().has_headers(first).from_writer(Vec::new());
    if first && messages.is_empty() {
        lines.write_record(COLUMNS)?;
    }
    for message in messages {
        let line = line(message, language);
        // The actor and the detail hold what people typed.
        let (actor, detail, containers) =
            (harmless(line.actor), harmless(line.detail), harmless(&line.containers));
        lines.serialize(Line { actor: &actor, detail: &detail, containers, ..line })?;
    }
    lines.into_inner().map_err(|error| csv::Error::from(error.into_error()).into())
}

const COLUMNS: [&str; 9] =
    ["at", "action", "code", "text", "containers", "actor", "from_address", "generation", "detail"];

fn json_piece(
    messages: &[MessageView],
    first: bool,
    last: bool,
    language: Language,
) -> Result<Vec<u8>, ExportError> {
    let mut piece = Vec::new();
    if first {
        piece.push(b'[');
    }
    for (index, message) in messages.iter().enumerate() {
        piece.extend_from_slice(if first && index == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut piece, &line(message, language))?;
    }
    if last {
        piece.extend_from_slice(b"\n]\n");
    }
    Ok(piece)
}

fn line(message: &MessageView, language: Language) -> Line<'_> {
    let code = message.code.as_deref().unwrap_or_default();
    let places = message.places.iter().map(|place| format!("{}/{}", place.database_slug, place.alias));
    Line {
        at: Timestamp::from_millisecond(message.at.millis()).map(|at| at.to_string()).unwrap_or_default(),
        action: &message.action,
        text: app::code_title(language, code).unwrap_or_default(),
        code,
        containers: places.collect::<Vec<_>>().join(" "),
        actor: &message.actor,
        from_address: message.from_address.as_deref().unwrap_or_default(),
        generation: message.generation,
        detail: message.detail.as_deref().unwrap_or_default(),
    }
}

/// A text that a spreadsheet does not take for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(actor: &str) -> MessageView {
        MessageView {
            id: 1,
            at: app::read_filter("since=2026-11-22").since.expect("it is a day"),
            actor: actor.to_owned(),
            from_address: None,
            action: "refused".to_owned(),
            code: Some("itgenoda494".to_owned()),
            places: Vec::new(),
            generation: Some(3),
            detail: Some("a, \"b\"".to_owned()),
            closed: None,
        }
    }

    #[test]
    fn a_line_is_quoted_and_never_a_formula() {
        let written =
            csv_piece(&[message("=cmd|' /C calc'!A0")], true, Language::English).expect("it can be written");
        let written = String::from_utf8(written).expect("it can be written");
        assert!(written.starts_with(&format!("{}\n", COLUMNS.join(","))), "{written}");
        assert!(written.contains(",'=cmd|"), "{written}");
        assert!(written.contains("2026-11-22T00:00:00Z,refused,itgenoda494,"), "{written}");
        assert!(written.ends_with(",3,\"a, \"\"b\"\"\"\n"), "{written}");
        let empty = csv_piece(&[], true, Language::English).expect("it can be written");
        assert_eq!(empty, format!("{}\n", COLUMNS.join(",")).into_bytes());
    }

    #[test]
    fn pieces_of_json_are_one_list() {
        let (one, other) = ([message("system")], [message("operator:x")]);
        let mut all = json_piece(&one, true, false, Language::Dutch).expect("it can be written");
        all.extend(json_piece(&other, false, true, Language::Dutch).expect("it can be written"));
        let read: serde_json::Value = serde_json::from_slice(&all).expect("it can be written");
        assert_eq!(read[0]["code"], "itgenoda494");
        assert_eq!(
            (read.as_array().expect("it can be written").len(), &read[1]["actor"]),
            (2, &"operator:x".into())
        );
        let none = json_piece(&[], true, true, Language::Dutch).expect("it can be written");
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&none).expect("it can be written"),
            serde_json::json!([])
        );
    }
}
