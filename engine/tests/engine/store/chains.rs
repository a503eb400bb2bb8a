use std::time::Duration;

use chain::{
    Activation, Calls, Chain, ChainId, Credentials, Doubt, Effort, Fault, Phase, RecoveryFailure, State,
    Time, Wake,
};
use engine::store::chains::{self, Beside};
use engine::store::{StoreError, begin};
use engine::view::UpstreamUser;
use sea_orm::ConnectionTrait;

use crate::each::{START, for_each_store, held};

fn at(seconds: u64) -> Time {
    START + Duration::from_secs(seconds)
}

fn states() -> Vec<State> {
    let pending = chain::Held { activation: Activation::Pending { tries: 3, next: at(7) }, ..held(9) };
    let doubt = Doubt { since: at(1), resends: 2 };
    let doubtful = Effort { tries: 4, doubt: Some(doubt) };
    let fault = Fault::OldRefreshTokenUsed;
    vec![
        State::Unlinked,
        State::Live(held(1)),
        State::Live(pending),
        State::Spending {
            held: pending,
            attempt: 5,
            since: at(2),
            deadline: at(3),
            phase: Phase::Intended,
            effort: Effort::default(),
        },
        State::Spending {
            held: held(2),
            attempt: 6,
            since: at(2),
            deadline: at(3),
            phase: Phase::Sent,
            effort: doubtful,
        },
        State::InDoubt { held: held(2), attempt: 6, doubt, next: at(4) },
        State::Waiting { held: held(2), until: at(5), cause: Fault::Outage, effort: doubtful },
        State::Waiting { held: held(2), until: at(5), cause: Fault::TooEarly, effort: Effort::default() },
        State::Recovering { held: Some(held(3)), fault, since: at(6), attempt: 8 },
        State::Recovering { held: None, fault, since: at(6), attempt: 8 },
        State::Broken { held: Some(pending), fault, since: at(6) },
        State::Broken { held: None, fault: Fault::AnswerLost, since: at(6) },
    ]
}

fn credentials() -> Vec<Credentials> {
    vec![
        Credentials::Absent,
        Credentials::Stored { runs: Calls { day: 20_833, used: 2 }, not_before: Some(at(9)), since: 7 },
        Credentials::Stored { runs: Calls::default(), not_before: None, since: 0 },
        Credentials::Blocked(RecoveryFailure::WrongPassword),
    ]
}

