//! What is deleted is gone, and what others need of it stays.

use crate::world::{ANNA, BRAM, World, on_each_store};
use chain::{ChainId, ContainerId};
use engine::guard::secret::{Password, UserName};
use engine::lend::LendError;
use engine::store::{chains, containers, credentials, journal, organisations};
use engine::{CredentialsForm, FormError};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

async fn lent(world: &World, container: ContainerId) -> Result<(), LendError> {
    world.engine.lend(container, MINUTE, Duration::ZERO).await.map(|_| ())
}

async fn connected(world: &World, container: ContainerId, user: &str) -> ChainId {
    world.grant(container, user).await;
    containers::find(world.engine.store(), container).await.unwrap().unwrap().chain.unwrap()
}

async fn store_sign_in(world: &World, container: ContainerId) {
    let form = CredentialsForm {
        user_name: Some(UserName::new(ANNA.to_owned())),
        password: Some(Password::new("anna's password".to_owned())),
        one_time: None,
        days: 30,
        consent: true,
    };
    world.operator.save_credentials(container, form).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_container_takes_its_sign_in_with_it_and_its_chain_an_hour_later() {
    on_each_store(async |world: World| {
        let container = world.id().await;
        let chain = connected(&world, container, ANNA).await;
        store_sign_in(&world, container).await;
        world.operator.delete_container(container).await.unwrap();

        let db = world.engine.store();
        assert!(matches!(lent(&world, container).await, Err(LendError::NotFound)));
        assert!(matches!(world.operator.delete_container(container).await, Err(FormError::NotFound)));
        assert_eq!(credentials::of_chain(db, chain).await.unwrap(), None);
        assert!(world.operator.database("test").await.unwrap().unwrap().containers.is_empty());
        world.hand.advance(Duration::from_secs(3_601));
        world.engine.tidy().await.unwrap();
        assert!(chains::find(db, chain).await.unwrap().is_none(), "an unused chain stays");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_others_share_stays_with_its_sign_in() {
    on_each_store(async |world: World| {
        let (first, second) = (world.id().await, world.another("second").await);
        connected(&world, first, ANNA).await;
        let chain = connected(&world, second, ANNA).await;
        assert_eq!(
            world.container("eol").await.status.generation,
            world.container("second").await.status.generation
        );
        store_sign_in(&world, second).await;
        world.operator.delete_container(first).await.unwrap();

        lent(&world, second).await.unwrap();
        assert!(credentials::of_chain(world.engine.store(), chain).await.unwrap().is_some());
        world.hand.advance(Duration::from_secs(3_601));
        world.engine.tidy().await.unwrap();
        assert!(chains::find(world.engine.store(), chain).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_database_takes_its_containers_with_it_and_leaves_the_journal() {
    on_each_store(async |world: World| {
        let (first, second) = (world.id().await, world.another("second").await);
        connected(&world, first, ANNA).await;
        connected(&world, second, BRAM).await;
        let other = world.operator.create_database("Other").await.unwrap();
        assert_eq!(world.operator.delete_database("test").await.unwrap(), 2);

        assert!(world.operator.database("test").await.unwrap().is_none());
        assert!(world.operator.database(&other).await.unwrap().is_some());
        for container in [first, second] {
            assert!(matches!(lent(&world, container).await, Err(LendError::NotFound)));
        }
        assert!(matches!(world.operator.delete_database("test").await, Err(FormError::NotFound)));
        let page = journal::Page { before: None, limit: 100 };
        let organisation = organisations::all(world.engine.store()).await.unwrap()[0].id;
        let all = journal::Filter::default();
        let lines = journal::list(world.engine.store(), organisation, &all, page).await.unwrap();
        let said = |action: &str| lines.iter().filter(|line| line.action == action).count();
        assert_eq!((said("container_deleted"), said("database_deleted")), (2, 1));
        assert!(said("linked") > 0, "the journal goes on telling of what was deleted");
    })
    .await;
}
