//! Whatever an operator changes leaves a line in the journal, and what changes nothing leaves none.

use engine::store::journal::{self, Entry, Filter, Page};
use engine::store::organisations;
use engine::{NewContainer, NewDatabase, RegistrationForm};

use crate::world::{ANNA, BRAM, CLIENT, World, on_each_store};

/// All lines, the oldest first.
async fn lines(world: &World) -> Vec<Entry> {
    let db = world.engine.store();
    let organisation = organisations::all(db).await.unwrap()[0].id;
    let page = Page { before: None, limit: 1_000 };
    let mut lines = journal::list(db, organisation, &Filter::default(), page).await.unwrap();
    lines.reverse();
    lines
}

/// What was written since so many lines, sorted: action and detail.
async fn since(world: &World, known: usize) -> Vec<(String, String)> {
    let lines = lines(world).await.split_off(known);
    let mut told: Vec<_> =
        lines.into_iter().map(|line| (line.action, line.detail.unwrap_or_default())).collect();
    told.sort_unstable();
    told
}

fn of(action: &str, detail: &str) -> (String, String) {
    (action.to_owned(), detail.to_owned())
}

fn registration(id: Option<chain::RegistrationId>, name: &str) -> RegistrationForm {
    RegistrationForm {
        id,
        name: name.to_owned(),
        country: "nl".to_owned(),
        base_url: None,
        client_id: CLIENT.to_owned(),
        client_secret: Some(engine::guard::secret::ClientSecret::new("planted-client-secret".to_owned())),
        timing: None,
        provider: "exact".to_owned(),
        custom: None,
        pkce: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn registrations_databases_and_containers_are_written_down() {
    on_each_store(async |world: World| {
        let (operator, known) = (&world.operator, lines(&world).await.len());
        // Lines of one moment have no order.
        world.pass_seconds(1).await;
        let app = operator.save_registration(registration(None, "App")).await.unwrap();
        operator.save_registration(registration(Some(app), "App 2")).await.unwrap();
        operator.delete_registration(app).await.unwrap();
        operator.create_database("Jansen").await.unwrap();
        operator.rename_database("jansen", "Jansen & Zn").await.unwrap();
        let container = world.another("second").await;
        operator.rename_container(container, "third").await.unwrap();
        operator.set_warm(container, true).await.unwrap();
        operator.set_cache_seconds(container, 30).await.unwrap();
        let registration = world.container("eol").await.registration;
        let alias = "eol".to_owned();
        let new = NewContainer { alias, registration, warm: false, cache_seconds: 0 };
        let bulk = NewDatabase { slug: None, name: "Bulk".to_owned(), containers: vec![new] };
        operator.create_all(vec![bulk]).await.unwrap();

        let mut expected = [
            of("registration_added", "App"),
            of("registration_changed", "App 2"),
            of("registration_deleted", "App 2"),
            of("database_created", "Jansen"),
            of("database_renamed", "Jansen → Jansen & Zn"),
            of("container_created", "second of Test"),
            of("container_renamed", "second → third"),
            of("container_changed", "kept fresh"),
            of("container_changed", "answers kept for 30 s"),
            of("database_created", "Bulk"),
            of("container_created", "eol of Bulk"),
        ];
        expected.sort_unstable();
        assert_eq!(since(&world, known).await, expected);
        let all = lines(&world).await;
        assert!(all.iter().all(|line| line.actor == "operator:command line"));
        assert!(!format!("{all:?}").contains("planted-client-secret"));
        let renamed = all.iter().find(|line| line.action == "container_renamed").unwrap();
        assert!(renamed.container == Some(container) && renamed.database.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_nothing_leaves_no_line() {
    on_each_store(async |world: World| {
        let (operator, container) = (&world.operator, world.id().await);
        let known = lines(&world).await.len();
        world.pass_seconds(1).await;
        operator.rename_database("test", "Test").await.unwrap();
        operator.rename_container(container, "eol").await.unwrap();
        operator.set_warm(container, false).await.unwrap();
        operator.set_cache_seconds(container, 0).await.unwrap();
        assert!(operator.create_database(" ").await.is_err());
        assert!(operator.delete_registration(world.container("eol").await.registration).await.is_err());
        assert_eq!(since(&world, known).await, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_chose_between_two_users_is_written_down() {
    on_each_store(async |world: World| {
        let container = world.id().await;
        world.grant(container, ANNA).await;
        let told = async |action: &str| {
            let lines = lines(&world).await;
            let of_action: Vec<_> = lines.into_iter().filter(|line| line.action == action).collect();
            assert!(of_action.iter().all(|line| line.actor == "operator:command line"));
            of_action.iter().map(|line| line.container).collect::<Vec<_>>()
        };
        world.grant(container, BRAM).await;
        world.operator.undo_other_user(container).await.unwrap();
        assert_eq!(told("other_user_undone").await, [Some(container)]);
        world.grant(container, BRAM).await;
        world.operator.keep_other_user(container).await.unwrap();
        assert_eq!(told("other_user_kept").await, [Some(container)]);
        assert!(world.operator.keep_other_user(container).await.is_err());
        assert_eq!(told("other_user_kept").await.len(), 1);
    })
    .await;
}
