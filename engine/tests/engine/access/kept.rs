//! What is kept in memory of consumers, databases, containers and app registrations ends with every
//! change of them: asked before and after it while the clock stands still, a key sees the new state.

use std::time::Duration;

use chain::RegistrationId;
use engine::guard::secret::{ConsumerKey, RefreshToken};
use engine::lend::LendError;
use engine::{BorrowError, ConsumerForm, KeyError, NewContainer, NewDatabase, ReachError, RegistrationForm};

use futures::StreamExt;

use crate::world::{ANNA, BRAM, BROWSER, CLIENT, World, on_each_store};

const NONE: Duration = Duration::ZERO;

/// What a program gets that asks for the token of a container.
#[derive(Debug, PartialEq, Eq)]
enum Got {
    Token(String),
    NoKey,
    NoSuchPlace,
    OutOfScope,
    Unlinked,
    BeyondLife(u64),
    Nothing(String),
}

/// A program whose key reaches every database.
struct Program<'a> {
    world: &'a World,
    key: ConsumerKey,
}

impl<'a> Program<'a> {
    async fn new(world: &'a World) -> Self {
        let form = ConsumerForm { name: "Program".to_owned(), databases: None, days: None };
        Self { world, key: world.operator.add_consumer(form).await.unwrap().1 }
    }

    async fn ask_for(&self, database: &str, alias: &str, minimum: Duration) -> Got {
        let consumer = match self.world.engine.consumer(self.key.expose(), None).await {
            Ok(consumer) => consumer,
            Err(KeyError::Revoked { .. }) => return Got::NoKey,
            Err(error) => return Got::Nothing(error.to_string()),
        };
        match consumer.lend(database, alias, Some(minimum), NONE).await {
            Ok(lent) => Got::Token(lent.access_token.expose().to_owned()),
            Err(BorrowError::Reach(ReachError::NotFound)) => Got::NoSuchPlace,
            Err(BorrowError::Reach(ReachError::OutOfScope)) => Got::OutOfScope,
            Err(BorrowError::Lend(LendError::Unlinked)) => Got::Unlinked,
            Err(BorrowError::MinimumBeyondLife { most }) => Got::BeyondLife(most.as_secs()),
            Err(error) => Got::Nothing(error.to_string()),
        }
    }

    /// Twice, so that what can be kept is.
    async fn ask(&self, database: &str, alias: &str) -> Got {
        let first = self.ask_for(database, alias, NONE).await;
        assert_eq!(self.ask_for(database, alias, NONE).await, first);
        first
    }

    /// What the gate says of its cache.
    async fn cache(&self) -> Option<String> {
        let consumer = self.world.engine.consumer(self.key.expose(), None).await.unwrap();
        let asked = engine::gate::Asked {
            method: reqwest::Method::GET,
            path: "current/Me".to_owned(),
            query: Some("$select=UserID".to_owned()),
            headers: reqwest::header::HeaderMap::new(),
            body: None,
        };
        let answer = consumer.pass("test", "eol", asked).await.unwrap();
        let said = answer.headers.get("x-cache").map(|value| value.to_str().unwrap().to_owned());
        // What was read to its end is kept.
        assert!(answer.body.all(async |chunk| chunk.is_ok()).await);
        said
    }
}

fn is_token(got: &Got) -> bool {
    matches!(got, Got::Token(_))
}

