//! The binary `evergrant`.

use std::process::ExitCode;

use clap::Parser;
use server::cli::{Arguments, run};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("evergrant: {}", failure.line());
            ExitCode::FAILURE
        }
    }
}
