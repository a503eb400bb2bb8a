//! The newest message, for all islands of a page.

use super::{ContainerNow, Repairs};
use leptos::prelude::*;

/// What an island reads: in the browser the shared store, on the server nothing yet.
#[derive(Clone)]
pub struct Store {
    /// The server's clock; it stands still while the page is hidden.
    pub now: ArcRwSignal<i64>,
    /// The newest count of repairs.
    pub repairs: ArcRwSignal<Option<Repairs>>,
    /// The newest state of the containers.
    pub containers: ArcRwSignal<Vec<ContainerNow>>,
    /// The newest message of the journal.
    pub newest: ArcRwSignal<Option<String>>,
}

impl Store {
    fn starting_at(now: i64) -> Self {
        Self {
            now: ArcRwSignal::new(now),
            repairs: ArcRwSignal::new(None),
            containers: ArcRwSignal::new(Vec::new()),
            newest: ArcRwSignal::new(None),
        }
    }

    /// The newest news of one container, as `pick` sees it.
    pub fn container<T>(&self, id: &str, pick: impl FnOnce(&ContainerNow) -> T) -> Option<T> {
        self.containers.with(|all| all.iter().find(|one| one.id == id).map(pick))
    }
}

/// The store of this page; `now` is the moment at which the page was rendered.
#[cfg(not(feature = "hydrate"))]
pub fn store(now: i64) -> Store {
    Store::starting_at(now)
}

/// The store of this page; `now` is the moment at which the page was rendered.
#[cfg(feature = "hydrate")]
pub fn store(now: i64) -> Store {
    thread_local! {
        static STORE: std::cell::OnceCell<Store> = const { std::cell::OnceCell::new() };
    }
    STORE.with(|store| store.get_or_init(|| Store::starting_at(now)).clone())
}
