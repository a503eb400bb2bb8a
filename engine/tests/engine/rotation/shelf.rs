//! A store with something in every sealed column.

use std::path::PathBuf;
use std::time::Duration;

use chain::{Chain, ChainId, ContainerId, DatabaseId, OperatorId, OrganisationId, RegistrationId, Time};
use engine::Engine;
use engine::alert::{Event, Kind, Language};
use engine::clock::{Clock, Hand};
use engine::guard::secret::{Password, UserName};
use engine::guard::{CredentialPlace, Guard, Keyring, Place, Purpose, SignIn};
use engine::store::{
    self, alerts::targets, answers, chains, containers, credentials, databases, grants, keys, links,
    organisations, registrations,
};
use tempfile::TempDir;

use crate::stores::{open, stores};

pub const START: Time = Time::from_millis(1_800_000_000_000);
const CHAINS: u64 = 6;
const DAY: Duration = Duration::from_secs(86_400);

pub struct Shelf {
    pub engine: Engine,
    pub hand: Hand,
    pub organisation: OrganisationId,
    clock: Clock,
    registration: RegistrationId,
    folder: TempDir,
}

/// Runs a check once on every store there is.
pub async fn on_each_store(check: impl AsyncFn(Shelf)) {
    for store in stores() {
        let folder = tempfile::tempdir().unwrap();
        let url = store.open(folder.path()).await;
        store::migrate::<migrations::Migrator>(&url).await.unwrap();
        check(Shelf::filled(&url, folder, START).await).await;
    }
}

impl Shelf {
    /// A store that has been migrated and holds nothing yet gets everything.
    pub async fn filled(url: &str, folder: TempDir, now: Time) -> Self {
        let shelf = Self::of(url, folder, now).await;
        let guard = shelf.guard();
        let db = shelf.engine.store();
        shelf.register(&guard).await;
        guard.create_keys(db, shelf.organisation).await.unwrap();
        for _ in 0..CHAINS {
            let chain = shelf.link(&guard).await;
            shelf.answer(&guard, chain).await;
            shelf.credential(&guard, chain).await;
        }
        shelf.grant(&guard).await;
        shelf.webhook(&guard).await;
        shelf.everything_opens().await;
        shelf
    }

    /// A store as it is.
    pub async fn of(url: &str, folder: TempDir, now: Time) -> Self {
        let (clock, hand) = Clock::manual(now);
        let engine = open(url, folder.path(), clock.clone()).await;
        let organisation = organisations::all(engine.store()).await.unwrap().remove(0).id;
        let registered = registrations::all(engine.store(), organisation).await.unwrap();
        let registration =
            registered.first().map_or_else(|| RegistrationId(store::new_id(&clock)), |row| row.id);
        Self { engine, hand, organisation, clock, registration, folder }
    }

    /// How many sealed values there are.
    pub const fn values(&self) -> u64 {
        // A refresh and an access token, an answer and a credential's key each; the secrets of an app
        // registration and of a webhook; a verifier.
        CHAINS * 4 + 3
    }

    /// The folder, once nobody needs the engine any more.
    pub async fn closed(self) -> TempDir {
        self.engine.shutdown().await;
        self.engine.store().clone().close().await.unwrap();
        self.folder
    }

    pub fn master_key_file(&self) -> PathBuf {
        self.folder.path().join("master.key")
    }

    /// Another process's guard.
    pub fn guard(&self) -> Guard {
        let ring = Keyring::load(&self.master_key_file()).unwrap_or_else(|error| panic!("{error}"));
        Guard::new(ring, self.clock.clone())
    }

    pub fn guard_with(&self, text: &str) -> Guard {
        let ring = Keyring::parse(text).unwrap_or_else(|error| panic!("{error}"));
        Guard::new(ring, self.clock.clone())
    }

    pub async fn everything_opens(&self) {
        self.open_all(&self.guard()).await;
    }

    /// Opens everything there is.
    pub async fn open_all(&self, guard: &Guard) {
        let db = self.engine.store();
        guard.check(db).await.unwrap();
        let open = async |table, row, column, sealed: &[u8]| {
            let place = Place::new(self.organisation, table, row, column);
            let opened = guard.open_text(db, self.organisation, &place, sealed).await;
            assert_eq!(
                opened.unwrap_or_else(|error| panic!("{table}.{column}: {error}")),
                plain(row, column)
            );
        };
        let mut opened = 0;
        for row in chains::of_registration(db, self.registration).await.unwrap() {
            let Some(link) = links::current(db, row.chain.id).await.unwrap() else { continue };
            open("links", link.id, "refresh_token", &link.refresh_token).await;
            open("links", link.id, "access_token", &link.access_token.unwrap()).await;
            opened += 2;
            let Some(stored) = credentials::of_chain(db, row.chain.id).await.unwrap() else { continue };
            let sign_in = guard.open_sign_in(db, &stored).await.unwrap();
            assert_eq!(sign_in.password.expose(), plain(stored.id, "password"));
            opened += 1;
        }
        for answer in answers::unread(db, 1_000).await.unwrap() {
            open("answers", answer.id, "body", &answer.body).await;
            opened += 1;
        }
        let registration = registrations::find(db, self.registration).await.unwrap().unwrap();
        open("registrations", registration.id.0, "client_secret", &registration.client_secret).await;
        let grant = grants::find(db, 1).await.unwrap().unwrap();
        open("grants", grant.id, "verifier", &grant.verifier.unwrap()).await;
        let webhook = targets::find(db, 1).await.unwrap().unwrap();
        open("alert_targets", webhook.id, "secret", &webhook.secret.unwrap()).await;
        assert!(opened + 3 >= self.values());
        assert!(!keys::all(db).await.unwrap().is_empty());
    }

