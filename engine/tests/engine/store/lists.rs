use std::time::Duration;

use chain::{Effort, Fault, OrganisationId, State};
use engine::store::{containers, databases};
use engine::view::{DatabaseFilter, DatabaseSort, Standing, StateName};

use crate::each::{START, Shelf, for_each_store, held};

async fn slugs(shelf: &Shelf, filter: &DatabaseFilter) -> Vec<String> {
    let listing = databases::list(&shelf.db, shelf.organisation, filter, START).await.unwrap();
    listing.rows.into_iter().map(|row| row.database.slug).collect()
}

fn broken() -> State {
    State::Broken { held: None, fault: Fault::ChainMismatch, since: START }
}

fn live_for(seconds: u64) -> State {
    State::Live(chain::Held { access_until: START + Duration::from_secs(seconds), ..held(1) })
}

/// Four databases: `calm` is live, `torn` has two broken and one live, `idle` waits, `bare` is unlinked.
async fn fill(shelf: &Shelf) {
    let calm = shelf.database("calm", "Übung Calm").await.id;
    let torn = shelf.database("torn", "Torn 100%").await.id;
    let idle = shelf.database("idle", "Idle").await.id;
    let bare = shelf.database("bare", "Bare_").await.id;
    let live = shelf.chain_in(live_for(300)).await.chain.id;
    let sooner = shelf.chain_in(live_for(60)).await.chain.id;
    let first = shelf.chain_in(broken()).await.chain.id;
    let second = shelf.chain_in(broken()).await.chain.id;
    let over = chain::Held { access_until: START, ..held(1) };
    let waiting =
        State::Waiting { held: over, until: START, cause: Fault::Outage, effort: Effort::default() };
    let waiting = shelf.chain_in(waiting).await.chain.id;
    shelf.container(calm, "eol", Some(live)).await;
    shelf.container(torn, "b", Some(first)).await;
    shelf.container(torn, "a", Some(second)).await;
    shelf.container(torn, "c", Some(sooner)).await;
    shelf.container(idle, "eol", Some(waiting)).await;
    shelf.container(bare, "eol", None).await;
    shelf.container(bare, "new", Some(shelf.chain().await.chain.id)).await;
}

