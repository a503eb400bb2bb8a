//! The gate to the data: its pure decisions, and requests through it to a real provider on every store.

mod upstream;
mod world;

mod allowances;
mod caching;
mod counts;
mod hang_ups;
mod headers;
mod limits;
mod passing;
mod paths;
mod tokens;
