use std::time::Duration;

use chain::{ChainId, Time};
use engine::store::purge::{self, What};
use engine::store::{Purge, StoreError, chains, credentials, lives, one_time_periods, organisations};
use policy::Kind;

use crate::each::{START, Shelf, for_each_store};

const DAY: Duration = Duration::from_secs(86_400);

fn row(shelf: &Shelf, chain: ChainId, days: u32) -> credentials::Row {
    credentials::Row {
        id: shelf.id(),
        organisation: shelf.organisation,
        chain,
        data_key: vec![1],
        user_name: vec![2],
        password: vec![3],
        totp_secret: Some(vec![4]),
        account: "account".to_owned(),
        stored_at: START,
        stored_by: "anna".to_owned(),
        expires_at: START + DAY * days,
        warned: None,
        proved_at: None,
        password_sent_at: None,
        refused_at: None,
        uses: 0,
        last_used_at: None,
        last_recovery: None,
    }
}

async fn stored(shelf: &Shelf, days: u32) -> credentials::Row {
    let row = row(shelf, shelf.chain().await.chain.id, days);
    credentials::insert(&shelf.db, &row).await.unwrap();
    row
}

async fn read(shelf: &Shelf, row: &credentials::Row) -> credentials::Row {
    credentials::of_chain(&shelf.db, row.chain).await.unwrap().unwrap()
}

fn at(now: Time) -> Purge {
    Purge { now, limit: 9 }
}

