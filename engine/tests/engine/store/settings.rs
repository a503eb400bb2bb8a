use chain::{ContainerId, OrganisationId, State};
use engine::store::{StoreError, begin, chains, containers, databases, keys, organisations, registrations};

use crate::each::{START, for_each_store, held};

#[tokio::test]
async fn a_name_that_is_taken_is_said_so() {
    for_each_store(async |shelf| {
        let database = shelf.database("acme", "Acme").await;
        let other = shelf.database("other", "Other").await;
        let twice = databases::Row { id: chain::DatabaseId(shelf.id()), ..database.clone() };
        assert!(matches!(databases::insert(&shelf.db, &twice).await, Err(StoreError::Taken)));
        let renamed = databases::rename(&shelf.db, other.id, "Acme", "acme").await;
        assert!(matches!(renamed, Err(StoreError::Taken)));
        let container = shelf.container(database.id, "eol", None).await;
        let twice = containers::Row { id: ContainerId(shelf.id()), ..container };
        assert!(matches!(containers::insert(&shelf.db, &twice).await, Err(StoreError::Taken)));
        let twice = shelf.registration("exact");
        assert!(matches!(registrations::insert(&shelf.db, &twice).await, Err(StoreError::Taken)));
    })
    .await;
}

#[tokio::test]
async fn settings_are_written_unless_somebody_else_was_faster() {
    for_each_store(async |shelf| {
        let found = registrations::find(&shelf.db, shelf.registration).await.unwrap().unwrap();
        let changed = registrations::Row {
            name: "Exact 2".to_owned(),
            base_url: Some("http://127.0.0.1:4100".to_owned()),
            client_secret: vec![9],
            timing: Some("{}".to_owned()),
            pkce: false,
            ..found.clone()
        };
        assert!(registrations::update(&shelf.db, &changed).await.unwrap());
        assert!(!registrations::update(&shelf.db, &changed).await.unwrap());
        let now = registrations::find(&shelf.db, shelf.registration).await.unwrap().unwrap();
        assert_eq!(now, registrations::Row { revision: found.revision + 1, ..changed });
        registrations::set_refused(&shelf.db, shelf.registration, Some(START)).await.unwrap();
        let by_slug = registrations::by_slug(&shelf.db, shelf.organisation, "exact").await.unwrap().unwrap();
        assert_eq!(by_slug.refused_since, Some(START));
        registrations::set_refused(&shelf.db, shelf.registration, None).await.unwrap();
        assert_eq!(registrations::all(&shelf.db, shelf.organisation).await.unwrap(), [now]);
        let others = registrations::in_organisation(&shelf.db, OrganisationId(1), shelf.registration).await;
        assert_eq!(others.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_app_registration_in_use_does_not_go() {
    for_each_store(async |shelf| {
        let database = shelf.database("acme", "Acme").await.id;
        let container = shelf.container(database, "eol", None).await;
        let used = containers::count_by_registration(&shelf.db, shelf.organisation).await.unwrap();
        assert_eq!(used.get(&shelf.registration), Some(&1));
        let refused = registrations::delete(&shelf.db, shelf.organisation, shelf.registration).await;
        assert!(matches!(refused, Err(StoreError::Query(_))), "{refused:?}");
        containers::delete(&shelf.db, container.id).await.unwrap();
        registrations::delete(&shelf.db, shelf.organisation, shelf.registration).await.unwrap();
        assert_eq!(registrations::find(&shelf.db, shelf.registration).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_container_is_changed_in_every_respect() {
    for_each_store(async |shelf| {
        let database = shelf.database("acme", "Acme").await.id;
        let (chain, other) = (shelf.chain().await.chain.id, shelf.chain().await.chain.id);
        let id = shelf.container(database, "eol", None).await.id;
        containers::rename(&shelf.db, id, "exact").await.unwrap();
        containers::set_warm(&shelf.db, id, true).await.unwrap();
        containers::set_used(&shelf.db, id, START).await.unwrap();
        containers::set_cache_seconds(&shelf.db, id, 60).await.unwrap();
        assert!(!containers::any_warm(&shelf.db, chain).await.unwrap());
        containers::set_chain(&shelf.db, id, Some(chain)).await.unwrap();
        assert!(containers::any_warm(&shelf.db, chain).await.unwrap());
        containers::set_pending_chain(&shelf.db, id, Some(chain)).await.unwrap();
        assert_eq!(containers::join_chains(&shelf.db, chain, other).await.unwrap(), 2);
        let row = containers::by_alias(&shelf.db, database, "exact").await.unwrap().unwrap();
        assert_eq!((row.chain, row.pending_chain, row.warm), (Some(other), Some(other), true));
        assert_eq!((row.last_used_at, row.cache_seconds), (Some(START), 60));
        assert_eq!(containers::of_chain(&shelf.db, other).await.unwrap(), vec![row]);
        chains::delete(&shelf.db, other).await.unwrap();
        let row = containers::find(&shelf.db, id).await.unwrap().unwrap();
        assert_eq!((row.chain, row.pending_chain), (None, None));
        let others = containers::in_organisation(&shelf.db, OrganisationId(1), id).await;
        assert_eq!(others.unwrap(), None);
        let lost = containers::rename(&shelf.db, ContainerId(1), "x").await;
        assert!(matches!(lost, Err(StoreError::Lost { table: "containers", .. })));
    })
    .await;
}

#[tokio::test]
async fn an_organisation_goes_with_everything_that_is_its() {
    for_each_store(async |shelf| {
        let database = shelf.database("acme", "Acme").await;
        let chain = shelf.chain_in(State::Live(held(1))).await.chain.id;
        shelf.container(database.id, "eol", Some(chain)).await;
        let key = keys::Row {
            id: shelf.id(),
            organisation: shelf.organisation,
            purpose: keys::Purpose::Tokens,
            master_key_id: "k".to_owned(),
            wrapped: vec![1],
            created_at: START,
            retired_at: None,
            unnamed_since: None,
        };
        keys::insert_first(&shelf.db, &key).await.unwrap();
        let txn = begin(&shelf.db).await.unwrap();
        organisations::delete(&txn, shelf.organisation).await.unwrap();
        txn.commit().await.unwrap();
        assert_eq!(keys::all(&shelf.db).await.unwrap(), vec![]);
        assert_eq!(chains::find(&shelf.db, chain).await.unwrap(), None);
        assert_eq!(databases::find(&shelf.db, database.id).await.unwrap(), None);
        assert_eq!(organisations::all(&shelf.db).await.unwrap(), vec![]);
    })
    .await;
}
