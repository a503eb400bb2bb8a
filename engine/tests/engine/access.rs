//! What operators may do, and what is refused at which field.

mod consumers;
mod failures;
mod kept;
mod messages;
mod recovery;
mod removal;
mod rounds;
mod unreadable;
mod written;

use crate::world::{ANNA, World, on_each_store};
use chain::{ContainerId, RegistrationId};
use engine::guard::secret::{ClientSecret, Password};
use engine::view::{DatabaseFilter, DatabaseSort, Standing};
use engine::{FormError, NewContainer, NewDatabase, Problem, RegistrationForm, SetUpError, SignInError};
use std::time::Duration;

fn field(result: Result<impl Sized, FormError>) -> (&'static str, Problem) {
    match result.err().unwrap() {
        FormError::Invalid { field, problem } => (field, problem),
        other @ (FormError::NotFound | FormError::Store(_) | FormError::Guard(_)) => panic!("{other:?}"),
    }
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_checked_and_slugs_are_made_of_them() {
    on_each_store(async |world: World| {
        let operator = &world.operator;
        assert_eq!(operator.create_database("  Bakkerij Één & Zn. ").await.unwrap(), "bakkerij-een-zn");
        assert_eq!(operator.create_database("Bakkerij Een Zn").await.unwrap(), "bakkerij-een-zn-2");
        assert_eq!(operator.create_database("Café Zürich").await.unwrap(), "cafe-zurich");
        assert_eq!(operator.create_database("New").await.unwrap(), "database-new");
        assert_eq!(operator.create_database("!?").await.unwrap(), "database");
        assert_eq!(field(operator.create_database("  ").await), ("name", Problem::Empty));
        let long = "x".repeat(101);
        assert_eq!(field(operator.create_database(&long).await), ("name", Problem::TooLong { most: 100 }));
        assert!(matches!(operator.rename_database("nowhere", "Name").await, Err(FormError::NotFound)));
        operator.rename_database("test", "Another name").await.unwrap();
        assert_eq!(operator.database("test").await.unwrap().unwrap().name, "Another name");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_are_checked_by_field() {
    on_each_store(async |world: World| {
        let registration = world.container("eol").await.registration;
        let create = async |alias: &str, registration| {
            field(world.operator.create_container("test", alias, registration, false).await)
        };
        assert_eq!(create("eol", registration).await, ("alias", Problem::Taken));
        assert_eq!(create("", registration).await, ("alias", Problem::Empty));
        assert_eq!(create("a b", registration).await, ("alias", Problem::BadCharacters));
        assert_eq!(create("../x", registration).await, ("alias", Problem::BadCharacters));
        assert_eq!(create("other", RegistrationId(7)).await, ("registration", Problem::Unknown));
        let nowhere = world.operator.rename_container(ContainerId(7), "x").await;
        assert!(matches!(nowhere, Err(FormError::NotFound)));
        world.operator.rename_container(world.id().await, "eol").await.unwrap();
        world.operator.rename_container(world.id().await, "eol2").await.unwrap();
        assert_eq!(world.container("eol2").await.alias, "eol2");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn registrations_are_checked_by_field_and_keep_their_secret() {
    on_each_store(async |world: World| {
        let view = world.operator.registrations().await.unwrap().remove(0);
        let form = || RegistrationForm {
            id: Some(view.id),
            name: view.name.clone(),
            country: view.country.clone(),
            base_url: view.base_url.clone(),
            client_id: view.client_id.clone(),
            client_secret: None,
            timing: None,
            provider: "exact".to_owned(),
            custom: None,
            pkce: true,
        };
        let save = async |form: RegistrationForm| field(world.operator.save_registration(form).await);
        assert_eq!(save(RegistrationForm { name: String::new(), ..form() }).await, ("name", Problem::Empty));
        assert_eq!(save(RegistrationForm { country: "xx".to_owned(), ..form() }).await.0, "country");
        let elsewhere = Some("http://example.com".to_owned());
        assert_eq!(
            save(RegistrationForm { base_url: elsewhere, ..form() }).await,
            ("base_url", Problem::NotAUrl)
        );
        let timing = Some("{\"x\":1}".to_owned());
        assert_eq!(save(RegistrationForm { timing, ..form() }).await.0, "timing");
        assert_eq!(save(RegistrationForm { id: None, ..form() }).await, ("client_secret", Problem::Empty));
        world.operator.save_registration(form()).await.unwrap();
        let secret = |text: &str| ClientSecret::new(text.to_owned());
        assert!(world.operator.secret_is(view.id, &secret(crate::world::SECRET)).await.unwrap());
        assert!(!world.operator.secret_is(view.id, &secret("another")).await.unwrap());
        assert_eq!(
            field(world.operator.delete_registration(view.id).await),
            ("registration", Problem::InUse { by: 1 })
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_databases_are_made_at_once_or_not_at_all() {
    on_each_store(async |world: World| {
        let registration = world.container("eol").await.registration;
        let container = |alias: &str| NewContainer {
            alias: alias.to_owned(),
            registration,
            warm: false,
            cache_seconds: 0,
        };
        let wish = |number: usize| NewDatabase {
            slug: None,
            name: format!("Firm {number}"),
            containers: vec![container("eol"), container("second")],
        };
        let made = world.operator.create_all((0..300).map(wish).collect()).await.unwrap();
        assert_eq!((made.len(), made[7].0.as_str(), made[7].1.len()), (300, "firm-7", 2));
        let twice = NewDatabase { containers: vec![container("eol"), container("eol")], ..wish(900) };
        assert_eq!(field(world.operator.create_all(vec![wish(901), twice]).await), ("alias", Problem::Taken));
        let inventory = world.operator.inventory().await.unwrap();
        assert_eq!(inventory.len(), 301, "nothing of the refused wish is there");

        let page = async |filter: DatabaseFilter| world.operator.databases(&filter).await.unwrap();
        let filter = DatabaseFilter { page: 2, ..DatabaseFilter::default() };
        let second = page(filter).await;
        assert_eq!(
            (second.matching, second.total, second.page, second.pages, second.rows.len()),
            (301, 301, 2, 7, 50)
        );
        let filter = DatabaseFilter { search: "firm 29".to_owned(), ..DatabaseFilter::default() };
        assert_eq!(page(filter).await.matching, 11);
        let filter = DatabaseFilter { page: 99, sort: DatabaseSort::Repairs, ..DatabaseFilter::default() };
        assert_eq!(page(filter).await.page, 7);
        world.grant(world.id().await, ANNA).await;
        let filter = DatabaseFilter { standing: Some(Standing::Live), ..DatabaseFilter::default() };
        let live = page(filter).await;
        assert_eq!(live.rows.iter().map(|row| row.slug.as_str()).collect::<Vec<_>>(), ["test"]);
        assert!(live.rows[0].fresh_until.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_operator_comes_by_a_link_that_works_once() {
    on_each_store(async |world: World| {
        let engine = &world.engine;
        let token = engine.setup_link().await.unwrap().unwrap();
        let short = engine.set_up(token.expose(), "owner", password("short")).await;
        assert!(matches!(short, Err(SetUpError::Password)));
        let foreign = engine.set_up("made up", "owner", password("a long password")).await;
        assert!(matches!(foreign, Err(SetUpError::Link)));
        assert!(engine.setup_link_works(token.expose()).await.unwrap());
        engine.set_up(token.expose(), "Owner ", password("a long password")).await.unwrap();
        let again = engine.set_up(token.expose(), "second", password("a long password")).await;
        assert!(matches!(again, Err(SetUpError::Link)));
        assert!(engine.setup_link().await.unwrap().is_none());
        engine.sign_in("owner", password("a long password"), None).await.unwrap();
        let taken = engine.add_operator("OWNER", password("a long password")).await;
        assert!(matches!(taken, Err(SetUpError::NameTaken)));
        engine.reset_operator("owner", password("another password")).await.unwrap();
        let old = engine.sign_in("owner", password("a long password"), None).await;
        assert!(matches!(old, Err(SignInError::Wrong)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_link_ends_after_an_hour() {
    on_each_store(async |world: World| {
        let token = world.engine.setup_link().await.unwrap().unwrap();
        world.pass_seconds(3_601).await;
        let late = world.engine.set_up(token.expose(), "owner", password("a long password")).await;
        assert!(matches!(late, Err(SetUpError::Link)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_password_is_slowed_down() {
    on_each_store(async |world: World| {
        world.engine.add_operator("owner", password("a long password")).await.unwrap();
        for _ in 0..5 {
            let wrong = world.engine.sign_in("owner", password("wrong"), None).await;
            assert!(matches!(wrong, Err(SignInError::Wrong)));
        }
        let slowed = world.engine.sign_in("Owner", password("a long password"), None).await;
        assert!(matches!(slowed, Err(SignInError::TooManyTries { retry_after }) if retry_after == Duration::from_secs(5)));
        world.pass_seconds(5).await;
        world.engine.sign_in("owner", password("a long password"), None).await.unwrap();
    })
    .await;
}
