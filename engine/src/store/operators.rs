//! Operators: the people who sign in.

use chain::{OperatorId, OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::StoreError;
use super::cells::{Cells, words};
use super::entity::operators::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;

words! {
    /// What an operator may do.
    Role {
        /// Everything.
        Owner = "owner",
        /// Everything but settings of the organisation.
        Operator = "operator",
        /// Look.
        Viewer = "viewer",
    }
}

/// One operator as it is stored; it cannot be printed, since it has the hash of the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The operator's id.
    pub id: OperatorId,
    /// Where the operator works.
    pub organisation: OrganisationId,
    /// The name to sign in with, in lower case.
    pub name: String,
    /// The argon2id hash of the password.
    pub password_hash: String,
    /// What the operator may do.
    pub role: Role,
    /// The language of the pages; `None` follows the browser.
    pub language: Option<String>,
    /// When the operator was added.
    pub created_at: Time,
}

/// The operator with this id.
pub async fn find(db: &impl ConnectionTrait, id: OperatorId) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(id.to_string()).one(db).await?.map(Row::try_from).transpose()
}

/// The operator with this name, in whatever case it is typed.
pub async fn by_name(db: &impl ConnectionTrait, name: &str) -> Result<Option<Row>, StoreError> {
    let found = Entity::find().filter(Column::Name.eq(folded(name)));
    found.one(db).await?.map(Row::try_from).transpose()
}

/// The organisation's operators, by name.
pub async fn all(db: &impl ConnectionTrait, organisation: OrganisationId) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()));
    found.order_by_asc(Column::Name).all(db).await?.into_iter().map(Row::try_from).collect()
}

/// Whether there is any operator at all.
pub async fn any(db: &impl ConnectionTrait) -> Result<bool, StoreError> {
    Ok(Entity::find().count(db).await? > 0)
}

/// Adds an operator; the name is stored in lower case.
///
/// # Errors
/// [`StoreError::Taken`] if another operator has this name.
pub async fn insert(db: &impl ConnectionTrait, new: &Row) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id.to_string()),
        organisation_id: Set(new.organisation.to_string()),
        name: Set(folded(&new.name)),
        password_hash: Set(new.password_hash.clone()),
        role: Set(new.role.as_str().to_owned()),
        language: Set(new.language.clone()),
        created_at: Set(new.created_at.millis()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Gives an operator another password.
pub async fn set_password(db: &impl ConnectionTrait, id: OperatorId, hash: &str) -> Result<(), StoreError> {
    set(db, id, Column::PasswordHash, Expr::value(hash)).await
}

/// Gives an operator another role.
pub async fn set_role(db: &impl ConnectionTrait, id: OperatorId, role: Role) -> Result<(), StoreError> {
    set(db, id, Column::Role, Expr::value(role.as_str())).await
}

/// Chooses the language of an operator's pages; `None` follows the browser.
pub async fn set_language(
    db: &impl ConnectionTrait,
    id: OperatorId,
    language: Option<&str>,
) -> Result<(), StoreError> {
    set(db, id, Column::Language, Expr::value(language.map(str::to_owned))).await
}

/// Removes an operator.
pub async fn delete(db: &impl ConnectionTrait, id: OperatorId) -> Result<(), StoreError> {
    let deleted = Entity::delete_by_id(id.to_string()).exec(db).await?;
    exactly_one(deleted.rows_affected, "operators", id)
}

async fn set(
    db: &impl ConnectionTrait,
    id: OperatorId,
    column: Column,
    value: SimpleExpr,
) -> Result<(), StoreError> {
    let change = Entity::update_many().col_expr(column, value).filter(Column::Id.eq(id.to_string()));
    exactly_one(change.exec(db).await?.rows_affected, "operators", id)
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "operators", row: &row.id };
        Ok(Self {
            id: cells.parse("id", &row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            role: cells.word("role", &row.role, Role::from_word)?,
            name: row.name,
            password_hash: row.password_hash,
            language: row.language,
            created_at: Time::from_millis(row.created_at),
        })
    }
}
