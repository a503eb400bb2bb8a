use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chains")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub organisation_id: String,
    pub registration_id: String,
    pub authorization_server: String,
    pub client_id: String,
    pub upstream_user_id: Option<String>,
    pub upstream_user_name: Option<String>,
    pub revision: i64,
    pub owner: Option<String>,
    pub wake_at: Option<i64>,
    pub wake_reason: Option<String>,
    pub state: String,
    pub generation: Option<i64>,
    pub granted_at: Option<i64>,
    pub received_at: Option<i64>,
    pub access_until: Option<i64>,
    pub refresh_until: Option<i64>,
    pub activation_tries: Option<i64>,
    pub activation_next: Option<i64>,
    pub attempt: Option<i64>,
    pub since: Option<i64>,
    pub deadline: Option<i64>,
    pub phase: Option<String>,
    pub tries: Option<i64>,
    pub doubt_since: Option<i64>,
    pub doubt_resends: Option<i64>,
    pub next_at: Option<i64>,
    pub fault: Option<String>,
    pub attempts: i64,
    pub calls_day: i64,
    pub calls_used: i64,
    pub credentials: String,
    pub runs_day: Option<i64>,
    pub runs_used: Option<i64>,
    pub not_before: Option<i64>,
    pub credentials_since: Option<i64>,
    pub blocked_code: Option<String>,
    pub last_refreshed_at: Option<i64>,
    pub broke_at: Option<i64>,
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