#[tokio::test]
async fn a_chain_has_credentials_once_and_they_go_with_it() {
    for_each_store(async |shelf| {
        let row = stored(&shelf, 30).await;
        assert_eq!(read(&shelf, &row).await, row);
        let second = credentials::Row { id: shelf.id(), ..row.clone() };
        assert!(matches!(credentials::insert(&shelf.db, &second).await, Err(StoreError::Taken)));
        assert!(credentials::delete(&shelf.db, row.id).await.unwrap());
        assert!(!credentials::delete(&shelf.db, row.id).await.unwrap());
        credentials::insert(&shelf.db, &second).await.unwrap();
        chains::delete(&shelf.db, row.chain).await.unwrap();
        assert_eq!(credentials::of_chain(&shelf.db, row.chain).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn expired_credentials_are_not_usable_whether_deleted_or_not() {
    for_each_store(async |shelf| {
        let row = stored(&shelf, 1).await;
        let usable = async |now| credentials::usable(&shelf.db, row.chain, now).await.unwrap().is_some();
        assert!(usable(START + DAY - Duration::from_millis(1)).await);
        assert!(!usable(START + DAY).await);
        assert_eq!(credentials::expired(&shelf.db, at(START)).await.unwrap(), []);
        assert_eq!(
            credentials::expired(&shelf.db, at(START + DAY)).await.unwrap(),
            std::slice::from_ref(&row)
        );
        let sent = credentials::mark_password_sent(&shelf.db, row.id, START + DAY).await.unwrap();
        assert!(!sent, "nothing of it is sent any more");
    })
    .await;
}

#[tokio::test]
async fn a_password_is_sent_again_only_once_the_provider_accepted_it() {
    for_each_store(async |shelf| {
        let row = stored(&shelf, 30).await;
        let send = async || credentials::mark_password_sent(&shelf.db, row.id, START).await.unwrap();
        let answer = async |accepted| {
            credentials::mark_password_answered(&shelf.db, row.id, accepted, START).await.unwrap();
        };
        assert!(send().await);
        assert!(!send().await, "nobody knows what the provider said");
        answer(true).await;
        assert_eq!(read(&shelf, &row).await.proved_at, Some(START));
        assert!(send().await);
        answer(false).await;
        let read = read(&shelf, &row).await;
        assert_eq!((read.password_sent_at, read.refused_at), (None, Some(START)));
        assert!(!send().await, "it is wrong");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_runs_exactly_one_may_send_the_password() {
    for_each_store(async |shelf| {
        let row = stored(&shelf, 30).await;
        let sends: Vec<_> = (0..16)
            .map(|_| {
                let (db, id) = (shelf.db.clone(), row.id);
                tokio::spawn(async move { credentials::mark_password_sent(&db, id, START).await.unwrap() })
            })
            .collect();
        let mut sent = 0;
        for send in sends {
            sent += u32::from(send.await.unwrap());
        }
        assert_eq!(sent, 1);
    })
    .await;
}

#[tokio::test]
async fn uses_are_counted_and_the_last_recovery_is_remembered() {
    for_each_store(async |shelf| {
        let row = stored(&shelf, 30).await;
        credentials::mark_used(&shelf.db, row.id, START).await.unwrap();
        credentials::mark_used(&shelf.db, row.id, START + DAY).await.unwrap();
        credentials::mark_recovered(&shelf.db, row.id, START + DAY, Duration::from_secs(3)).await.unwrap();
        let read = read(&shelf, &row).await;
        assert_eq!((read.uses, read.last_used_at), (2, Some(START + DAY)));
        assert_eq!(read.last_recovery, Some((START + DAY, Duration::from_secs(3))));
        assert!(matches!(credentials::mark_used(&shelf.db, 1, START).await, Err(StoreError::Lost { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_warning_is_due_once_and_never_for_what_lives_no_longer_anyway() {
    for_each_store(async |shelf| {
        let (month, week, day) = (stored(&shelf, 30).await, stored(&shelf, 7).await, stored(&shelf, 1).await);
        let due = async |days, now| {
            let rows = credentials::to_warn(&shelf.db, days, at(now)).await.unwrap();
            rows.iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(due(7, START).await, Vec::<u128>::new());
        assert_eq!(due(7, START + DAY * 23).await, [month.id]);
        assert_eq!(due(1, START + DAY * 6).await, [week.id]);
        assert!(credentials::mark_warned(&shelf.db, month.id, 7).await.unwrap());
        assert!(!credentials::mark_warned(&shelf.db, month.id, 7).await.unwrap());
        assert_eq!(due(7, START + DAY * 23).await, Vec::<u128>::new());
        assert_eq!(due(1, START + DAY * 29).await, [month.id]);
        assert!(credentials::mark_warned(&shelf.db, month.id, 1).await.unwrap());
        assert!(!credentials::mark_warned(&shelf.db, month.id, 7).await.unwrap(), "later is later");
        assert_eq!(due(1, START + DAY * 29).await, Vec::<u128>::new());
        assert_eq!(read(&shelf, &day).await.warned, None);
    })
    .await;
}

#[tokio::test]
async fn a_shorter_retention_holds_for_what_is_stored_too() {
    for_each_store(async |shelf| {
        let (long, short) = (stored(&shelf, 90).await, stored(&shelf, 5).await);
        let shorten = lives::shorten(&shelf.db, Kind::Credential, shelf.organisation, START, DAY * 14, 10);
        assert_eq!(shorten.await.unwrap(), 1);
        assert_eq!(read(&shelf, &long).await.expires_at, START + DAY * 14);
        assert_eq!(read(&shelf, &short).await.expires_at, START + DAY * 5);
        assert!(organisations::recovery_enabled(&shelf.db, shelf.organisation).await.unwrap());
        organisations::set_recovery_enabled(&shelf.db, shelf.organisation, false).await.unwrap();
        assert!(!organisations::recovery_enabled(&shelf.db, shelf.organisation).await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_period_of_an_account_is_reserved_twice() {
    for_each_store(async |shelf| {
        let asks: Vec<_> = (0..48)
            .map(|number| {
                let (db, organisation) = (shelf.db.clone(), shelf.organisation);
                let period = 1_000 + number % 3;
                tokio::spawn(async move {
                    let got = one_time_periods::reserve(&db, organisation, "anna", period).await.unwrap();
                    got.then_some(period)
                })
            })
            .collect();
        let mut reserved = Vec::new();
        for ask in asks {
            reserved.extend(ask.await.unwrap());
        }
        let mut once = reserved.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), reserved.len(), "{reserved:?}");
        assert!(once.contains(&1_002), "the newest is always free once");
        let reserve = async |account, period| {
            one_time_periods::reserve(&shelf.db, shelf.organisation, account, period).await.unwrap()
        };
        assert!(!reserve("anna", 1_001).await, "an earlier one neither");
        assert!(reserve("bram", 1_001).await);
        assert!(reserve("anna", 1_003).await);
        // What lies a day back is forgotten: the 1,002nd period began 30,060 s after the epoch.
        let now = Time::from_millis(1_002 * 30_000) + DAY;
        let purge = purge::take_all_of(&shelf.db, What::OneTimePeriod, Purge { now, limit: 10 });
        assert_eq!(purge.await.unwrap(), 1);
        assert!(!reserve("anna", 1_003).await);
    })
    .await;
}
