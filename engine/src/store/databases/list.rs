use std::collections::HashMap;

use chain::{DatabaseId, OrganisationId, Time};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use super::Row;
use crate::provider;
use crate::store::StoreError;
use crate::store::cells::{Cells, time};
use crate::view::{DatabaseFilter, DatabaseSort, Standing, StateName};

/// Databases on one page.
pub const PAGE: u64 = 50;

/// One page of the list of databases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The databases of this page.
    pub rows: Vec<Listed>,
    /// How many match the filter.
    pub matching: u64,
    /// How many the organisation has.
    pub total: u64,
    /// The page shown, from 1 on.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
}

/// One database in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The database.
    pub database: Row,
    /// Its containers, by alias.
    pub containers: Vec<ListedContainer>,
}

/// What the list shows of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedContainer {
    /// Its alias.
    pub alias: String,
    /// The provider of its app registration.
    pub provider: String,
    /// Where that is: a country of Exact Online, or the host of another server.
    pub place: String,
    /// Where its chain stands.
    pub state: StateName,
    /// When its access token ends or ended.
    pub access_until: Option<Time>,
    /// When a program last took a token.
    pub last_used_at: Option<Time>,
}

/// The page of the organisation's databases that the filter asks for, the last one if it asks for
/// a later one.
pub async fn list(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    filter: &DatabaseFilter,
    now: Time,
) -> Result<Listing, StoreError> {
    let total = count(db, TOTAL, vec![organisation.to_string().into()]).await?;
    let plain = filter.search.is_empty() && filter.standing.is_none();
    let matching = if plain { total } else { count_matching(db, organisation, filter, now).await? };
    let pages = matching.div_ceil(PAGE).max(1);
    let page = filter.page.clamp(1, pages);
    let mut rows = Vec::new();
    for found in page_of(db, organisation, filter, now, page).await? {
        rows.push(Listed { database: database(&found)?, containers: Vec::new() });
    }
    add_containers(db, &mut rows).await?;
    Ok(Listing { rows, matching, total, page, pages })
}

const MATCHES: &str =
    r"d.organisation_id = $1 AND (d.folded LIKE $2 ESCAPE '\' OR d.slug LIKE $2 ESCAPE '\')";

const TOTAL: &str = "SELECT COUNT(*) AS number FROM databases WHERE organisation_id = $1";

/// Whether nothing of the containers is asked for: the index alone says which rows make the page.
fn by_name_alone(filter: &DatabaseFilter) -> bool {
    filter.standing.is_none() && filter.sort == DatabaseSort::Name
}

/// One row a database that matches; `$1` is the organisation, `$2` the pattern, `$3` the time.
fn matching_sql(filter: &DatabaseFilter) -> String {
    if by_name_alone(filter) {
        return format!("SELECT d.* FROM databases d WHERE {MATCHES}");
    }
    let having = match filter.standing {
        None => "",
        Some(Standing::Repair) => "HAVING SUM(CASE WHEN chain.state = 'broken' THEN 1 ELSE 0 END) > 0",
        Some(Standing::Live) => "HAVING SUM(CASE WHEN chain.state = 'live' THEN 1 ELSE 0 END) > 0",
        Some(Standing::Busy) => {
            "HAVING SUM(CASE WHEN chain.state IN ('spending', 'in_doubt', 'waiting', 'recovering') \
             THEN 1 ELSE 0 END) > 0"
        }
        Some(Standing::Unlinked) => {
            "HAVING SUM(CASE WHEN container.id IS NOT NULL \
             AND (chain.id IS NULL OR chain.state = 'unlinked') THEN 1 ELSE 0 END) > 0"
        }
    };
    format!(
        "SELECT d.id, d.organisation_id, d.slug, d.name, d.folded, d.created_at,
            SUM(CASE WHEN chain.state = 'broken' THEN 1 ELSE 0 END) AS repairs,
            MIN(CASE WHEN chain.access_until > $3 THEN chain.access_until END) AS fresh_until
        FROM databases d
        LEFT JOIN containers container ON container.database_id = d.id
        LEFT JOIN chains chain ON chain.id = container.chain_id
        WHERE {MATCHES}
        GROUP BY d.id, d.organisation_id, d.slug, d.name, d.folded, d.created_at {having}"
    )
}

