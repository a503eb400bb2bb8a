//! The PostgreSQL server that some figures are measured on.

use anyhow::{Context, Result};
use sea_orm::{ConnectionTrait, Database};
use url::Url;
use uuid::Uuid;

/// Names the server.
const VARIABLE: &str = "EVERGRANT_BENCH_POSTGRES_URL";

/// The address of a new, empty database.
#[expect(clippy::disallowed_methods, reason = "cargo xtask bench names its server in the environment")]
pub async fn database() -> Result<String> {
    let server = std::env::var(VARIABLE).ok().filter(|url| !url.is_empty()).with_context(|| {
        format!("{VARIABLE} names no server to measure on; `cargo xtask bench` starts one and sets it")
    })?;
    let mut url = Url::parse(&server).with_context(|| format!("{VARIABLE} is not postgres://…"))?;
    let name = format!("bench_{}", Uuid::new_v4().simple());
    let admin = Database::connect(server).await.context("could not reach PostgreSQL")?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    admin.close().await?;
    url.set_path(&name);
    Ok(url.into())
}
