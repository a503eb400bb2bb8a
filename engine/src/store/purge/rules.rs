//! The criteria.

use std::time::Duration;

use chain::Time;

use super::{Criterion, Rule, What};
use crate::guard::one_time;

/// How long a key that expired or was revoked is remembered: until then its program hears why.
const REMEMBERED: Duration = days(30);
/// How long an answer that nobody could read outlives its time: a missing key may come back.
const UNREAD: Duration = days(30);
/// How long a grant that came back is left to whoever exchanges its code.
const EXCHANGE: Duration = Duration::from_secs(900);
/// A chain that no container points at is kept this long: a grant may still be under way.
const LONELY: Duration = Duration::from_secs(3_600);
/// How long sums of an hour are kept.
const FIGURES: Duration = days(400);
/// Periods of one-time codes are remembered this long, whatever a clock that is set back says.
const PERIODS: Duration = days(1);

const fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}

fn now(now: Time) -> i64 {
    now.millis()
}

const fn rule(what: What, criterion: Criterion, table: &'static str, condition: &'static str) -> Rule {
    Rule { what, criterion, table, key: "id", condition, moment: now, tokens: false }
}

const fn token(what: What, criterion: Criterion, condition: &'static str) -> Rule {
    Rule { key: "hash", tokens: true, ..rule(what, criterion, "issued_tokens", condition) }
}

/// Tokens of a kind that would live on, but whose family was ended or whose program's key was revoked.
/// `CROSS JOIN` makes SQLite begin with the few programs instead of the many families.
macro_rules! of_ended {
    ($kind:literal) => {
        concat!(
            "kind = '",
            $kind,
            "' AND expires_at > $1 AND family_id IN (
                SELECT id FROM token_families WHERE expires_at <= $1 UNION ALL
                SELECT family.id FROM consumers CROSS JOIN token_families family
                    WHERE consumers.revoked_at IS NOT NULL AND family.consumer_id = consumers.id)"
        )
    };
}

/// Every criterion; what belongs to something else goes before it, so that nothing goes uncounted.
pub const RULES: &[Rule] = &[
    // Links come first, since they work elsewhere, and the purge may rest for long among many tokens.
    rule(What::UpstreamLink, Criterion::Superseded, "links", "standing = 'superseded' AND expires_at <= $1"),
    rule(What::UpstreamLink, Criterion::Expired, "links", "standing = 'beside' AND expires_at <= $1"),
    // The newest link goes once its chain needs another one anyhow, and lends nothing of it.
    rule(
        What::UpstreamLink,
        Criterion::Orphaned,
        "links",
        "standing = 'current' AND expires_at <= $1 AND EXISTS (SELECT 1 FROM chains
            WHERE chains.id = links.chain_id AND chains.state = 'broken' AND chains.access_until <= $1)",
    ),
    token(
        What::AccessToken,
        Criterion::Expired,
        "kind = 'access_token' AND expires_at <= $1 AND revoked_at IS NULL AND superseded_at IS NULL",
    ),
    token(
        What::RefreshToken,
        Criterion::Expired,
        "kind = 'refresh_token' AND expires_at <= $1 AND revoked_at IS NULL AND superseded_at IS NULL",
    ),
    // A superseded token ends when nobody has to notice its second use any more.
    token(
        What::RefreshToken,
        Criterion::Superseded,
        "kind = 'refresh_token' AND expires_at <= $1 AND revoked_at IS NULL AND superseded_at IS NOT NULL",
    ),
    token(
        What::AccessToken,
        Criterion::Revoked,
        "kind = 'access_token' AND expires_at <= $1 AND revoked_at IS NOT NULL",
    ),
    token(
        What::RefreshToken,
        Criterion::Revoked,
        "kind = 'refresh_token' AND expires_at <= $1 AND revoked_at IS NOT NULL",
    ),
    token(What::AccessToken, Criterion::Revoked, of_ended!("access_token")),
    token(What::RefreshToken, Criterion::Revoked, of_ended!("refresh_token")),
    // Nearly all go with the last of their tokens.
    rule(
        What::TokenFamily,
        Criterion::Orphaned,
        "token_families",
        "expires_at <= $1 AND NOT EXISTS (SELECT 1 FROM issued_tokens
            WHERE issued_tokens.family_id = token_families.id)",
    ),
    rule(What::Session, Criterion::Expired, "sessions", "expires_at <= $1"),
    // A code that came back is exchanged first.
    rule(
        What::OneTimeState,
        Criterion::Expired,
        "grants",
        "expires_at <= $1 AND (used_at IS NULL OR outcome IS NOT NULL)",
    ),
    Rule {
        moment: |now| (now - EXCHANGE).millis(),
        ..rule(
            What::OneTimeState,
            Criterion::Orphaned,
            "grants",
            "used_at <= $1 AND expires_at <= $1 AND outcome IS NULL",
        )
    },
    rule(What::Answer, Criterion::Expired, "answers", "expires_at <= $1 AND read_at IS NOT NULL"),
    Rule {
        moment: |now| (now - UNREAD).millis(),
        ..rule(What::Answer, Criterion::Orphaned, "answers", "expires_at <= $1 AND read_at IS NULL")
    },
    Rule { key: "hash", ..rule(What::SetupLink, Criterion::Expired, "setup_links", "expires_at <= $1") },
    rule(What::RecoveryRun, Criterion::Expired, "recovery_runs", "expires_at <= $1"),
    rule(What::Round, Criterion::Expired, "rounds", "expires_at <= $1"),
    Rule {
        key: "subject, span, starts_at",
        ..rule(What::Traffic, Criterion::Expired, "traffic", "expires_at <= $1")
    },
    Rule {
        key: "account",
        moment: |now| one_time::period(now - PERIODS),
        ..rule(What::OneTimePeriod, Criterion::Expired, "one_time_periods", "period < $1")
    },
    rule(What::Alert, Criterion::Expired, "alerts", "expires_at <= $1"),
    Rule {
        key: "organisation_id, hour, figure, code",
        moment: |now| (now - FIGURES).millis(),
        ..rule(What::Figure, Criterion::Expired, "hours", "hour < $1")
    },
    Rule {
        moment: |now| (now - REMEMBERED).millis(),
        ..rule(What::ConsumerKey, Criterion::Revoked, "consumers", "revoked_at <= $1")
    },
    Rule {
        moment: |now| (now - REMEMBERED).millis(),
        ..rule(
            What::ConsumerKey,
            Criterion::Expired,
            "consumers",
            "expires_at <= $1 AND (revoked_at IS NULL OR revoked_at > $1)",
        )
    },
    Rule {
        moment: |now| (now - LONELY).millis(),
        ..rule(
            What::Chain,
            Criterion::Orphaned,
            "chains",
            "created_at <= $1 AND NOT EXISTS (SELECT 1 FROM containers
                WHERE containers.chain_id = chains.id OR containers.pending_chain_id = chains.id)",
        )
    },
];