#[tokio::test]
async fn every_state_is_read_as_it_was_written_whatever_was_there_before() {
    for_each_store(async |shelf| {
        let mut row = shelf.chain().await;
        for (number, state) in states().iter().chain(states().iter().rev()).enumerate() {
            for credentials in credentials() {
                let calls = Calls { day: 20_833, used: u32::try_from(number).unwrap() };
                let after = Chain { state: state.clone(), attempts: 17, calls, credentials, ..row.chain };
                assert!(chains::commit(&shelf.db, &row, &after, Beside::default()).await.unwrap());
                row = chains::find(&shelf.db, after.id).await.unwrap().unwrap();
                assert_eq!(row.chain, after);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_commit_writes_the_lease_and_keeps_the_last_refresh_unless_there_is_a_newer_one() {
    for_each_store(async |shelf| {
        let row = shelf.chain().await;
        let wakes = [
            Wake::KeepWarm,
            Wake::KeepAlive,
            Wake::Activate,
            Wake::Expire,
            Wake::LeaseEnds,
            Wake::Resend,
            Wake::GiveUp,
            Wake::Retry,
            Wake::RecoveryEnds,
            Wake::RecoverAgain,
        ];
        for wake in wakes {
            let row = chains::find(&shelf.db, row.chain.id).await.unwrap().unwrap();
            let first = wake == Wake::KeepWarm;
            let beside = Beside {
                owner: Some("me"),
                wake: Some((at(30), wake)),
                last_refreshed_at: first.then(|| at(1)),
            };
            assert!(chains::commit(&shelf.db, &row, &row.chain, beside).await.unwrap());
            let after = chains::find(&shelf.db, row.chain.id).await.unwrap().unwrap();
            assert_eq!(after.wake, Some((at(30), wake)));
            assert_eq!((after.owner.as_deref(), after.last_refreshed_at), (Some("me"), Some(at(1))));
            assert_eq!(after.revision, row.revision + 1);
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_read_before_somebody_else_wrote_changes_nothing() {
    for_each_store(async |shelf| {
        let row = shelf.chain().await;
        let first = Chain { state: State::Live(held(1)), ..row.chain.clone() };
        let second = Chain { state: State::Live(held(2)), ..row.chain.clone() };
        assert!(chains::commit(&shelf.db, &row, &first, Beside::default()).await.unwrap());
        assert!(!chains::commit(&shelf.db, &row, &second, Beside::default()).await.unwrap());
        assert_eq!(chains::find(&shelf.db, row.chain.id).await.unwrap().unwrap().chain, first);
        let other = Chain { id: ChainId(1), ..row.chain.clone() };
        let refused = chains::commit(&shelf.db, &row, &other, Beside::default()).await;
        assert!(matches!(refused, Err(StoreError::Impossible { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_write_at_once_exactly_one_moves_the_chain() {
    for_each_store(async |shelf| {
        let row = shelf.chain().await;
        let writers: Vec<_> = (0..24)
            .map(|number| {
                let (db, row) = (shelf.db.clone(), row.clone());
                tokio::spawn(async move {
                    let txn = begin(&db).await.unwrap();
                    let after = Chain { state: State::Live(held(number)), ..row.chain.clone() };
                    let moved = chains::commit(&txn, &row, &after, Beside::default()).await.unwrap();
                    txn.commit().await.unwrap();
                    moved
                })
            })
            .collect();
        let mut moved = 0;
        for writer in writers {
            moved += u32::from(writer.await.unwrap());
        }
        assert_eq!(moved, 1);
        assert_eq!(chains::find(&shelf.db, row.chain.id).await.unwrap().unwrap().revision, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_taken_by_one_taker_oldest_first() {
    for_each_store(async |shelf| {
        let mut ids = Vec::new();
        for seconds in [40_u64, 10, 30, 20, 50] {
            let row = shelf.chain().await;
            let beside = Beside { wake: Some((at(seconds), Wake::KeepAlive)), ..Beside::default() };
            assert!(chains::commit(&shelf.db, &row, &row.chain, beside).await.unwrap());
            ids.push((seconds, row.chain.id));
        }
        shelf.chain().await;
        ids.sort_unstable();
        let ids: Vec<ChainId> = ids.into_iter().map(|(_, id)| id).collect();
        assert_eq!(chains::next_due(&shelf.db).await.unwrap(), Some(at(10)));
        let mut taken = chains::take_due(&shelf.db, at(40), 2, at(100)).await.unwrap();
        taken.sort_unstable();
        let mut oldest = ids[..2].to_vec();
        oldest.sort_unstable();
        assert_eq!(taken, oldest);
        let takers = (0..4).map(|_| {
            let db = shelf.db.clone();
            tokio::spawn(async move { chains::take_due(&db, at(40), 1, at(100)).await.unwrap() })
        });
        let mut rest = Vec::new();
        for taker in takers.collect::<Vec<_>>() {
            rest.extend(taker.await.unwrap());
        }
        rest.sort_unstable();
        let mut others = ids[2..4].to_vec();
        others.sort_unstable();
        assert_eq!(rest, others);
        assert_eq!(chains::next_due(&shelf.db).await.unwrap(), Some(at(50)));
        // Who took them and died gave them back.
        assert_eq!(chains::take_due(&shelf.db, at(100), 10, at(200)).await.unwrap().len(), 5);
    })
    .await;
}

#[tokio::test]
async fn one_upstream_user_has_one_chain() {
    for_each_store(async |shelf| {
        let (first, second) = (shelf.chain().await, shelf.chain().await);
        let anna = UpstreamUser { id: "42".to_owned(), name: "Anna".to_owned() };
        assert!(chains::name_user(&shelf.db, &first, &anna).await.unwrap());
        assert!(chains::name_user(&shelf.db, &first, &anna).await.unwrap());
        assert!(!chains::name_user(&shelf.db, &second, &anna).await.unwrap());
        let found =
            chains::by_identity(&shelf.db, &first.authorization_server, "client", "42").await.unwrap();
        assert_eq!(found.unwrap().upstream_user, Some(anna));
        let found =
            chains::by_identity(&shelf.db, "https://start.exactonline.be", "client", "42").await.unwrap();
        assert_eq!(found, None);
    })
    .await;
}

#[tokio::test]
async fn leased_chains_are_those_that_somebody_works_on() {
    for_each_store(async |shelf| {
        let mut working = Vec::new();
        for state in states() {
            let works = matches!(state, State::Spending { .. } | State::Recovering { .. });
            let row = shelf.chain_in(state).await;
            if works {
                working.push(row);
            }
        }
        let mut leased = chains::leased(&shelf.db).await.unwrap();
        leased.sort_by_key(|row| row.chain.id);
        working.sort_by_key(|row| row.chain.id);
        assert_eq!(leased, working);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_says_something_impossible_is_named() {
    for_each_store(async |shelf| {
        let impossible = [
            "state = 'happy'",
            "state = 'live', generation = NULL",
            "state = 'broken', fault = 'nothing'",
            "activation_tries = 1, activation_next = NULL",
            "credentials = 'lost'",
            "attempts = -1",
            "wake_at = 5, wake_reason = NULL",
            "wake_at = 5, wake_reason = 'boredom'",
            "state = 'spending', attempt = NULL",
        ];
        for said in impossible {
            let row = shelf.chain_in(State::Live(held(1))).await;
            let id = row.chain.id.to_string();
            let sql = format!("UPDATE chains SET {said} WHERE id = '{id}'");
            shelf.db.execute_unprepared(&sql).await.unwrap();
            let found = chains::find(&shelf.db, row.chain.id).await;
            assert!(
                matches!(&found, Err(StoreError::Impossible { table: "chains", row, .. }) if *row == id),
                "{said}: {found:?}"
            );
        }
    })
    .await;
}
