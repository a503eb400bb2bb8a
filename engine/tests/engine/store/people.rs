use std::time::Duration;

use chain::OperatorId;
use engine::store::operators::{self, Role};
use engine::store::purge::{self, What};
use engine::store::sessions::{self, Life};
use engine::store::{Purge, StoreError, setup_links};

use crate::each::{START, for_each_store};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn an_operator_is_found_in_whatever_case_the_name_is_typed() {
    for_each_store(async |shelf| {
        assert!(!operators::any(&shelf.db).await.unwrap());
        let row = operators::Row {
            id: OperatorId(shelf.id()),
            organisation: shelf.organisation,
            name: " Ägidius@Example.NL".to_owned(),
            password_hash: "first".to_owned(),
            role: Role::Owner,
            language: None,
            created_at: START,
        };
        operators::insert(&shelf.db, &row).await.unwrap();
        let found = operators::by_name(&shelf.db, "ÄGIDIUS@example.nl ").await.unwrap();
        assert!(found.is_some_and(|found| found.id == row.id && found.name == "ägidius@example.nl"));
        let twice = operators::Row { id: OperatorId(shelf.id()), ..row.clone() };
        assert!(matches!(operators::insert(&shelf.db, &twice).await, Err(StoreError::Taken)));
        operators::set_password(&shelf.db, row.id, "second").await.unwrap();
        operators::set_role(&shelf.db, row.id, Role::Viewer).await.unwrap();
        operators::set_language(&shelf.db, row.id, Some("nl")).await.unwrap();
        let found = operators::find(&shelf.db, row.id).await.unwrap().unwrap();
        assert_eq!((found.password_hash.as_str(), found.role), ("second", Role::Viewer));
        assert_eq!(found.language.as_deref(), Some("nl"));
        operators::delete(&shelf.db, row.id).await.unwrap();
        assert!(operators::all(&shelf.db, shelf.organisation).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_in_time() {
    for_each_store(async |shelf| {
        let end = START + HOUR;
        let until = |expires_at| Life { born_at: START, expires_at };
        assert!(sessions::create(&shelf.db, "a", b"one", until(end)).await.unwrap());
        assert!(!sessions::create(&shelf.db, "a", b"two", until(end)).await.unwrap());
        sessions::save(&shelf.db, "a", b"three", until(end)).await.unwrap();
        sessions::save(&shelf.db, "b", b"four", until(end + HOUR)).await.unwrap();
        assert_eq!(sessions::load(&shelf.db, "a", START).await.unwrap(), Some((b"three".to_vec(), end)));
        shelf.hand.advance(HOUR);
        assert_eq!(sessions::load(&shelf.db, "a", shelf.clock.now()).await.unwrap(), None);
        assert_eq!(
            purge::take_all_of(&shelf.db, What::Session, Purge { now: end, limit: 10 }).await.unwrap(),
            1
        );
        assert!(sessions::load(&shelf.db, "b", end).await.unwrap().is_some());
        sessions::delete(&shelf.db, "b").await.unwrap();
        sessions::delete(&shelf.db, "b").await.unwrap();
        assert_eq!(sessions::load(&shelf.db, "b", START).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_setup_link_works_once_and_in_time() {
    for_each_store(async |shelf| {
        let end = START + HOUR;
        for hash in ["a", "b"] {
            setup_links::insert(&shelf.db, hash, START, end).await.unwrap();
        }
        assert!(setup_links::is_open(&shelf.db, "a", START).await.unwrap());
        assert!(setup_links::take(&shelf.db, "a", START).await.unwrap());
        assert!(!setup_links::take(&shelf.db, "a", START).await.unwrap());
        assert!(!setup_links::is_open(&shelf.db, "a", START).await.unwrap());
        assert!(!setup_links::take(&shelf.db, "b", end).await.unwrap());
        assert!(!setup_links::take(&shelf.db, "c", START).await.unwrap());
        assert_eq!(
            purge::take_all_of(&shelf.db, What::SetupLink, Purge { now: end, limit: 10 }).await.unwrap(),
            2
        );
    })
    .await;
}
