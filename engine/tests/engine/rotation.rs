//! Keys are rotated under way: nothing is lost, whoever is killed and whoever knows of it late.

mod killed;
mod shelf;

use std::time::Duration;

use engine::guard::{Keyring, Purpose};
use engine::store::{keys, links, sealed};

use shelf::{Shelf, on_each_store};

/// Longer than the grace of any store.
const GRACE: Duration = Duration::from_secs(8 * 86_400);
const MINUTE: Duration = Duration::from_secs(60);

async fn retired(shelf: &Shelf) -> usize {
    keys::retired(shelf.engine.store()).await.unwrap().len()
}

/// Every value moves, and the keys go once their grace is over.
async fn end(shelf: &Shelf) {
    let done = shelf.engine.reseal(u64::MAX).await.unwrap();
    assert_eq!((done.stuck, done.more), (0, false));
    assert_eq!(shelf.engine.keys().await.unwrap().left(), 0);
    shelf.engine.reseal(u64::MAX).await.unwrap();
    shelf.hand.advance(GRACE);
    shelf.engine.reseal(u64::MAX).await.unwrap();
    assert_eq!(retired(shelf).await, 0);
    shelf.everything_opens().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_moves_and_the_old_keys_go_after_their_grace() {
    on_each_store(async |shelf| {
        let before = shelf.engine.keys().await.unwrap();
        let total: u64 = before.keys.iter().map(|key| key.values).sum();
        assert_eq!((before.left(), total), (0, shelf.values()));
        shelf.engine.rotate_keys().await.unwrap();
        let begun = shelf.engine.keys().await.unwrap();
        assert_eq!((begun.left(), retired(&shelf).await), (total, 2));
        let accounts = |view: &engine::view::KeysView| {
            view.keys.iter().filter(|key| key.purpose == Purpose::Accounts).count()
        };
        assert_eq!(accounts(&begun), 1, "nothing is sealed with it, so it stays");

        let part = shelf.engine.reseal(7).await.unwrap();
        assert_eq!((part.moved, part.more), (7, true));
        assert_eq!(shelf.engine.keys().await.unwrap().left(), total - 7);
        shelf.everything_opens().await;
        shelf.engine.reseal(u64::MAX).await.unwrap();
        let moved = shelf.engine.keys().await.unwrap();
        assert_eq!((moved.left(), retired(&shelf).await), (0, 2), "the grace is not over");
        shelf.engine.reseal(u64::MAX).await.unwrap();
        shelf.hand.advance(MINUTE);
        assert_eq!(shelf.engine.reseal(u64::MAX).await.unwrap().destroyed, 0);
        assert!(shelf.engine.keys().await.unwrap().keys.iter().any(|key| key.destroyed_at.is_some()));
        shelf.hand.advance(GRACE);
        assert_eq!(shelf.engine.reseal(u64::MAX).await.unwrap().destroyed, 2);
        assert_eq!(retired(&shelf).await, 0);
        shelf.everything_opens().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_by_a_process_that_does_not_know_yet_is_not_lost() {
    on_each_store(async |shelf| {
        // It sealed before, so it knows the keys that were in use then.
        let late = shelf.guard();
        shelf.link(&late).await;
        shelf.engine.rotate_keys().await.unwrap();
        shelf.engine.reseal(u64::MAX).await.unwrap();
        shelf.engine.reseal(u64::MAX).await.unwrap();
        shelf.hand.advance(MINUTE - Duration::from_millis(1));
        shelf.link(&late).await;
        assert_eq!(shelf.engine.keys().await.unwrap().left(), 2, "with the retired key");
        // It asks again from now on.
        shelf.hand.advance(Duration::from_millis(1));
        shelf.link(&late).await;
        assert_eq!(shelf.engine.keys().await.unwrap().left(), 2, "with the new key");
        shelf.hand.advance(GRACE);
        let met = shelf.engine.reseal(u64::MAX).await.unwrap();
        assert_eq!((met.moved, met.destroyed, retired(&shelf).await), (2, 1, 1), "a new grace begins");
        end(&shelf).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_while_a_value_moves_wins() {
    on_each_store(async |shelf| {
        shelf.engine.rotate_keys().await.unwrap();
        let db = shelf.engine.store();
        let old = keys::retired(db).await.unwrap();
        let old = old.iter().find(|key| key.purpose == Purpose::Tokens).unwrap().id;
        let column = sealed::Column::RefreshToken;
        let read = sealed::naming(db, column, old, None, 1).await.unwrap().remove(0);
        assert!(sealed::replace(db, column, &read, vec![7]).await.unwrap());
        assert!(!sealed::replace(db, column, &read, vec![8]).await.unwrap());
        let link = links::current(db, read.chain.unwrap()).await.unwrap().unwrap();
        assert_eq!(link.refresh_token, [7]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_cannot_be_opened_keeps_its_key() {
    on_each_store(async |shelf| {
        let db = shelf.engine.store();
        let key = keys::in_use(db, shelf.organisation, Purpose::Tokens).await.unwrap().unwrap().id;
        let column = sealed::Column::Answer;
        let read = sealed::naming(db, column, key, None, 1).await.unwrap().remove(0);
        let mut broken = read.value.clone();
        *broken.last_mut().unwrap() ^= 1;
        assert!(sealed::replace(db, column, &read, broken).await.unwrap());
        shelf.engine.rotate_keys().await.unwrap();
        for _ in 0..3 {
            let done = shelf.engine.reseal(u64::MAX).await.unwrap();
            assert_eq!((done.stuck, done.more), (1, false));
            shelf.hand.advance(GRACE);
        }
        assert_eq!(shelf.engine.keys().await.unwrap().left(), 1);
        assert!(keys::find(db, key).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rotations_one_after_the_other_end_as_one() {
    on_each_store(async |shelf| {
        shelf.engine.rotate_keys().await.unwrap();
        shelf.engine.reseal(9).await.unwrap();
        shelf.engine.rotate_keys().await.unwrap();
        assert_eq!(retired(&shelf).await, 4);
        shelf.everything_opens().await;
        end(&shelf).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_master_key_wraps_every_key_and_then_the_old_one_may_go() {
    on_each_store(async |shelf| {
        let file = shelf.master_key_file();
        let before = std::fs::read_to_string(&file).unwrap();
        let old = shelf.engine.keys().await.unwrap().masters.remove(0);
        let new = Keyring::renew(&file).unwrap_or_else(|error| panic!("{error}"));
        // A process that read the file before finds what another one wrapped since.
        let early = shelf.guard_with(&before);
        assert_eq!(shelf.engine.rotate_master().await.unwrap(), 3);
        assert_eq!(shelf.engine.rotate_master().await.unwrap(), 0);
        let masters = shelf.engine.keys().await.unwrap().masters;
        let shown: Vec<_> = masters.iter().map(|key| (key.id.as_str(), key.current, key.wraps)).collect();
        assert_eq!(shown, [(new.as_str(), true, 3), (old.id.as_str(), false, 0)]);
        assert!(early.check(shelf.engine.store()).await.is_err(), "it has no file to read again");

        let text = std::fs::read_to_string(&file).unwrap();
        let alone: String =
            text.lines().filter(|line| !line.starts_with(&old.id)).map(|line| format!("{line}\n")).collect();
        std::fs::write(&file, alone).unwrap();
        shelf.everything_opens().await;
        shelf.engine.rotate_keys().await.unwrap();
        end(&shelf).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_process_finds_a_master_key_that_was_added_since() {
    on_each_store(async |shelf| {
        let running = shelf.guard();
        Keyring::renew(&shelf.master_key_file()).unwrap_or_else(|error| panic!("{error}"));
        shelf.engine.rotate_master().await.unwrap();
        shelf.open_all(&running).await;
    })
    .await;
}
