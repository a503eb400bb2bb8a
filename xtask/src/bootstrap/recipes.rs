//! The programs that the recipes for consumers are written for; the browser tests run each recipe.

use super::debian;
use crate::{process, report};
use anyhow::{Result, bail};
use std::time::Duration;

/// Each Debian package, and what proves that it is there.
const PROGRAMS: [(&str, &str, &[&str]); 3] = [
    ("curl", "curl", &["--version"]),
    ("python3-requests", "python3", &["-c", "import requests"]),
    ("ruby", "ruby", &["-rnet/http", "-rjson", "-e", ""]),
];
const PATIENCE: Duration = Duration::from_secs(20);

/// Gets those that the machine lacks.
pub fn ensure() -> Result<()> {
    let lacking = lacking();
    if lacking.is_empty() {
        report::present("recipes", "curl, python3 with requests, ruby");
        return Ok(());
    }
    let list = lacking.join(" ");
    report::step("recipes", &format!("apt-get install {list}"), || debian::install(&lacking))?;
    match self::lacking().as_slice() {
        [] => Ok(()),
        still => bail!("{} was installed and does not work", still.join(" ")),
    }
}

fn lacking() -> Vec<&'static str> {
    let works = |program: &str, proof: &[&str]| {
        process::attempt(process::command(program).args(proof), PATIENCE).is_some()
    };
    PROGRAMS
        .into_iter()
        .filter(|(_, program, proof)| !works(program, proof))
        .map(|(package, ..)| package)
        .collect()
}
