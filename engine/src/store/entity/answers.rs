use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "answers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub chain_id: String,
    pub attempt: i64,
    pub generation: i64,
    pub kind: String,
    pub body: Vec<u8>,
    pub status: i64,
    pub reason: Option<String>,
    pub sent_at: i64,
    pub received_at: i64,
    pub read_at: Option<i64>,
    pub expires_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
