//! A stand-in for Exact Online: sign-in, consent, token rules, a small REST API and faults
//! on demand, over real HTTP and with a clock that can be moved.
//!
//! People sign in at the pages of one of two generations: WebForms on the first origin, or One
//! Exact Identity on a second one. One-time codes follow the sandbox's clock: a program with a
//! clock of its own has to move that one as far. Every request of a sign-in can meet a fault, for
//! one user or for all, and what was sent for each user name is counted.
//!
//! It shares no code with the programs that it tests, so that no mistake is shared either.

mod api;
mod browsers;
mod chains;
mod clients;
mod clock;
mod codes;
mod companies;
mod counts;
pub mod demo;
mod door;
mod faults;
mod generation;
mod identity;
mod limits;
mod options;
mod origins;
mod pages;
mod proofs;
mod random;
mod routes;
mod sandbox;
mod sign_in_faults;
mod sign_ins;
mod steering;
mod tokens;
mod users;
mod world;

pub use chains::Issued;
pub use clients::Client;
pub use clock::Clock;
pub use companies::Company;
pub use counts::Counts;
pub use faults::Fault;
pub use generation::{Cut, Generation, IdentityPages};
pub use options::Options;
pub use sandbox::Sandbox;
pub use sign_in_faults::{SignInFault, SignInStep};
pub use sign_ins::SignIns;
pub use users::User;