    fn id(&self) -> u128 {
        store::new_id(&self.clock)
    }

    async fn seal(&self, guard: &Guard, table: &'static str, row: u128, column: &'static str) -> Vec<u8> {
        let place = Place::new(self.organisation, table, row, column);
        let text = plain(row, column);
        let db = self.engine.store();
        guard.seal(db, self.organisation, Purpose::Tokens, &place, text.as_bytes()).await.unwrap()
    }

    async fn register(&self, guard: &Guard) {
        let id = self.registration;
        let row = registrations::Row {
            id,
            organisation: self.organisation,
            slug: "exact".to_owned(),
            name: "Exact".to_owned(),
            provider: "exact".to_owned(),
            country: "nl".to_owned(),
            base_url: None,
            client_id: "client".to_owned(),
            client_secret: self.seal(guard, "registrations", id.0, "client_secret").await,
            timing: None,
            custom: None,
            pkce: true,
            refused_since: None,
            created_at: START,
            revision: 0,
        };
        registrations::insert(self.engine.store(), &row).await.unwrap();
    }

    /// A chain with a link that this guard seals.
    pub async fn link(&self, guard: &Guard) -> ChainId {
        let db = self.engine.store();
        let chain = ChainId(self.id());
        let new = chains::NewChain {
            chain: Chain::unlinked(chain),
            organisation: self.organisation,
            registration: self.registration,
            authorization_server: "https://start.exactonline.nl".to_owned(),
            client_id: "client".to_owned(),
            created_at: START,
        };
        chains::insert(db, &new).await.unwrap();
        let id = self.id();
        let row = links::Row {
            id,
            chain,
            generation: 1,
            refresh_token: self.seal(guard, "links", id, "refresh_token").await,
            access_token: Some(self.seal(guard, "links", id, "access_token").await),
            received_at: START,
            standing: links::Standing::Current,
            expires_at: START + DAY,
        };
        links::insert(db, &row).await.unwrap();
        chain
    }

    async fn answer(&self, guard: &Guard, chain: ChainId) {
        let id = self.id();
        let row = answers::Row {
            id,
            chain,
            attempt: 1,
            generation: 1,
            kind: answers::Kind::Refresh,
            body: self.seal(guard, "answers", id, "body").await,
            status: 200,
            reason: None,
            sent_at: START,
            received_at: START,
            read_at: None,
            expires_at: START + DAY,
        };
        answers::insert(self.engine.store(), &row).await.unwrap();
    }

    async fn credential(&self, guard: &Guard, chain: ChainId) {
        let db = self.engine.store();
        let place = CredentialPlace { organisation: self.organisation, chain, row: self.id() };
        let sign_in = SignIn {
            user_name: UserName::new("anna@example.nl".to_owned()),
            password: Password::new(plain(place.row, "password")),
            one_time: None,
        };
        let sealed = guard.seal_sign_in(db, place, &sign_in).await.unwrap();
        let row = credentials::Row {
            id: place.row,
            organisation: place.organisation,
            chain,
            data_key: sealed.data_key,
            user_name: sealed.user_name,
            password: sealed.password,
            totp_secret: sealed.totp_secret,
            account: "anna".to_owned(),
            stored_at: START,
            stored_by: "anna".to_owned(),
            expires_at: START + DAY,
            warned: None,
            proved_at: None,
            password_sent_at: None,
            refused_at: None,
            uses: 0,
            last_used_at: None,
            last_recovery: None,
        };
        credentials::insert(db, &row).await.unwrap();
    }

    async fn webhook(&self, guard: &Guard) {
        let row = targets::Row {
            id: 1,
            organisation: self.organisation,
            kind: Kind::Webhook,
            name: "A program".to_owned(),
            address: "https://hooks.example.com/".to_owned(),
            secret: Some(self.seal(guard, "alert_targets", 1, "secret").await),
            events: vec![Event::NeedsRepair],
            language: Language::English,
            enabled: true,
            created_at: START,
            created_by: "anna".to_owned(),
        };
        targets::insert(self.engine.store(), &row).await.unwrap();
    }

    async fn grant(&self, guard: &Guard) {
        let db = self.engine.store();
        let database = databases::Row {
            id: DatabaseId(1),
            organisation: self.organisation,
            slug: "test".to_owned(),
            name: "Test".to_owned(),
            created_at: START,
        };
        databases::insert(db, &database).await.unwrap();
        let container = containers::Row {
            id: ContainerId(1),
            organisation: self.organisation,
            database: database.id,
            alias: "eol".to_owned(),
            registration: self.registration,
            chain: None,
            pending_chain: None,
            warm: false,
            created_at: START,
            last_used_at: None,
            cache_seconds: 0,
        };
        containers::insert(db, &container).await.unwrap();
        let row = grants::Row {
            id: 1,
            state_hash: "state".to_owned(),
            session_hash: "session".to_owned(),
            organisation: self.organisation,
            container: container.id,
            registration: self.registration,
            chain: ChainId(1),
            recovers: None,
            operator: OperatorId(1),
            from: None,
            verifier: Some(self.seal(guard, "grants", 1, "verifier").await),
            redirect_uri: "http://127.0.0.1:3000/oauth/callback/exact".to_owned(),
            return_to: None,
            created_at: START,
            expires_at: START + DAY,
            used_at: None,
            outcome: None,
        };
        grants::insert(db, &row).await.unwrap();
    }
}

fn plain(row: u128, column: &str) -> String {
    format!("planted {column} of {row:032x}")
}
