//! Brings the store to this version.
#![expect(clippy::print_stdout, reason = "a command answers on its standard output")]

use std::fs;

use engine::guard::Keyring;

use super::Failure;
use crate::config::Settings;

pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    ensure(settings).await?;
    println!("The store is of this version.");
    Ok(())
}

/// Makes the data folder and brings the store to this version; a newer store is refused.
pub(super) async fn ensure(settings: &Settings) -> Result<(), Failure> {
    keys_are_keys(settings)?;
    fs::create_dir_all(&settings.data_dir)
        .map_err(|source| Failure::DataDir { path: settings.data_dir.clone(), source })?;
    engine::migrate::<migrations::Migrator>(&settings.database_url).await?;
    Ok(())
}

/// Looks at the keys that were given before anything is made.
fn keys_are_keys(settings: &Settings) -> Result<(), Failure> {
    let given = |from: String| move |source| Failure::Keys { from, source };
    if let Some(file) = &settings.master_key_file {
        Keyring::load(file).map_err(given(file.display().to_string()))?;
    }
    if let Some(text) = &settings.master_key {
        Keyring::parse(text).map_err(given("EVERGRANT_MASTER_KEY".to_owned()))?;
    }
    Ok(())
}
