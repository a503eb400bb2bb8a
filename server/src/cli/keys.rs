//! Shows the keys and gives new ones.
#![expect(clippy::print_stdout, reason = "a command answers on its standard output")]

use std::path::PathBuf;

use clap::{Args, Subcommand};
use engine::Engine;
use engine::guard::{Keyring, KeyringError};
use engine::view::{DataKeyView, KeyPurpose, KeysView, MasterKeyView};
use serde_json::{Value, json};

use super::{Failure, moment};
use crate::config::Settings;

/// Values moved between two lines of progress.
const ROUND: u64 = 1_000;

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Show every key, and how many values name it
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Give every organisation new keys; what the old ones sealed moves over in the background
    Rotate(Wishes),
}

#[derive(Args, Debug)]
pub struct Wishes {
    /// Make a new master key as well, on top of the file of master keys
    #[arg(long)]
    master: bool,
    /// Move everything now, instead of leaving it to the server
    #[arg(long)]
    wait: bool,
}

pub(super) async fn run(settings: &Settings, verb: Verb) -> Result<(), Failure> {
    let master_file = match (&verb, &settings.master_key) {
        (Verb::Rotate(Wishes { master: true, .. }), Some(_)) => return Err(Failure::MasterKeyInSetting),
        (Verb::Rotate(_) | Verb::Status { .. }, _) => master_file(settings),
    };
    if settings.lacks_store() {
        return Err(Failure::NoStore(settings.database_url.clone()));
    }
    let engine = super::open(settings).await?;
    let done = match verb {
        Verb::Status { json } => status(&engine, settings, json).await,
        Verb::Rotate(wishes) => rotate(&engine, settings, &master_file, &wishes).await,
    };
    engine.shutdown().await;
    done
}

fn master_file(settings: &Settings) -> PathBuf {
    settings.master_key_file.clone().unwrap_or_else(|| settings.data_dir.join("master.key"))
}

async fn status(engine: &Engine, settings: &Settings, as_json: bool) -> Result<(), Failure> {
    let view = engine.keys().await?;
    if as_json {
        println!("{:#}", to_json(&view));
        return Ok(());
    }
    match &settings.master_key {
        Some(_) => println!("Master keys in EVERGRANT_MASTER_KEY"),
        None => println!("Master keys in {}", master_file(settings).display()),
    }
    for master in &view.masters {
        println!("  {}", master_line(master));
    }
    let mut organisation = None;
    for key in &view.keys {
        if organisation.replace(&key.organisation) != Some(&key.organisation) {
            println!("Keys of {}", key.organisation);
        }
        println!("  {}", key_line(key));
    }
    match view.left() {
        0 => println!("Everything is sealed with the keys in use."),
        left => println!("{} still to be moved to the keys in use.", values(left)),
    }
    Ok(())
}

async fn rotate(
    engine: &Engine,
    settings: &Settings,
    master_file: &std::path::Path,
    wishes: &Wishes,
) -> Result<(), Failure> {
    if wishes.master {
        let from = master_file.display().to_string();
        let broken = |source: KeyringError| Failure::Keys { from: from.clone(), source };
        let id = Keyring::renew(master_file).map_err(broken)?;
        println!("New master key {id} in {from}: keep a copy of the file elsewhere.");
        if !settings.is_embedded() {
            println!("Copy the file to every other machine that shares the store now.");
        }
    }
    let wrapped = engine.rotate_master().await?;
    if wrapped > 0 {
        println!("Keys wrapped anew by the current master key: {wrapped}.");
    }
    engine.rotate_keys().await?;
    let left = engine.keys().await?.left();
    println!("New keys are in use; {} still named by the older ones.", values(left));
    if !wishes.wait {
        println!("A running server moves them; `evergrant keys status` shows how far it is.");
        return Ok(());
    }
    let mut stuck = 0;
    loop {
        let done = engine.reseal(ROUND).await?;
        stuck = done.stuck.max(stuck);
        if !done.more {
            break;
        }
        println!("{} left.", values(engine.keys().await?.left()));
    }
    match stuck {
        0 => {
            // A second look notes that nothing names the old keys; their grace counts from then on.
            engine.reseal(ROUND).await?;
            println!(
                "Everything is sealed with the new keys; the older ones are destroyed by the server later."
            );
            Ok(())
        }
        stuck => Err(Failure::Stuck(stuck)),
    }
}

fn master_line(master: &MasterKeyView) -> String {
    let standing = match (master.current, master.wraps) {
        (true, wraps) => format!("current  wraps {}", keys(wraps)),
        (false, 0) => "older    wraps nothing: only backups may still need it".to_owned(),
        (false, wraps) => format!("older    wraps {}", keys(wraps)),
    };
    format!("{:<16} {standing}", master.id)
}

fn key_line(key: &DataKeyView) -> String {
    let standing = match (key.retired_at, key.destroyed_at) {
        (None, _) if key.purpose == KeyPurpose::Accounts => {
            format!("in use since {}, seals nothing", moment::shown(key.created_at.millis()))
        }
        (None, _) => {
            format!("in use since {}, {}", moment::shown(key.created_at.millis()), values(key.values))
        }
        (Some(since), Some(at)) if key.values == 0 => {
            format!(
                "retired {}, to be destroyed {}",
                moment::shown(since.millis()),
                moment::shown(at.millis())
            )
        }
        (Some(since), _) => {
            format!("retired {}, {} left to move", moment::shown(since.millis()), values(key.values))
        }
    };
    format!("{:<9} {}  {standing}", key.purpose.as_str(), key.id)
}

fn keys(number: u64) -> String {
    if number == 1 { "1 key".to_owned() } else { format!("{number} keys") }
}

fn values(number: u64) -> String {
    if number == 1 { "1 value".to_owned() } else { format!("{number} values") }
}

fn to_json(view: &KeysView) -> Value {
    json!({
        "masters": view.masters.iter().map(|key| json!({
            "id": key.id, "current": key.current, "wraps": key.wraps,
        })).collect::<Vec<_>>(),
        "keys": view.keys.iter().map(|key| json!({
            "id": key.id,
            "organisation": key.organisation,
            "purpose": key.purpose.as_str(),
            "created_at": moment::json(key.created_at.millis()),
            "retired_at": key.retired_at.map(|at| moment::json(at.millis())),
            "values": key.values,
            "destroyed_at": key.destroyed_at.map(|at| moment::json(at.millis())),
        })).collect::<Vec<_>>(),
        "left": view.left(),
    })
}
