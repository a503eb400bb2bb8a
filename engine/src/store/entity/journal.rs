use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub at: i64,
    pub organisation_id: String,
    pub actor: String,
    pub from_address: Option<String>,
    pub action: String,
    pub code: Option<String>,
    pub database_id: Option<String>,
    pub container_id: Option<String>,
    pub chain_id: Option<String>,
    pub generation: Option<i64>,
    pub detail: Option<String>,
    pub number: Option<i64>,
    pub hash: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