async fn registration(world: &World) -> RegistrationId {
    world.container("eol").await.registration
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_opens_nothing() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let program = Program::new(&world).await;
        assert!(is_token(&program.ask("test", "eol").await));
        let consumer = world.operator.consumers().await.unwrap().remove(0);
        world.operator.revoke_consumer(consumer.id).await.unwrap();
        assert_eq!(program.ask("test", "eol").await, Got::NoKey);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_created_is_reached_and_what_is_deleted_is_not() {
    on_each_store(async |world: World| {
        let (operator, program) = (&world.operator, Program::new(&world).await);
        let app = registration(&world).await;
        assert_eq!(program.ask("more", "eol").await, Got::NoSuchPlace);
        operator.create_database_at("more", "More").await.unwrap();
        assert_eq!(program.ask("more", "eol").await, Got::NoSuchPlace);
        let container = operator.create_container("more", "eol", app, false).await.unwrap();
        assert_eq!(program.ask("more", "eol").await, Got::Unlinked);
        operator.delete_container(container).await.unwrap();
        assert_eq!(program.ask("more", "eol").await, Got::NoSuchPlace);
        let new = NewContainer { alias: "eol".to_owned(), registration: app, warm: false, cache_seconds: 0 };
        let slug = Some("more".to_owned());
        let wish = NewDatabase { slug, name: "More".to_owned(), containers: vec![new] };
        operator.create_all(vec![wish]).await.unwrap();
        assert_eq!(program.ask("more", "eol").await, Got::Unlinked);
        operator.delete_database("more").await.unwrap();
        assert_eq!(program.ask("more", "eol").await, Got::NoSuchPlace);
        assert_eq!(program.ask("test", "eol").await, Got::Unlinked, "the other database stays");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_for_some_databases_does_not_reach_one_that_takes_the_place_of_a_deleted_one() {
    on_each_store(async |world: World| {
        let (operator, app) = (&world.operator, registration(&world).await);
        operator.create_database_at("more", "More").await.unwrap();
        operator.create_container("more", "eol", app, false).await.unwrap();
        let form = ConsumerForm {
            name: "Program".to_owned(),
            databases: Some(vec!["test".to_owned(), "more".to_owned()]),
            days: None,
        };
        let key = operator.add_consumer(form).await.unwrap().1;
        let program = Program { world: &world, key };
        assert_eq!(program.ask("more", "eol").await, Got::Unlinked);
        operator.delete_database("more").await.unwrap();
        operator.create_database_at("more", "More").await.unwrap();
        operator.create_container("more", "eol", app, false).await.unwrap();
        assert_eq!(program.ask("more", "eol").await, Got::OutOfScope);
        assert_eq!(program.ask("test", "eol").await, Got::Unlinked);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_lead_where_they_lead_now() {
    on_each_store(async |world: World| {
        let (operator, container) = (&world.operator, world.id().await);
        world.grant(container, ANNA).await;
        let program = Program::new(&world).await;
        assert!(is_token(&program.ask("test", "eol").await));
        operator.rename_container(container, "eol2").await.unwrap();
        assert_eq!(program.ask("test", "eol").await, Got::NoSuchPlace);
        assert!(is_token(&program.ask("test", "eol2").await));
        let other = world.operator.create_container("test", "eol", container_app(&world).await, false).await;
        assert!(other.is_ok());
        assert_eq!(program.ask("test", "eol").await, Got::Unlinked, "another one has the name now");
        operator.rename_database("test", "Another name").await.unwrap();
        let consumer = world.engine.consumer(program.key.expose(), None).await.unwrap();
        assert_eq!(consumer.database("test").await.unwrap().name, "Another name");
        assert!(is_token(&program.ask("test", "eol2").await), "its slug stays");
    })
    .await;
}

async fn container_app(world: &World) -> RegistrationId {
    world.container("eol2").await.registration
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_keeps_answers_as_it_was_told_last() {
    on_each_store(async |world: World| {
        let container = world.id().await;
        world.grant(container, ANNA).await;
        let program = Program::new(&world).await;
        assert_eq!(program.cache().await, None);
        world.operator.set_cache_seconds(container, 30).await.unwrap();
        assert_eq!(program.cache().await.as_deref(), Some("miss"));
        assert_eq!(program.cache().await.as_deref(), Some("hit"));
        world.operator.set_cache_seconds(container, 0).await.unwrap();
        assert_eq!(program.cache().await, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_kept_warm_from_the_word_on() {
    on_each_store(async |world: World| {
        let container = world.id().await;
        world.grant(container, ANNA).await;
        let program = Program::new(&world).await;
        let step = async || {
            program.ask("test", "eol").await;
            let consumer = world.engine.consumer(program.key.expose(), None).await.unwrap();
            consumer.container("test", "eol").await.unwrap().next_step.unwrap().0
        };
        let cold = step().await;
        world.operator.set_warm(container, true).await.unwrap();
        let warm = step().await;
        assert_ne!(cold, warm);
        world.operator.set_warm(container, false).await.unwrap();
        assert_eq!(step().await, cold);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_app_registration_says_how_long_tokens_live() {
    on_each_store(async |world: World| {
        let (operator, program) = (&world.operator, Program::new(&world).await);
        world.grant(world.id().await, ANNA).await;
        let life = Duration::from_secs(600);
        assert!(is_token(&program.ask("test", "eol").await));
        assert!(is_token(&program.ask_for("test", "eol", life).await));
        let form = RegistrationForm {
            id: Some(registration(&world).await),
            name: "Exact test".to_owned(),
            country: "nl".to_owned(),
            base_url: Some(world.sandbox.url()),
            client_id: CLIENT.to_owned(),
            client_secret: None,
            timing: Some(r#"{"access_lifetime":300}"#.to_owned()),
            provider: "exact".to_owned(),
            custom: None,
            pkce: true,
        };
        operator.save_registration(form).await.unwrap();
        assert_eq!(program.ask_for("test", "eol", life).await, Got::BeyondLife(300));
        // One that no container uses is of no meaning to any program.
        let spare = RegistrationForm {
            id: None,
            name: "Spare".to_owned(),
            country: "nl".to_owned(),
            base_url: None,
            client_id: "spare".to_owned(),
            client_secret: Some(engine::guard::secret::ClientSecret::new("secret".to_owned())),
            timing: None,
            provider: "exact".to_owned(),
            custom: None,
            pkce: false,
        };
        let spare = operator.save_registration(spare).await.unwrap();
        operator.delete_registration(spare).await.unwrap();
        assert!(is_token(&program.ask("test", "eol").await));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_another_chain_lends_that_chains_token() {
    on_each_store(async |world: World| {
        let (operator, container) = (&world.operator, world.id().await);
        let program = Program::new(&world).await;
        assert_eq!(program.ask("test", "eol").await, Got::Unlinked);
        world.grant(container, ANNA).await;
        let annas = program.ask("test", "eol").await;
        assert!(is_token(&annas), "a first grant: {annas:?}");
        world.grant(container, BRAM).await;
        operator.undo_other_user(container).await.unwrap();
        assert_eq!(program.ask("test", "eol").await, annas, "the other user was sent away");
        world.grant(container, BRAM).await;
        assert_eq!(program.ask("test", "eol").await, annas, "nobody chose yet");
        operator.keep_other_user(container).await.unwrap();
        let brams = program.ask("test", "eol").await;
        assert!(is_token(&brams) && brams != annas);

        // A grant of the same user joins the chain that another container has.
        let second = world.another("second").await;
        assert_eq!(program.ask("test", "second").await, Got::Unlinked);
        world.grant(second, BRAM).await;
        let newer = program.ask("test", "second").await;
        assert!(is_token(&newer) && newer != brams);
        assert_eq!(program.ask("test", "eol").await, newer, "both have one chain");

        let issued = world.sandbox.issue(CLIENT, ANNA);
        operator.adopt(second, RefreshToken::new(issued.refresh_token)).await.unwrap();
        // It is tried at once, and the provider may find that too early.
        let adopted = program.ask_for("test", "second", NONE).await;
        assert!(!is_token(&adopted), "what was adopted has a chain of its own: {adopted:?}");
        assert_eq!(program.ask("test", "eol").await, newer);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_is_still_open_changes_nothing() {
    on_each_store(async |world: World| {
        let container = world.id().await;
        world.grant(container, ANNA).await;
        let program = Program::new(&world).await;
        let before = program.ask("test", "eol").await;
        world.operator.begin_grant(container, BROWSER, None).await.unwrap();
        assert_eq!(program.ask("test", "eol").await, before);
    })
    .await;
}
