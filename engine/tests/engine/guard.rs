//! What is secret stays so: sealed, bound to its place, and not to be printed.

mod credential;
mod keyring;
mod keys;
mod one_time;
mod seal;
mod secret;
