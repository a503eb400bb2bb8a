use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "containers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub organisation_id: String,
    pub database_id: String,
    pub alias: String,
    pub registration_id: String,
    pub chain_id: Option<String>,
    pub pending_chain_id: Option<String>,
    pub warm: bool,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
    pub cache_seconds: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
