use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alert_deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub alert_id: String,
    pub target_id: String,
    pub state: String,
    pub tries: i64,
    pub next_at: Option<i64>,
    pub owner: Option<String>,
    pub lease_until: Option<i64>,
    pub last_at: Option<i64>,
    pub last_answer: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
