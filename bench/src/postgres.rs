//! The PostgreSQL server that some figures are measured on.

use anyhow::{Context, Result};
use sea_orm::{ConnectionTrait, Database};
use url::Url;
use uuid::Uuid;

/// Names the server.
const VARIABLE: &str = "EVERGRANT_BENCH_POSTGRES_URL";

/// The address of a new, empty database.
pub async fn database() -> Result<String> {
    let server = server()?;
    let mut url = Url::parse(&server).with_context(|| format!("{VARIABLE} is not postgres://…"))?;
    let name = format!("bench_{}", Uuid::new_v4().simple());
    let admin = Database::connect(server).await.context("could not reach PostgreSQL")?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    admin.close().await?;
    url.set_path(&name);
    Ok(url.into())
}

#[expect(clippy::disallowed_methods, reason = "cargo xtask bench names its server in the environment")]
fn server() -> Result<String> {
    std::env::var(VARIABLE).ok().filter(|url| !url.is_empty()).with_context(|| {
        format!("{VARIABLE} names no server to measure on; `cargo xtask bench` starts one and sets it")
    })
}

/// How often the server looks for rows to clear away.
pub struct Autovacuum;

impl Autovacuum {
    /// Every second, for time that passes faster than it does; says whether the server let it.
    pub async fn hurried() -> bool {
        Self::set("ALTER SYSTEM SET autovacuum_naptime = '1s'").await.is_ok()
    }

    /// As often as before; whoever may not say how often may not take it back.
    pub async fn usual() -> bool {
        Self::set("ALTER SYSTEM RESET autovacuum_naptime").await.is_ok()
    }

    async fn set(change: &str) -> Result<()> {
        let admin = Database::connect(server()?).await.context("could not reach PostgreSQL")?;
        let changed = admin.execute_unprepared(change).await;
        let read = admin.execute_unprepared("SELECT pg_reload_conf()").await;
        admin.close().await?;
        changed?;
        read?;
        Ok(())
    }
}
