use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recovery_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub organisation_id: String,
    pub chain_id: String,
    pub attempt: i64,
    pub kind: String,
    pub owner: String,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    pub step: i64,
    pub outcome: Option<String>,
    pub trace: Option<String>,
    pub expires_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
