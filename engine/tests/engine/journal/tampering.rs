use engine::store::journal_heads;
use engine::store::{journal, organisations};
use engine::{ChainError, Misfit};
use sha2::{Digest, Sha256};

use super::{MADE, misfit, run, sound, write};
use crate::world::{World, on_each_store};

const LINES: i64 = 8;

/// A journal of eight lines, and a copy of it to go back to.
async fn prepared(world: &World) {
    write(world, u32::try_from(LINES.unsigned_abs() - MADE).unwrap()).await;
    world.engine.chain_journal().await.unwrap();
    assert_eq!(sound(world).await.lines, LINES.unsigned_abs());
    run(world, "CREATE TABLE kept AS SELECT * FROM journal").await;
    run(world, "CREATE TABLE kept_heads AS SELECT * FROM journal_heads").await;
}

/// What is found after this was done to the store; everything is then as it was.
async fn after(world: &World, statements: &[&str]) -> Misfit {
    for statement in statements {
        run(world, statement).await;
    }
    let found = misfit(world).await;
    for statement in [
        "DELETE FROM journal",
        "INSERT INTO journal SELECT * FROM kept",
        "DELETE FROM journal_heads",
        "INSERT INTO journal_heads SELECT * FROM kept_heads",
    ] {
        run(world, statement).await;
    }
    sound(world).await;
    found
}

fn number(misfit: &Misfit) -> Option<i64> {
    match misfit {
        Misfit::Missing { number } | Misfit::Changed { number, .. } | Misfit::PutIn { number, .. } => {
            Some(*number)
        }
        Misfit::HeadGone | Misfit::HeadChanged => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_line_is_found_whatever_of_it_was_changed() {
    on_each_store(async |world: World| {
        prepared(&world).await;
        for change in [
            "at = at + 1",
            "actor = 'operator:somebody else'",
            "from_address = '192.0.2.1'",
            "action = 'refreshed'",
            "code = ''",
            "database_id = id",
            "container_id = id",
            "chain_id = id",
            "generation = 1",
            "detail = 'nothing happened'",
            "hash = 'none'",
            "id = actor",
        ] {
            let found = after(&world, &[&format!("UPDATE journal SET {change} WHERE number = 3")]).await;
            assert!(matches!(found, Misfit::Changed { number: 3, .. }), "{change}: {found:?}");
        }
        let swapped = [
            "UPDATE journal SET number = 100 WHERE number = 5",
            "UPDATE journal SET number = 5 WHERE number = 6",
            "UPDATE journal SET number = 6 WHERE number = 100",
        ];
        assert_eq!(number(&after(&world, &swapped).await), Some(5));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_line_is_found_wherever_it_stood() {
    on_each_store(async |world: World| {
        prepared(&world).await;
        for gone in [1, 4, LINES] {
            let found = after(&world, &[&format!("DELETE FROM journal WHERE number = {gone}")]).await;
            assert_eq!(found, Misfit::Missing { number: gone });
        }
        let found = after(&world, &["DELETE FROM journal WHERE number > 5"]).await;
        assert_eq!(found, Misfit::Missing { number: 6 });
        assert_eq!(after(&world, &["DELETE FROM journal"]).await, Misfit::Missing { number: 1 });
        let hidden = "UPDATE journal SET number = NULL, hash = NULL WHERE number = 7";
        assert_eq!(after(&world, &[hidden]).await, Misfit::Missing { number: 7 });
        // What stood behind it takes its place.
        let closed_up = [
            "DELETE FROM journal WHERE number = 4",
            "UPDATE journal SET number = number + 100 WHERE number > 4",
            "UPDATE journal SET number = number - 101 WHERE number > 100",
        ];
        assert_eq!(number(&after(&world, &closed_up).await), Some(4));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_was_put_in_is_found() {
    on_each_store(async |world: World| {
        prepared(&world).await;
        let put = |number: i64| {
            format!(
                "INSERT INTO journal (id, at, organisation_id, actor, action, number, hash)
                SELECT 'put in', at, organisation_id, actor, action, {number}, hash FROM journal WHERE number = 3"
            )
        };
        for place in [0, -5, LINES + 1, LINES + 9] {
            let found = after(&world, &[&put(place)]).await;
            assert!(matches!(found, Misfit::PutIn { number, .. } if number == place), "{found:?}");
        }
        let among = [
            "UPDATE journal SET number = number + 100 WHERE number > 3",
            "UPDATE journal SET number = number - 99 WHERE number > 100",
            &put(4),
        ];
        assert_eq!(number(&after(&world, &among).await), Some(4));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_makes_every_hash_anew_cannot_seal_the_end() {
    on_each_store(async |world: World| {
        prepared(&world).await;
        run(&world, "UPDATE journal SET actor = 'system' WHERE number = 2").await;
        let db = world.engine.store();
        let organisation = organisations::all(db).await.unwrap()[0].id;
        let mut hash: [u8; 32] = [0; 32];
        let mut statements = Vec::new();
        for line in journal::chained(db, organisation, 0, 100).await.unwrap() {
            let number = line.number.unwrap();
            let mut next = Sha256::new();
            next.update(hash);
            next.update(number.to_be_bytes());
            next.update(&line.content);
            hash = next.finalize().into();
            let text: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            statements.push(format!("UPDATE journal SET hash = '{text}' WHERE number = {number}"));
        }
        let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
        assert_eq!(after(&world, &statements).await, Misfit::HeadChanged);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_chain_is_guarded_itself() {
    on_each_store(async |world: World| {
        prepared(&world).await;
        assert_eq!(after(&world, &["DELETE FROM journal_heads"]).await, Misfit::HeadGone);
        let moved = ["UPDATE journal_heads SET head = base", "UPDATE journal_heads SET number = 7"];
        for change in moved {
            assert_eq!(after(&world, &[change]).await, Misfit::HeadChanged);
        }
        // An end that was good a while ago.
        write(&world, 2).await;
        world.engine.chain_journal().await.unwrap();
        run(&world, "DELETE FROM journal_heads").await;
        run(&world, "INSERT INTO journal_heads SELECT * FROM kept_heads").await;
        assert_eq!(number(&misfit(&world).await), Some(LINES + 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_end_no_new_chain_is_begun() {
    on_each_store(async |world: World| {
        prepared(&world).await;
        run(&world, "DELETE FROM journal_heads").await;
        write(&world, 1).await;
        assert!(matches!(world.engine.chain_journal().await, Err(ChainError::HeadGone)));
        let db = world.engine.store();
        let organisation = organisations::all(db).await.unwrap()[0].id;
        assert_eq!(journal_heads::find(db, organisation).await.unwrap(), None);
        assert_eq!(misfit(&world).await, Misfit::HeadGone);
    })
    .await;
}
