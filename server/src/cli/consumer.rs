//! Gives programs their keys, and takes them back.
#![expect(clippy::print_stdout, reason = "a command answers on its standard output")]

use clap::{Args, Subcommand};
use engine::view::{ConsumerStanding, ConsumerView};
use engine::{ConsumerForm, Operator};
use serde_json::{Value, json};

use super::{Failure, moment};
use crate::config::Settings;

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Add a consumer and print its key, which is shown this once
    Add(Wishes),
    /// List consumers
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke the key of a consumer: it is refused from the next request on
    Revoke {
        /// The id, the beginning of the key as `list` shows it, or the name
        consumer: String,
    },
}

#[derive(Args, Debug)]
pub struct Wishes {
    /// The consumer's name, such as the report it is for
    name: String,
    /// A database that the key reaches, by its slug; as often as needed
    #[arg(long = "database", value_name = "SLUG", required_unless_present = "all_databases")]
    databases: Vec<String>,
    /// Let the key reach every database, those to come included
    #[arg(long, conflicts_with = "databases")]
    all_databases: bool,
    /// How many days the key works [default: what the organisation chose, 90 at first]
    #[arg(long)]
    days: Option<u32>,
}

pub(super) async fn run(settings: &Settings, verb: Verb) -> Result<(), Failure> {
    if settings.lacks_store() {
        return Err(Failure::NoStore(settings.database_url.clone()));
    }
    let engine = super::open(settings).await?;
    let done = match engine.administrator().await {
        Ok(operator) => act(&operator, verb).await,
        Err(error) => Err(error.into()),
    };
    engine.shutdown().await;
    done
}

async fn act(operator: &Operator, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Add(wishes) => {
            let databases = (!wishes.all_databases).then_some(wishes.databases);
            let form = ConsumerForm { name: wishes.name, databases, days: wishes.days };
            let (view, key) = operator.add_consumer(form).await?;
            let until = moment::shown(view.expires_at.millis());
            println!("Consumer {} is added until {until}. Its key is shown this once:", view.name);
            println!("{}", key.expose());
        }
        Verb::List { json: true } => {
            let views: Vec<Value> = operator.consumers().await?.iter().map(to_json).collect();
            println!("{:#}", Value::from(views));
        }
        Verb::List { json: false } => {
            for view in operator.consumers().await? {
                println!("{}", line(&view));
            }
        }
        Verb::Revoke { consumer } => {
            let view = named(operator.consumers().await?, &consumer)?;
            let view = operator.revoke_consumer(view.id).await?;
            println!("The key {}… of {} is revoked.", view.shown, view.name);
        }
    }
    Ok(())
}

/// The one consumer that is meant: a key that works before those that ended.
fn named(all: Vec<ConsumerView>, named: &str) -> Result<ConsumerView, Failure> {
    let is_meant = |view: &ConsumerView| {
        view.id.to_string() == named || view.shown == named.trim_end_matches('…') || view.name == named
    };
    let mut meant: Vec<ConsumerView> = all.into_iter().filter(is_meant).collect();
    if meant.iter().any(|view| view.standing == ConsumerStanding::Active) {
        meant.retain(|view| view.standing == ConsumerStanding::Active);
    }
    match (meant.pop(), meant.is_empty()) {
        (Some(view), true) => Ok(view),
        (Some(_), false) => Err(Failure::ManyConsumers(named.to_owned())),
        (None, _) => Err(Failure::NoConsumer(named.to_owned())),
    }
}

fn line(view: &ConsumerView) -> String {
    let standing = match (view.standing, view.revoked_at) {
        (ConsumerStanding::Revoked, Some(at)) => format!("revoked {}", moment::shown(at.millis())),
        (ConsumerStanding::Revoked, None) => "revoked".to_owned(),
        (ConsumerStanding::Expired, _) => format!("expired {}", moment::shown(view.expires_at.millis())),
        (ConsumerStanding::Active, _) => format!("until {}", moment::shown(view.expires_at.millis())),
    };
    let reaches = match &view.databases {
        Some(databases) => {
            databases.iter().map(|database| database.slug.as_str()).collect::<Vec<_>>().join(", ")
        }
        None => "every database".to_owned(),
    };
    let used = view.last_used_at.map_or_else(|| "never".to_owned(), |at| moment::shown(at.millis()));
    format!("{}…  {}  {standing}, used {used}, for {reaches}", view.shown, view.name)
}

fn to_json(view: &ConsumerView) -> Value {
    let slugs = |databases: &Vec<engine::view::ReachableDatabase>| {
        databases.iter().map(|database| database.slug.clone()).collect::<Vec<_>>()
    };
    json!({
        "id": view.id.to_string(),
        "name": view.name,
        "key": format!("{}…", view.shown),
        "databases": view.databases.as_ref().map(slugs),
        "standing": view.standing.as_str(),
        "created_at": moment::json(view.created_at.millis()),
        "created_by": view.created_by,
        "expires_at": moment::json(view.expires_at.millis()),
        "revoked_at": view.revoked_at.map(|at| moment::json(at.millis())),
        "revoked_by": view.revoked_by,
        "last_used_at": view.last_used_at.map(|at| moment::json(at.millis())),
        "last_used_from": view.last_used_from,
    })
}
