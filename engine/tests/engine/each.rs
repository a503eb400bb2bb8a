//! A fresh, migrated database on every store there is, and rows to begin with.

use chain::{Chain, ChainId, ContainerId, DatabaseId, OrganisationId, RegistrationId, Time};
use engine::clock::{Clock, Hand};
use engine::store::{self, Store, chains, containers, databases, organisations, registrations};

use crate::stores::{open_store, stores};

pub const START: Time = Time::from_millis(1_800_000_000_000);

/// A store with one organisation that has one app registration.
pub struct Shelf {
    pub db: Store,
    pub clock: Clock,
    pub hand: Hand,
    pub organisation: OrganisationId,
    pub registration: RegistrationId,
}

/// Runs a check once on every store there is.
pub async fn for_each_store(check: impl AsyncFn(Shelf)) {
    for store in stores() {
        let folder = tempfile::tempdir().unwrap();
        let url = store.open(folder.path()).await;
        store::migrate::<migrations::Migrator>(&url).await.unwrap();
        check(Shelf::new(&url).await).await;
    }
}

impl Shelf {
    async fn new(url: &str) -> Self {
        let db = open_store(url).await;
        store::check(&db).await.unwrap();
        let (clock, hand) = Clock::manual(START);
        let organisation = OrganisationId(store::new_id(&clock));
        let row = organisations::Row { id: organisation, name: "Acme".to_owned(), created_at: START };
        organisations::insert(&db, &row).await.unwrap();
        let registration = RegistrationId(store::new_id(&clock));
        let shelf = Self { db, clock, hand, organisation, registration };
        let row = shelf.registration("exact");
        registrations::insert(&shelf.db, &registrations::Row { id: registration, ..row }).await.unwrap();
        shelf
    }

    pub fn id(&self) -> u128 {
        store::new_id(&self.clock)
    }

    /// An app registration that is not stored yet.
    pub fn registration(&self, slug: &str) -> registrations::Row {
        registrations::Row {
            id: RegistrationId(self.id()),
            organisation: self.organisation,
            slug: slug.to_owned(),
            name: slug.to_owned(),
            provider: "exact".to_owned(),
            country: "nl".to_owned(),
            base_url: None,
            client_id: "client".to_owned(),
            client_secret: vec![1, 2, 3],
            timing: None,
            custom: None,
            pkce: true,
            refused_since: None,
            created_at: START,
            revision: 0,
        }
    }

    pub async fn chain(&self) -> chains::Row {
        let id = ChainId(self.id());
        let new = chains::NewChain {
            chain: Chain::unlinked(id),
            organisation: self.organisation,
            registration: self.registration,
            authorization_server: "https://start.exactonline.nl".to_owned(),
            client_id: "client".to_owned(),
            created_at: START,
        };
        chains::insert(&self.db, &new).await.unwrap();
        chains::find(&self.db, id).await.unwrap().unwrap()
    }

    /// A chain in a state of one's own choice.
    pub async fn chain_in(&self, state: chain::State) -> chains::Row {
        let row = self.chain().await;
        let after = Chain { state, ..row.chain.clone() };
        assert!(chains::commit(&self.db, &row, &after, chains::Beside::default()).await.unwrap());
        chains::find(&self.db, row.chain.id).await.unwrap().unwrap()
    }

    pub async fn database(&self, slug: &str, name: &str) -> databases::Row {
        let row = databases::Row {
            id: DatabaseId(self.id()),
            organisation: self.organisation,
            slug: slug.to_owned(),
            name: name.to_owned(),
            created_at: START,
        };
        databases::insert(&self.db, &row).await.unwrap();
        row
    }

    pub async fn container(
        &self,
        database: DatabaseId,
        alias: &str,
        chain: Option<ChainId>,
    ) -> containers::Row {
        let row = containers::Row {
            id: ContainerId(self.id()),
            organisation: self.organisation,
            database,
            alias: alias.to_owned(),
            registration: self.registration,
            chain,
            pending_chain: None,
            warm: false,
            created_at: START,
            last_used_at: None,
            cache_seconds: 0,
        };
        containers::insert(&self.db, &row).await.unwrap();
        row
    }
}

/// What is known of a link that arrived at the start.
pub fn held(generation: u32) -> chain::Held {
    chain::Held {
        generation,
        granted_at: START,
        received_at: START,
        access_until: START + std::time::Duration::from_secs(600),
        refresh_until: START + std::time::Duration::from_secs(2_592_000),
        activation: chain::Activation::Done,
    }
}