#[tokio::test]
async fn databases_are_found_by_name_slug_and_standing() {
    for_each_store(async |shelf| {
        fill(&shelf).await;
        let found = async |search: &str, standing| {
            let filter = DatabaseFilter { search: search.to_owned(), standing, ..DatabaseFilter::default() };
            slugs(&shelf, &filter).await
        };
        assert_eq!(found("", None).await, ["bare", "idle", "torn", "calm"]);
        assert_eq!(found("ÜBUNG", None).await, ["calm"]);
        assert_eq!(found(" TORN", None).await, ["torn"]);
        assert_eq!(found("%", None).await, ["torn"]);
        assert_eq!(found("_", None).await, ["bare"]);
        assert_eq!(found("\\", None).await, Vec::<String>::new());
        assert_eq!(found("", Some(Standing::Repair)).await, ["torn"]);
        assert_eq!(found("", Some(Standing::Live)).await, ["torn", "calm"]);
        assert_eq!(found("", Some(Standing::Busy)).await, ["idle"]);
        assert_eq!(found("", Some(Standing::Unlinked)).await, ["bare"]);
        assert_eq!(found("calm", Some(Standing::Repair)).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn databases_are_sorted_by_repairs_and_by_the_token_that_ends_first() {
    for_each_store(async |shelf| {
        fill(&shelf).await;
        let sorted = async |sort| slugs(&shelf, &DatabaseFilter { sort, ..DatabaseFilter::default() }).await;
        assert_eq!(sorted(DatabaseSort::Repairs).await, ["torn", "bare", "idle", "calm"]);
        assert_eq!(sorted(DatabaseSort::Freshness).await, ["torn", "calm", "bare", "idle"]);
    })
    .await;
}

#[tokio::test]
async fn a_row_has_its_containers_by_alias() {
    for_each_store(async |shelf| {
        fill(&shelf).await;
        let filter = DatabaseFilter { search: "torn".to_owned(), ..DatabaseFilter::default() };
        let listing = databases::list(&shelf.db, shelf.organisation, &filter, START).await.unwrap();
        assert_eq!((listing.matching, listing.total, listing.page, listing.pages), (1, 4, 1, 1));
        let containers = &listing.rows[0].containers;
        let states: Vec<_> = containers.iter().map(|row| (row.alias.as_str(), row.state)).collect();
        assert_eq!(states, [("a", StateName::Broken), ("b", StateName::Broken), ("c", StateName::Live)]);
        assert_eq!((containers[2].provider.as_str(), containers[2].place.as_str()), ("exact", "nl"));
        assert_eq!(containers[2].access_until, Some(START + Duration::from_secs(60)));
    })
    .await;
}

#[tokio::test]
async fn a_database_is_counted_once_however_many_containers_are_broken() {
    for_each_store(async |shelf| {
        fill(&shelf).await;
        assert_eq!(databases::repairs(&shelf.db, shelf.organisation).await.unwrap(), 1);
        let broken = containers::broken(&shelf.db, shelf.organisation, 10).await.unwrap();
        assert_eq!(broken.len(), 2);
        assert!(broken.iter().all(|item| item.database.slug == "torn" && item.chain.chain.needs_repair()));
        assert_eq!(containers::broken(&shelf.db, shelf.organisation, 1).await.unwrap().len(), 1);
        let others = OrganisationId(1);
        assert_eq!(databases::repairs(&shelf.db, others).await.unwrap(), 0);
        assert_eq!(containers::broken(&shelf.db, others, 10).await.unwrap(), vec![]);
        let listing = databases::list(&shelf.db, others, &DatabaseFilter::default(), START).await.unwrap();
        assert_eq!((listing.total, listing.rows.len()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn many_databases_come_in_pages_and_a_page_too_far_is_the_last() {
    for_each_store(async |shelf| {
        for number in 0..123 {
            shelf.database(&format!("db-{number:03}"), &format!("Database {number:03}")).await;
        }
        let page = async |page| {
            let filter = DatabaseFilter { page, ..DatabaseFilter::default() };
            databases::list(&shelf.db, shelf.organisation, &filter, START).await.unwrap()
        };
        let (first, last) = (page(0).await, page(99).await);
        assert_eq!((first.page, first.rows.len(), first.rows[0].database.slug.as_str()), (1, 50, "db-000"));
        assert_eq!((last.page, last.pages, last.rows.len(), last.matching), (3, 3, 23, 123));
        assert_eq!(last.rows[22].database.slug, "db-122");
    })
    .await;
}

#[tokio::test]
async fn the_containers_of_a_database_come_with_their_chains() {
    for_each_store(async |shelf| {
        let database = shelf.database("acme", "Acme").await.id;
        let (own, other) = (shelf.chain_in(live_for(60)).await, shelf.chain_in(broken()).await);
        let second = shelf.container(database, "b", None).await;
        let first = shelf.container(database, "a", Some(own.chain.id)).await;
        containers::set_pending_chain(&shelf.db, first.id, Some(other.chain.id)).await.unwrap();
        let found = containers::of_database(&shelf.db, database).await.unwrap();
        assert_eq!(found[0].container.id, first.id);
        assert_eq!((found[0].chain.as_ref(), found[0].pending_chain.as_ref()), (Some(&own), Some(&other)));
        assert_eq!((&found[1].container, found[1].chain.as_ref()), (&second, None));
        let shared = containers::count_by_chain(&shelf.db, &[own.chain.id, other.chain.id]).await.unwrap();
        assert_eq!((shared.get(&own.chain.id), shared.get(&other.chain.id)), (Some(&1), None));
    })
    .await;
}
