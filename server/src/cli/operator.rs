//! Adds operators and gives them new passwords.
#![expect(clippy::print_stdout, reason = "a command answers on its standard output")]

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use engine::guard::secret::Password;

use super::Failure;
use crate::config::{self, Settings};

/// Where the password may stand in the environment.
const PASSWORD: &str = "EVERGRANT_PASSWORD";

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Add an operator
    Add(Wishes),
    /// Give an operator a new password
    Reset(Wishes),
}

#[derive(Args, Debug)]
pub struct Wishes {
    /// The operator's name, such as an e-mail address
    name: String,
    /// A file whose first line is the password [default: EVERGRANT_PASSWORD, or the first line of standard input]
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

pub(super) async fn run(settings: &Settings, verb: Verb) -> Result<(), Failure> {
    let (Verb::Add(wishes) | Verb::Reset(wishes)) = &verb;
    let password = password(wishes)?;
    let engine = super::open(settings).await?;
    let done = match &verb {
        Verb::Add(wishes) => engine.add_operator(&wishes.name, password).await.map(|_| "is added"),
        Verb::Reset(wishes) => {
            engine.reset_operator(&wishes.name, password).await.map(|()| "has a new password")
        }
    };
    engine.shutdown().await;
    println!("Operator {} {}.", wishes.name, done?);
    Ok(())
}

fn password(wishes: &Wishes) -> Result<Password, Failure> {
    if let Some(file) = &wishes.password_file {
        let text = fs::read_to_string(file)
            .map_err(|source| Failure::Password { from: file.display().to_string(), source })?;
        return Ok(Password::new(first_line(&text)));
    }
    if let Some(text) = config::environment().get(&OsString::from(PASSWORD)) {
        let text = text.to_str().ok_or_else(|| Failure::Password {
            from: PASSWORD.to_owned(),
            source: io::Error::other("it is not text"),
        })?;
        return Ok(Password::new(text.to_owned()));
    }
    let mut line = String::new();
    let input = |source| Failure::Password { from: "standard input".to_owned(), source };
    io::stdin().lock().read_line(&mut line).map_err(input)?;
    Ok(Password::new(first_line(&line)))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
