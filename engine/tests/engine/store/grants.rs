use std::time::Duration;

use chain::OperatorId;
use engine::store::grants::{self, Taken};
use engine::store::journal::{self, Entry, Filter, Page};
use engine::store::purge::{self, What};
use engine::store::{Purge, StoreError};

use crate::each::{START, Shelf, for_each_store};

const QUARTER: Duration = Duration::from_secs(900);

async fn grant(shelf: &Shelf, state: &str) -> grants::Row {
    let database = shelf.database(state, state).await;
    let container = shelf.container(database.id, "eol", None).await;
    let row = grants::Row {
        id: shelf.id(),
        state_hash: state.to_owned(),
        session_hash: "mine".to_owned(),
        organisation: shelf.organisation,
        container: container.id,
        registration: shelf.registration,
        recovers: Some((chain::ChainId(9), 3)),
        chain: shelf.chain().await.chain.id,
        operator: OperatorId(7),
        from: Some(std::net::Ipv4Addr::LOCALHOST.into()),
        verifier: Some(vec![4, 5]),
        redirect_uri: "http://127.0.0.1:3000/oauth/callback/exact".to_owned(),
        return_to: None,
        created_at: START,
        expires_at: START + QUARTER,
        used_at: None,
        outcome: None,
    };
    grants::insert(&shelf.db, &row).await.unwrap();
    row
}

#[tokio::test]
async fn a_grant_is_taken_once_by_the_session_that_began_it() {
    for_each_store(async |shelf| {
        let row = grant(&shelf, "a").await;
        let take = async |state: &str, session: &str, now| {
            grants::take(&shelf.db, state, session, now).await.unwrap()
        };
        assert_eq!(take("b", "mine", START).await, Taken::Unknown);
        assert_eq!(take("a", "theirs", START).await, Taken::Foreign);
        assert_eq!(take("a", "mine", START + QUARTER).await, Taken::Expired);
        let used = grants::Row { used_at: Some(START), ..row.clone() };
        assert_eq!(take("a", "mine", START).await, Taken::Grant(Box::new(used)));
        assert_eq!(take("a", "mine", START).await, Taken::Used);
        grants::finish(&shelf.db, row.id, "linked").await.unwrap();
        let found = grants::find(&shelf.db, row.id).await.unwrap().unwrap();
        assert_eq!(found.outcome.as_deref(), Some("linked"));
        assert!(matches!(grants::finish(&shelf.db, 1, "linked").await, Err(StoreError::Lost { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_callbacks_with_one_state_exactly_one_gets_the_grant() {
    for_each_store(async |shelf| {
        grant(&shelf, "a").await;
        let callbacks: Vec<_> = (0..16)
            .map(|_| {
                let db = shelf.db.clone();
                tokio::spawn(async move { grants::take(&db, "a", "mine", START).await.unwrap() })
            })
            .collect();
        let mut got = 0;
        for callback in callbacks {
            got += u32::from(matches!(callback.await.unwrap(), Taken::Grant(_)));
        }
        assert_eq!(got, 1);
    })
    .await;
}

#[tokio::test]
async fn a_newer_grant_takes_the_place_of_an_open_one() {
    for_each_store(async |shelf| {
        let row = grant(&shelf, "a").await;
        assert_eq!(grants::open_for_chain(&shelf.db, row.chain, START).await.unwrap(), Some(row.clone()));
        assert_eq!(grants::open_for_chain(&shelf.db, row.chain, row.expires_at).await.unwrap(), None);
        assert_eq!(grants::supersede(&shelf.db, row.container, START).await.unwrap(), 1);
        assert_eq!(grants::supersede(&shelf.db, row.container, START).await.unwrap(), 0);
        assert_eq!(grants::take(&shelf.db, "a", "mine", START).await.unwrap(), Taken::Used);
        assert_eq!(
            purge::take_all_of(&shelf.db, What::OneTimeState, Purge { now: START, limit: 9 }).await.unwrap(),
            0
        );
        assert_eq!(
            purge::take_all_of(&shelf.db, What::OneTimeState, Purge { now: row.expires_at, limit: 9 })
                .await
                .unwrap(),
            1
        );
        assert_eq!(grants::take(&shelf.db, "a", "mine", START).await.unwrap(), Taken::Unknown);
    })
    .await;
}

#[tokio::test]
async fn the_journal_is_read_newest_first_page_by_page() {
    for_each_store(async |shelf| {
        let chain = shelf.chain().await.chain.id;
        let mut written = Vec::new();
        for number in 0..7_u32 {
            let entry = Entry {
                id: shelf.id(),
                at: START + Duration::from_secs(u64::from(number / 2)),
                organisation: shelf.organisation,
                actor: "system".to_owned(),
                from_address: Some("127.0.0.1".to_owned()),
                action: if number % 2 == 0 { "refreshed" } else { "refused" }.to_owned(),
                code: (number == 3).then(|| "evg104".to_owned()),
                database: None,
                container: None,
                chain: (number < 4).then_some(chain),
                generation: Some(number),
                detail: None,
            };
            journal::append(&shelf.db, &entry).await.unwrap();
            written.push(entry);
        }
        written.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
        let list = async |filter: &Filter, before, limit| {
            journal::list(&shelf.db, shelf.organisation, filter, Page { before, limit }).await.unwrap()
        };
        let mut read = Vec::new();
        loop {
            let before = read.last().map(|entry: &Entry| (entry.at, entry.id));
            let page = list(&Filter::default(), before, 3).await;
            if page.is_empty() {
                break;
            }
            read.extend(page);
        }
        assert_eq!(read, written);
        let of_chain = Filter { chain: Some(chain), ..Filter::default() };
        assert_eq!(list(&of_chain, None, 10).await.len(), 4);
        let refused = Filter { actions: vec!["refused".to_owned()], ..Filter::default() };
        assert_eq!(list(&refused, None, 10).await.len(), 3);
        let outage = Filter { code: Some("evg104".to_owned()), ..Filter::default() };
        assert_eq!(list(&outage, None, 10).await.len(), 1);
        let others = chain::OrganisationId(1);
        let page = Page { before: None, limit: 10 };
        assert_eq!(journal::list(&shelf.db, others, &Filter::default(), page).await.unwrap(), vec![]);
    })
    .await;
}
