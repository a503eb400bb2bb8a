#![allow(warnings)]
#[path = "support/each.rs"]
mod each;
#[path = "keeper/stores.rs"]
mod stores;
use each::*;
use engine::store::*;
use engine::view::*;
#[tokio::test(flavor = "multi_thread")]
async fn measure() {
    for_each_store(async |shelf| {
        let t = std::time::Instant::now();
        let txn = begin(&shelf.db).await.unwrap();
        let mut ids = vec![];
        for n in 0..1000 {
            let d = databases::Row { id: chain::DatabaseId(shelf.id()), organisation: shelf.organisation, slug: format!("d{n}"), name: format!("D {n}"), created_at: START };
            databases::insert(&txn, &d).await.unwrap();
            let id = chain::ChainId(shelf.id());
            chains::insert(&txn, &chains::NewChain { chain: chain::Chain { state: chain::State::Live(held(1)), ..chain::Chain::unlinked(id) }, organisation: shelf.organisation, registration: shelf.registration, authorization_server: "s".into(), client_id: "c".into(), created_at: START }).await.unwrap();
            containers::insert(&txn, &containers::Row { id: chain::ContainerId(shelf.id()), organisation: shelf.organisation, database: d.id, alias: "eol".into(), registration: shelf.registration, chain: Some(id), pending_chain: None, warm: false, created_at: START, last_used_at: None }).await.unwrap();
            ids.push(id);
        }
        txn.commit().await.unwrap();
        eprintln!("insert 3000: {:?}", t.elapsed());
        for f in [DatabaseFilter::default(), DatabaseFilter { search: "9".into(), sort: DatabaseSort::Repairs, standing: Some(Standing::Live), page: 3 }] {
            databases::list(&shelf.db, shelf.organisation, &f, START).await.unwrap();
            let t = std::time::Instant::now();
            for _ in 0..10 { databases::list(&shelf.db, shelf.organisation, &f, START).await.unwrap(); }
            eprintln!("list: {:?}", t.elapsed() / 10);
        }
        let t = std::time::Instant::now();
        for _ in 0..10 { databases::repairs(&shelf.db, shelf.organisation).await.unwrap(); }
        eprintln!("repairs: {:?}", t.elapsed() / 10);
        let t = std::time::Instant::now();
        let tasks: Vec<_> = ids.into_iter().map(|id| { let db = shelf.db.clone(); tokio::spawn(async move {
            let row = chains::find(&db, id).await.unwrap().unwrap();
            let txn = begin(&db).await.unwrap();
            assert!(chains::commit(&txn, &row, &row.chain, chains::Beside::default()).await.unwrap());
            txn.commit().await.unwrap();
        })}).collect();
        for t in tasks { t.await.unwrap(); }
        eprintln!("1000 transactions at once: {:?}", t.elapsed());
    }).await;
}
