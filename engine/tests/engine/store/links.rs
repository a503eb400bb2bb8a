use std::time::Duration;

use engine::store::answers::{self, Kind};
use engine::store::links::{self, Standing};
use engine::store::purge::{self, What};
use engine::store::{Purge, StoreError, chains};

use crate::each::{START, Shelf, for_each_store};

const DAY: Duration = Duration::from_secs(86_400);

fn link(shelf: &Shelf, chain: chain::ChainId, generation: u32, standing: Standing) -> links::Row {
    links::Row {
        id: shelf.id(),
        chain,
        generation,
        refresh_token: vec![0, 255, 1],
        access_token: Some(vec![9]),
        received_at: START + Duration::from_secs(generation.into()),
        standing,
        expires_at: START + DAY,
    }
}

fn answer(shelf: &Shelf, chain: chain::ChainId) -> answers::Row {
    answers::Row {
        id: shelf.id(),
        chain,
        attempt: 3,
        generation: 2,
        kind: Kind::Refresh,
        body: vec![0, 1, 255],
        status: 400,
        reason: Some("OldRefreshTokenUsed".to_owned()),
        sent_at: START,
        received_at: START + Duration::from_millis(120),
        read_at: None,
        expires_at: START + DAY,
    }
}

#[tokio::test]
async fn the_newest_current_link_is_sent_next_and_older_ones_step_back() {
    for_each_store(async |shelf| {
        let chain = shelf.chain().await.chain.id;
        assert_eq!(links::current(&shelf.db, chain).await.unwrap(), None);
        let (first, second) =
            (link(&shelf, chain, 1, Standing::Current), link(&shelf, chain, 2, Standing::Current));
        let beside = links::Row { access_token: None, ..link(&shelf, chain, 2, Standing::Beside) };
        for link in [&second, &first, &beside] {
            links::insert(&shelf.db, link).await.unwrap();
        }
        assert_eq!(links::current(&shelf.db, chain).await.unwrap(), Some(second.clone()));
        assert_eq!(links::newest_beside(&shelf.db, chain).await.unwrap(), Some(beside));
        assert_eq!(links::supersede(&shelf.db, chain, 2, START).await.unwrap(), 1);
        let older = links::of_generation(&shelf.db, chain, 1).await.unwrap().unwrap();
        assert_eq!((older.standing, older.expires_at), (Standing::Superseded, START));
        assert_eq!(links::current(&shelf.db, chain).await.unwrap(), Some(second));
    })
    .await;
}

#[tokio::test]
async fn the_link_of_a_chain_that_is_not_broken_is_never_purged() {
    for_each_store(async |shelf| {
        let chain = shelf.chain().await.chain.id;
        for (generation, standing) in
            [(1, Standing::Superseded), (2, Standing::Beside), (3, Standing::Current)]
        {
            links::insert(&shelf.db, &link(&shelf, chain, generation, standing)).await.unwrap();
        }
        let gone = async |now| {
            purge::take_all_of(&shelf.db, What::UpstreamLink, Purge { now, limit: 10 }).await.unwrap()
        };
        assert_eq!(gone(START).await, 0);
        assert_eq!(gone(START + DAY * 400).await, 2);
        assert_eq!(links::current(&shelf.db, chain).await.unwrap().unwrap().generation, 3);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_handed_over_and_goes_with_its_chain() {
    for_each_store(async |shelf| {
        let (from, to) = (shelf.chain().await.chain.id, shelf.chain().await.chain.id);
        let row = link(&shelf, from, 1, Standing::Current);
        links::insert(&shelf.db, &row).await.unwrap();
        links::hand_over(&shelf.db, row.id, to, 8).await.unwrap();
        chains::delete(&shelf.db, from).await.unwrap();
        let moved = links::current(&shelf.db, to).await.unwrap().unwrap();
        assert_eq!((moved.id, moved.generation, moved.refresh_token), (row.id, 8, row.refresh_token));
        chains::delete(&shelf.db, to).await.unwrap();
        assert_eq!(links::current(&shelf.db, to).await.unwrap(), None);
        let gone = links::hand_over(&shelf.db, row.id, from, 1).await;
        assert!(matches!(gone, Err(StoreError::Lost { table: "links", .. })));
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_kept_once_and_read_once() {
    for_each_store(async |shelf| {
        let chain = shelf.chain().await.chain.id;
        let kept = answer(&shelf, chain);
        answers::insert(&shelf.db, &kept).await.unwrap();
        answers::insert(&shelf.db, &kept).await.unwrap();
        let code =
            answers::Row { id: shelf.id(), kind: Kind::Code, received_at: START, ..answer(&shelf, chain) };
        answers::insert(&shelf.db, &code).await.unwrap();
        assert_eq!(answers::unread(&shelf.db, 10).await.unwrap(), vec![code.clone(), kept.clone()]);
        let (first, second) = (START + DAY, START + DAY * 2);
        answers::mark_read(&shelf.db, kept.id, first).await.unwrap();
        answers::mark_read(&shelf.db, kept.id, second).await.unwrap();
        assert_eq!(answers::find(&shelf.db, kept.id).await.unwrap().unwrap().read_at, Some(first));
        assert_eq!(answers::unread(&shelf.db, 10).await.unwrap(), vec![code.clone()]);
        // What nobody could read yet stays for a month more.
        let purge =
            async |now| purge::take_all_of(&shelf.db, What::Answer, Purge { now, limit: 10 }).await.unwrap();
        assert_eq!(purge(kept.expires_at - Duration::from_secs(1)).await, 0);
        assert_eq!(purge(kept.expires_at + DAY * 29).await, 1);
        assert_eq!(answers::unread(&shelf.db, 10).await.unwrap(), vec![code]);
        assert_eq!(purge(kept.expires_at + DAY * 30).await, 1);
    })
    .await;
}
