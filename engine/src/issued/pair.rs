use chain::Time;

use super::lifetimes::Lifetimes;
use super::{Issued, Scope, text};
use crate::random;
use crate::store::issued_tokens::{Row, TokenKind};
use crate::store::token_families;

/// A pair of tokens as it is handed out, and as it is kept.
pub(super) struct Pair {
    pub issued: Issued,
    pub access: Row,
    pub refresh: Row,
}

/// Draws a pair of a family; its access token may be for less than the family.
pub(super) fn draw(
    family: &token_families::Row,
    narrowed: Option<&Scope>,
    lifetimes: Lifetimes,
    now: Time,
) -> Pair {
    let (access_token, refresh_token) = (text::fresh_access(), text::fresh_refresh());
    let access_until = (now + lifetimes.access).min(family.expires_at);
    let refresh_until = (now + lifetimes.refresh).min(family.expires_at);
    let row = |kind, token: &str, expires_at| Row {
        hash: random::digest(token),
        family: family.id,
        kind,
        databases: None,
        issued_at: now,
        expires_at,
        superseded_at: None,
        successor: None,
        revoked_at: None,
    };
    let access = row(TokenKind::Access, access_token.expose(), access_until);
    Pair {
        access: Row { databases: narrowed.map(Scope::text), ..access },
        refresh: row(TokenKind::Refresh, refresh_token.expose(), refresh_until),
        issued: Issued {
            access_token,
            access_until,
            refresh_token,
            refresh_until,
            at: now,
            scope: narrowed.cloned().or_else(|| family.databases.as_deref().map(Scope::stored)),
        },
    }
}
