//! The tables as sea-orm sees them; `migrations` makes them.

pub(crate) mod alert_deliveries;
pub(crate) mod alert_targets;
pub(crate) mod alerts;
pub(crate) mod answers;
pub(crate) mod chains;
pub(crate) mod consumer_databases;
pub(crate) mod consumers;
pub(crate) mod containers;
pub(crate) mod credentials;
pub(crate) mod databases;
pub(crate) mod grants;
pub(crate) mod hours;
pub(crate) mod journal;
pub(crate) mod journal_heads;
pub(crate) mod links;
pub(crate) mod operators;
pub(crate) mod organisation_keys;
pub(crate) mod organisations;
pub(crate) mod policies;
pub(crate) mod recovery_runs;
pub(crate) mod registrations;
pub(crate) mod round_stops;
pub(crate) mod rounds;
pub(crate) mod sessions;
pub(crate) mod setup_links;
