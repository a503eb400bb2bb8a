//! Removes what ended, or says what would go.
#![expect(clippy::print_stdout, reason = "a command answers on its standard output")]

use std::collections::BTreeMap;

use engine::Engine;
use engine::view::Went;

use super::Failure;
use crate::config::Settings;

pub(super) async fn run(settings: &Settings, dry_run: bool) -> Result<(), Failure> {
    if settings.lacks_store() {
        return Err(Failure::NoStore(settings.database_url.clone()));
    }
    let engine = super::open(settings).await?;
    let done = if dry_run { look(&engine).await } else { purge(&engine).await };
    engine.shutdown().await;
    done
}

async fn look(engine: &Engine) -> Result<(), Failure> {
    let went = engine.purge_dry_run().await?;
    print(&went);
    println!("{} rows would go.", sum(&went));
    Ok(())
}

async fn purge(engine: &Engine) -> Result<(), Failure> {
    let (mut all, mut bytes) = (BTreeMap::new(), 0);
    loop {
        let purged = engine.purge().await?;
        bytes += purged.bytes;
        for went in purged.went {
            let sum = all.entry((went.what.as_str(), went.criterion.as_str()));
            sum.or_insert(Went { amount: 0, ..went }).amount += went.amount;
        }
        if !purged.more {
            break;
        }
    }
    bytes += engine.give_space_back().await?;
    let all: Vec<Went> = all.into_values().collect();
    print(&all);
    println!("{} rows went, and {bytes} bytes went back to the disk.", sum(&all));
    Ok(())
}

fn print(all: &[Went]) {
    for Went { what, criterion, amount } in all {
        println!("{:<16} {:<11} {amount:>9}", what.as_str(), criterion.as_str());
    }
}

fn sum(all: &[Went]) -> u64 {
    all.iter().map(|went| went.amount).sum()
}
