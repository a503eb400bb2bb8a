use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credentials")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub organisation_id: String,
    pub chain_id: String,
    pub data_key: Vec<u8>,
    pub user_name: Vec<u8>,
    pub password: Vec<u8>,
    pub totp_secret: Option<Vec<u8>>,
    pub account: String,
    pub stored_at: i64,
    pub stored_by: String,
    pub expires_at: i64,
    pub warned: Option<i64>,
    pub proved_at: Option<i64>,
    pub password_sent_at: Option<i64>,
    pub refused_at: Option<i64>,
    pub uses: i64,
    pub last_used_at: Option<i64>,
    pub last_recovered_at: Option<i64>,
    pub last_duration_ms: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
