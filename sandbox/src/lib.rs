//! A stand-in for Exact Online: sign-in, consent, token rules, a small REST API and faults
//! on demand, over real HTTP and with a clock that can be moved.
//!
//! It shares no code with the programs that it tests, so that no mistake is shared either.

mod chains;
mod clients;
mod clock;
mod codes;
mod counts;
mod door;
mod faults;
mod options;
mod random;
mod routes;
mod sandbox;
mod tokens;
mod users;
mod world;

pub use chains::Issued;
pub use clients::Client;
pub use clock::Clock;
pub use counts::Counts;
pub use faults::Fault;
pub use options::Options;
pub use sandbox::Sandbox;
pub use users::User;
