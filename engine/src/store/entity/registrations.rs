use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "registrations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub organisation_id: String,
    pub slug: String,
    pub name: String,
    pub provider: String,
    pub country: String,
    pub base_url: Option<String>,
    pub client_id: String,
    pub client_secret: Vec<u8>,
    pub timing: Option<String>,
    pub custom: Option<String>,
    pub pkce: bool,
    pub state: String,
    pub state_since: Option<i64>,
    pub created_at: i64,
    pub revision: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
