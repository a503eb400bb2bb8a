use std::time::Duration;

use chain::{ChainId, RecoveryFailure, Time};
use engine::store::purge::{self, What};
use engine::store::recovery_runs::{self, Kind, LEFT, NewRun, Outcome, TraceLine};
use engine::store::{Purge, chains};

use crate::each::{START, Shelf, for_each_store};

fn new(shelf: &Shelf, chain: ChainId, now: Time) -> NewRun<'static> {
    let organisation = shelf.organisation;
    NewRun { id: shelf.id(), organisation, chain, attempt: 3, kind: Kind::Run, owner: "a process", now }
}

#[tokio::test]
async fn a_run_is_followed_from_its_first_step_to_its_outcome() {
    for_each_store(async |shelf| {
        let chain = shelf.chain().await.chain.id;
        let run = new(&shelf, chain, START);
        assert!(recovery_runs::begin(&shelf.db, run).await.unwrap());
        assert!(recovery_runs::advance(&shelf.db, run.id, 3).await.unwrap());
        let open = recovery_runs::open(&shelf.db, chain, START).await.unwrap().unwrap();
        assert_eq!((open.step, open.kind, open.attempt, open.outcome), (3, Kind::Run, 3, None));
        assert_eq!(recovery_runs::ended(&shelf.db, chain, 9).await.unwrap(), []);
        let line = TraceLine {
            step: "password".to_owned(),
            host: "start.exactonline.nl".to_owned(),
            outcome: "answered".to_owned(),
            took_ms: 81,
        };
        let end = async |outcome| {
            let now = START + Duration::from_secs(4);
            recovery_runs::end(&shelf.db, run.id, outcome, std::slice::from_ref(&line), now).await.unwrap()
        };
        assert!(end(Outcome::Failed(RecoveryFailure::Captcha)).await);
        assert!(!end(Outcome::Recovered).await, "it ended already");
        assert!(!recovery_runs::advance(&shelf.db, run.id, 5).await.unwrap());
        assert_eq!(recovery_runs::open(&shelf.db, chain, START).await.unwrap(), None);
        let ended = recovery_runs::ended(&shelf.db, chain, 9).await.unwrap();
        assert_eq!(ended[0].outcome, Some(Outcome::Failed(RecoveryFailure::Captcha)));
        assert_eq!((ended[0].ended_at, ended[0].step), (Some(START + Duration::from_secs(4)), 3));
        assert_eq!(ended[0].trace, std::slice::from_ref(&line));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_begin_a_run_of_one_chain_exactly_one_does() {
    for_each_store(async |shelf| {
        let chain = shelf.chain().await.chain.id;
        let begins: Vec<_> = (0..16)
            .map(|_| {
                let (db, run) = (shelf.db.clone(), new(&shelf, chain, START));
                tokio::spawn(async move { recovery_runs::begin(&db, run).await.unwrap() })
            })
            .collect();
        let mut begun = 0;
        for begin in begins {
            begun += u32::from(begin.await.unwrap());
        }
        assert_eq!(begun, 1);
        let other = shelf.chain().await.chain.id;
        assert!(recovery_runs::begin(&shelf.db, new(&shelf, other, START)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_left_run_is_closed_by_its_successor() {
    for_each_store(async |shelf| {
        let chain = shelf.chain().await.chain.id;
        let left = new(&shelf, chain, START);
        assert!(recovery_runs::begin(&shelf.db, left).await.unwrap());
        let soon = START + LEFT - Duration::from_millis(1);
        assert!(!recovery_runs::begin(&shelf.db, new(&shelf, chain, soon)).await.unwrap());
        assert!(recovery_runs::open(&shelf.db, chain, soon).await.unwrap().is_some());
        assert_eq!(recovery_runs::open(&shelf.db, chain, START + LEFT).await.unwrap(), None);
        assert!(recovery_runs::begin(&shelf.db, new(&shelf, chain, START + LEFT)).await.unwrap());
        let ended = recovery_runs::ended(&shelf.db, chain, 9).await.unwrap();
        assert_eq!(ended.len(), 1);
        let interrupted = Outcome::Failed(RecoveryFailure::Interrupted);
        assert_eq!((ended[0].id, ended[0].outcome), (left.id, Some(interrupted)));
        let late = recovery_runs::end(&shelf.db, left.id, Outcome::Recovered, &[], START + LEFT).await;
        assert!(!late.unwrap());
    })
    .await;
}

#[tokio::test]
async fn runs_are_forgotten_after_ninety_days_and_with_their_chain() {
    for_each_store(async |shelf| {
        let chain = shelf.chain().await.chain.id;
        let run = new(&shelf, chain, START);
        recovery_runs::begin(&shelf.db, run).await.unwrap();
        recovery_runs::end(&shelf.db, run.id, Outcome::CodeInHand, &[], START).await.unwrap();
        let days = |days: u64| Purge { now: START + Duration::from_secs(days * 86_400), limit: 9 };
        assert_eq!(purge::take_all_of(&shelf.db, What::RecoveryRun, days(89)).await.unwrap(), 0);
        assert_eq!(purge::take_all_of(&shelf.db, What::RecoveryRun, days(90)).await.unwrap(), 1);
        recovery_runs::begin(&shelf.db, new(&shelf, chain, START)).await.unwrap();
        chains::delete(&shelf.db, chain).await.unwrap();
        assert_eq!(recovery_runs::open(&shelf.db, chain, START).await.unwrap(), None);
    })
    .await;
}

#[test]
fn every_outcome_is_read_as_it_was_written() {
    let failures = RecoveryFailure::ALL.map(Outcome::Failed);
    for outcome in failures.into_iter().chain([Outcome::Recovered, Outcome::CodeInHand]) {
        assert_eq!(Outcome::from_code(outcome.code()), Some(outcome));
    }
    assert_eq!(Outcome::from_code("something else"), None);
}
