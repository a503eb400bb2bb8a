//! People and programs are told what becomes of chains: at a real receiver, on every store.

mod delivering;
mod events;
mod killed;
mod mailing;
mod post_office;
mod reach;
mod receiver;
mod secured;
mod targets;