fn matching_values(organisation: OrganisationId, filter: &DatabaseFilter, now: Time) -> Vec<Value> {
    let mut values = vec![organisation.to_string().into(), pattern(&filter.search).into()];
    if !by_name_alone(filter) {
        values.push(now.millis().into());
    }
    values
}

/// Matches what contains the words somewhere, in whatever case.
fn pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for letter in search.trim().to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

async fn count_matching(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    filter: &DatabaseFilter,
    now: Time,
) -> Result<u64, StoreError> {
    let sql = format!("SELECT COUNT(*) AS number FROM ({}) found", matching_sql(filter));
    count(db, &sql, matching_values(organisation, filter, now)).await
}

async fn count(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let Some(row) = db.query_one_raw(statement).await? else { return Ok(0) };
    Ok(row.try_get::<i64>("", "number")?.max(0).unsigned_abs())
}

async fn page_of(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    filter: &DatabaseFilter,
    now: Time,
    page: u64,
) -> Result<Vec<QueryResult>, StoreError> {
    let order = match filter.sort {
        DatabaseSort::Name => "folded, id",
        DatabaseSort::Repairs => "repairs DESC, folded, id",
        DatabaseSort::Freshness => "fresh_until IS NULL, fresh_until, folded, id",
    };
    let offset = (page - 1) * PAGE;
    let sql = format!(
        "SELECT * FROM ({}) found ORDER BY {order} LIMIT {PAGE} OFFSET {offset}",
        matching_sql(filter)
    );
    let values = matching_values(organisation, filter, now);
    Ok(db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?)
}

fn database(row: &QueryResult) -> Result<Row, StoreError> {
    let id: String = row.try_get("", "id")?;
    let organisation: String = row.try_get("", "organisation_id")?;
    let cells = Cells { table: "databases", row: &id };
    Ok(Row {
        id: cells.parse("id", &id)?,
        organisation: cells.parse("organisation_id", &organisation)?,
        slug: row.try_get("", "slug")?,
        name: row.try_get("", "name")?,
        created_at: Time::from_millis(row.try_get("", "created_at")?),
    })
}

async fn add_containers(db: &impl ConnectionTrait, rows: &mut [Listed]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let places: Vec<String> = (1..=rows.len()).map(|number| format!("${number}")).collect();
    let sql = format!(
        "SELECT container.id, container.database_id, container.alias, container.last_used_at,
            registration.provider, registration.country, registration.custom, chain.state, chain.access_until
        FROM containers container
        JOIN registrations registration ON registration.id = container.registration_id
        LEFT JOIN chains chain ON chain.id = container.chain_id
        WHERE container.database_id IN ({}) ORDER BY container.alias",
        places.join(", ")
    );
    let values: Vec<Value> = rows.iter().map(|row| row.database.id.to_string().into()).collect();
    let places: HashMap<DatabaseId, usize> =
        rows.iter().enumerate().map(|(place, row)| (row.database.id, place)).collect();
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    for found in db.query_all_raw(statement).await? {
        let (database, container) = container(&found)?;
        if let Some(row) = places.get(&database).and_then(|&place| rows.get_mut(place)) {
            row.containers.push(container);
        }
    }
    Ok(())
}

fn container(row: &QueryResult) -> Result<(DatabaseId, ListedContainer), StoreError> {
    let id: String = row.try_get("", "id")?;
    let database: String = row.try_get("", "database_id")?;
    let state: Option<String> = row.try_get("", "state")?;
    let cells = Cells { table: "containers", row: &id };
    let provider: String = row.try_get("", "provider")?;
    let (country, custom): (String, Option<String>) =
        (row.try_get("", "country")?, row.try_get("", "custom")?);
    let container = ListedContainer {
        alias: row.try_get("", "alias")?,
        place: provider::place(&provider, &country, custom.as_deref()),
        provider,
        state: state.map_or(Ok(StateName::Unlinked), |word| cells.word("state", &word, state_name))?,
        access_until: time(row.try_get("", "access_until")?),
        last_used_at: time(row.try_get("", "last_used_at")?),
    };
    Ok((cells.parse("database_id", &database)?, container))
}

fn state_name(word: &str) -> Option<StateName> {
    [
        StateName::Unlinked,
        StateName::Live,
        StateName::Spending,
        StateName::InDoubt,
        StateName::Waiting,
        StateName::Recovering,
        StateName::Broken,
    ]
    .into_iter()
    .find(|name| name.as_str() == word)
}
