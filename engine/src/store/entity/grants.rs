use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub state_hash: String,
    pub session_hash: String,
    pub organisation_id: String,
    pub container_id: String,
    pub registration_id: String,
    pub chain_id: String,
    pub target_chain_id: Option<String>,
    pub run: Option<i64>,
    pub operator_id: String,
    pub verifier: Option<Vec<u8>>,
    pub redirect_uri: String,
    pub return_to: Option<String>,
    pub created_at: i64,
    pub expires_at: i64,
    pub used_at: Option<i64>,
    pub outcome: Option<String>,
    pub from_address: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
