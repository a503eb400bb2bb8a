//! Things of every kind, put into the store as the engine would.

use std::time::Duration;

use chain::{OrganisationId, Time};
use engine::guard::secret::{Password, UserName};
use engine::store::organisations;
use engine::store::sessions::{self, Life};
use engine::{ConsumerForm, CredentialsForm};
use sea_orm::{ConnectionTrait, Statement};

use crate::world::{ANNA, World};

pub const HOUR: Duration = Duration::from_secs(3_600);
pub const DAY: Duration = Duration::from_secs(86_400);

/// The only organisation.
pub async fn ours(world: &World) -> OrganisationId {
    organisations::all(world.engine.store()).await.unwrap()[0].id
}

pub async fn run(db: &engine::store::Store, sql: &str) {
    db.execute_unprepared(sql).await.unwrap();
}

/// The only number that a query gives.
pub async fn number(db: &engine::store::Store, sql: &str) -> Option<i64> {
    let statement = Statement::from_string(db.get_database_backend(), format!("SELECT ({sql}) AS number"));
    db.query_one_raw(statement).await.unwrap().unwrap().try_get("", "number").unwrap()
}

/// A program with a key for 60 days; its id.
pub async fn consumer(world: &World, name: &str) -> String {
    let form = ConsumerForm { name: name.to_owned(), databases: None, days: Some(60) };
    world.operator.add_consumer(form).await.unwrap().0.id.to_string()
}

/// A token of a family of its own.
pub struct Token<'a> {
    pub name: &'a str,
    pub kind: &'a str,
    pub ends: Time,
    /// Further cells: superseded_at, revoked_at.
    pub superseded: Option<Time>,
    pub revoked: Option<Time>,
    pub family_ends: Time,
}

impl<'a> Token<'a> {
    pub fn new(name: &'a str, kind: &'a str, ends: Time) -> Self {
        Self { name, kind, ends, superseded: None, revoked: None, family_ends: ends + 90 * DAY }
    }

    pub async fn put(&self, world: &World, consumer: &str) {
        let (db, now, ours) = (world.engine.store(), world.engine.now().millis(), ours(world).await);
        let (name, kind, ends) = (self.name, self.kind, self.ends.millis());
        let cell = |time: Option<Time>| time.map_or("NULL".to_owned(), |time| time.millis().to_string());
        let family_ends = self.family_ends.millis();
        run(
            db,
            &format!(
                "INSERT INTO token_families (id, organisation_id, consumer_id, created_at, expires_at)
                VALUES ('{name}', '{ours}', '{consumer}', {now}, {family_ends})"
            ),
        )
        .await;
        let (superseded, revoked) = (cell(self.superseded), cell(self.revoked));
        let hash: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
        let bytes = match db.get_database_backend() {
            sea_orm::DbBackend::Sqlite => format!("x'{hash}'"),
            _ => format!("'\\x{hash}'"),
        };
        run(
            db,
            &format!(
                "INSERT INTO issued_tokens
                    (hash, family_id, kind, issued_at, expires_at, superseded_at, revoked_at)
                VALUES ({bytes}, '{name}', '{kind}', {now}, {ends}, {superseded}, {revoked})"
            ),
        )
        .await;
    }
}

/// A session that began now and would end as late as it may.
pub async fn session(world: &World, name: &str, life: Duration) {
    let now = world.engine.now();
    let life = Life { born_at: now, expires_at: now + life };
    assert!(sessions::create(world.engine.store(), name, b"sealed", life).await.unwrap());
}

/// A connected container with a stored sign-in, kept for 30 days.
pub async fn connected(world: &World) {
    let id = world.id().await;
    world.grant(id, ANNA).await;
    let form = CredentialsForm {
        user_name: Some(UserName::new(ANNA.to_owned())),
        password: Some(Password::new("anna's password".to_owned())),
        one_time: None,
        days: 30,
        consent: true,
    };
    world.operator.save_credentials(id, form).await.unwrap();
}
