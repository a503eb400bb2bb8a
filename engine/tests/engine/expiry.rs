//! Nothing lives for ever: policies, whom they reach, and what goes when, on every store.

mod policies;
mod purge;
mod reach;
mod scene;
mod space;
