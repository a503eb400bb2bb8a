//! Chains that break and heal by themselves, at a real provider's pages, on every store.

mod faults;
mod guards;
mod healing;
mod killed;
mod late;
pub mod scene;
mod tests_of_credentials;
