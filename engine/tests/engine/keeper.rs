//! Chains kept at a real provider over real HTTP, on every store; clocks are moved by hand.

mod faults;
mod grants;
mod keeping;
mod killed;
mod lending;
mod spending;
