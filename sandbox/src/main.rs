//! `exact-sandbox`: runs the stand-in provider until it is stopped.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use exact_sandbox::{Sandbox, demo};

#[tokio::main]
async fn main() -> ExitCode {
    match run(cli::Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed, the exit code still says it.
            let _closed = writeln!(io::stderr(), "exact-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Why it did not run.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error("cannot listen on {0}")]
    Listen(io::Error),
    #[error("--user-generation: there is no user {0}")]
    NoSuchUser(String),
    #[error("cannot say where it listens: {0}")]
    Say(io::Error),
    #[error("cannot wait for the signal to stop: {0}")]
    Signal(io::Error),
}

async fn run(cli: cli::Cli) -> Result<(), RunError> {
    let sandbox = Sandbox::start(cli.options()).await.map_err(RunError::Listen)?;
    if cli.demo {
        demo::add(&sandbox, cli.demo_redirect);
    }
    cli.clients.into_iter().for_each(|client| sandbox.add_client(client));
    cli.users.into_iter().for_each(|user| sandbox.add_user(user));
    cli.companies.into_iter().for_each(|company| sandbox.add_company(company));

    for (user, generation) in cli.generations {
        if !sandbox.choose_generation(&user, generation) {
            return Err(RunError::NoSuchUser(user));
        }
    }

    let (url, identity) = (sandbox.url(), sandbox.identity_url());
    writeln!(
        io::stdout(),
        "exact-sandbox listens on {url}, steer it at {url}/sandbox/, identity on {identity}"
    )
    .map_err(RunError::Say)?;
    stopped().await.map_err(RunError::Signal)
}

/// Waits for Ctrl-C or a polite end by the system.
async fn stopped() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
