//! The journal: what happened, and who did it. Lines are added and never changed; in what order they
//! stand is said later, by their number.

use chain::{ChainId, ContainerId, DatabaseId, OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::StoreError;
use super::cells::{Cells, key};
use super::entity::journal::{ActiveModel, Column, Entity, Model};

mod lines;

pub use lines::{Line, chained, count_before, forget, give_place, unchained, waiting};

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: u128,
    /// When.
    pub at: Time,
    /// Whose.
    pub organisation: OrganisationId,
    /// Who: `operator:<name>`, `stranger` or `system`.
    pub actor: String,
    /// From which network address.
    pub from_address: Option<String>,
    /// What, as a word such as `refreshed`.
    pub action: String,
    /// The message code.
    pub code: Option<String>,
    /// The database it was about.
    pub database: Option<DatabaseId>,
    /// The container it was about.
    pub container: Option<ContainerId>,
    /// The chain it was about.
    pub chain: Option<ChainId>,
    /// The generation it was about.
    pub generation: Option<u32>,
    /// More, in a few words; never a secret.
    pub detail: Option<String>,
}

/// Which lines to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// About this database.
    pub database: Option<DatabaseId>,
    /// About this container.
    pub container: Option<ContainerId>,
    /// About this chain.
    pub chain: Option<ChainId>,
    /// With this message code.
    pub code: Option<String>,
    /// With one of these actions; empty for all.
    pub actions: Vec<String>,
}

/// Which lines of those that match: at most `limit`, older than the line `before`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The last line of the page before: its time and id.
    pub before: Option<(Time, u128)>,
    /// At most as many.
    pub limit: u64,
}

/// Writes a line.
pub async fn append(db: &impl ConnectionTrait, entry: &Entry) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(key(entry.id)),
        at: Set(entry.at.millis()),
        organisation_id: Set(entry.organisation.to_string()),
        actor: Set(entry.actor.clone()),
        from_address: Set(entry.from_address.clone()),
        action: Set(entry.action.clone()),
        code: Set(entry.code.clone()),
        database_id: Set(entry.database.map(|id| id.to_string())),
        container_id: Set(entry.container.map(|id| id.to_string())),
        chain_id: Set(entry.chain.map(|id| id.to_string())),
        generation: Set(entry.generation.map(i64::from)),
        detail: Set(entry.detail.clone()),
        ..ActiveModel::default()
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The organisation's lines, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    filter: &Filter,
    page: Page,
) -> Result<Vec<Entry>, StoreError> {
    let mut found = Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()));
    if let Some(database) = filter.database {
        found = found.filter(Column::DatabaseId.eq(database.to_string()));
    }
    if let Some(container) = filter.container {
        found = found.filter(Column::ContainerId.eq(container.to_string()));
    }
    if let Some(chain) = filter.chain {
        found = found.filter(Column::ChainId.eq(chain.to_string()));
    }
    if let Some(code) = &filter.code {
        found = found.filter(Column::Code.eq(code));
    }
    if !filter.actions.is_empty() {
        found = found.filter(Column::Action.is_in(&filter.actions));
    }
    if let Some((at, id)) = page.before {
        let same_time = Condition::all().add(Column::At.eq(at.millis())).add(Column::Id.lt(key(id)));
        found = found.filter(Condition::any().add(Column::At.lt(at.millis())).add(same_time));
    }
    let found = found.order_by_desc(Column::At).order_by_desc(Column::Id).limit(page.limit);
    found.all(db).await?.into_iter().map(Entry::try_from).collect()
}

impl TryFrom<Model> for Entry {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "journal", row: &row.id };
        Ok(Self {
            id: cells.key(&row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            database: cells.parse_if("database_id", row.database_id.as_deref())?,
            container: cells.parse_if("container_id", row.container_id.as_deref())?,
            chain: cells.parse_if("chain_id", row.chain_id.as_deref())?,
            generation: row.generation.map(|number| cells.count("generation", number)).transpose()?,
            at: Time::from_millis(row.at),
            actor: row.actor,
            from_address: row.from_address,
            action: row.action,
            code: row.code,
            detail: row.detail,
        })
    }
}
