//! The command line of `exact-sandbox`.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use exact_sandbox::{Client, Company, Cut, Generation, IdentityPages, Options, SignInFault, User};

/// What the options cannot say.
const AFTERWORD: &str = "\
One-time codes follow the sandbox's clock: the machine's, moved on by POST /sandbox/clock. A program
that makes codes by a clock of its own must move that one as far; codes of one period earlier or later
are taken, each period's once. Every user has a secret of their own, so many users can sign in at once.

Steering, as JSON or as forms:
  GET  /sandbox/sign_ins               what was sent for each user name
  GET  /sandbox/counts                 what happened in all
  POST /sandbox/sign_in_faults         {fault, user?, at?, times?, always?, seconds?, other_user?, address?}
  POST /sandbox/sign_in_faults/random  {rate, seed?, faults?, delay_milliseconds?}
  POST /sandbox/generation             {generation?, user?, cut?, user_name_field?, user_agent?,
                                        extra_fields?, lock_after?}
  POST /sandbox/unlock                 {user}
  POST /sandbox/users                  {name, password, totp_secret?, generation?, consented?, …}
  POST /sandbox/faults                 {fault, times?, seconds?}, for token calls
  POST /sandbox/clock                  {advance_seconds}";

/// A stand-in for Exact Online on your own machine: sign-in, consent, tokens, a small REST API
/// and faults on demand. Steer it in a browser at /sandbox/.
#[derive(Debug, Parser)]
#[command(name = "exact-sandbox", version, after_help = AFTERWORD)]
pub(crate) struct Cli {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4100")]
    listen: SocketAddr,
    /// The address that browsers use, if it differs from the one listened on
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Where the second origin listens; a free port beside the first if absent
    #[arg(long, value_name = "ADDRESS")]
    identity_listen: Option<SocketAddr>,
    /// The address that browsers use for the second origin, if it differs
    #[arg(long, value_name = "URL")]
    identity_public_url: Option<String>,
    /// The pages at which users sign in: WebForms, or One Exact Identity on the second origin
    #[arg(long, value_enum, default_value = "classic")]
    generation: Generation,
    /// The pages at which one user signs in; can be given several times
    #[arg(long = "user-generation", value_name = "NAME=GENERATION", value_parser = user_generation)]
    pub(crate) generations: Vec<(String, Generation)>,
    /// How the second generation asks for user name and password: on one page or on two
    #[arg(long, value_enum, default_value = "combined")]
    identity_pages: Cut,
    /// What the second generation calls the user name
    #[arg(long, value_name = "NAME", default_value = "signInName")]
    identity_user_name_field: String,
    /// Wrong passwords in a row that lock an account
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    lock_after: u32,
    /// How long an access token is valid, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    access_lifetime: u64,
    /// How long after a token the next refresh is accepted, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 570)]
    minimum_interval: u64,
    /// How long an unused refresh token lives, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 2_592_000)]
    idle_life: u64,
    /// How long an authorization code lives, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 180)]
    code_lifetime: u64,
    /// How long every answer of the token endpoint takes, in milliseconds
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    token_delay: u64,
    /// Token calls that one app may make for one user in a UTC day
    #[arg(long, value_name = "CALLS", default_value_t = 200)]
    token_calls_a_day: u32,
    /// How long the previous refresh token is still accepted, in seconds; 0 is not at all
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    grace: u64,
    /// End the chain whose spent refresh token comes again
    #[arg(long)]
    reuse_ends_chain: bool,
    /// Answer a spent link with "too early" while a younger link is still too young
    #[arg(long)]
    early_before_spent: bool,
    /// A refresh token is only good after an API call with the access token it came with
    #[arg(long)]
    activation_required: bool,
    /// Accept any client id, client secret and redirect URI
    #[arg(long)]
    open_clients: bool,
    /// Seed of the random faults
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// How likely a token call meets a random fault, 0 to 1; needs --seed
    #[arg(long, value_name = "RATE", default_value_t = 0.0, requires = "seed", value_parser = rate)]
    fault_rate: f64,
    /// How late a randomly delayed answer is, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 150)]
    random_delay: u64,
    /// How likely an answer of a sign-in page meets a random fault, 0 to 1; needs --seed
    #[arg(long, value_name = "RATE", default_value_t = 0.0, requires = "seed", value_parser = rate)]
    sign_in_fault_rate: f64,
    /// A fault that sign-ins meet by chance, instead of error500, outage503, closed and slow;
    /// can be given several times
    #[arg(long = "sign-in-fault", value_name = "FAULT", value_parser = sign_in_fault)]
    sign_in_faults: Vec<SignInFault>,
    /// How late a randomly slow page is, in milliseconds
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1_000)]
    random_page_delay: u64,
    /// Begin with three users (anna@, ben@ and carla@example.nl), four companies and an app
    #[arg(long)]
    pub(crate) demo: bool,
    /// A redirect URI of the demo app; can be given several times
    #[arg(
        long,
        value_name = "URI",
        requires = "demo",
        default_values = [
            "http://127.0.0.1:3000/oauth/callback/exact-online",
            "http://localhost:3000/oauth/callback/exact-online",
        ]
    )]
    pub(crate) demo_redirect: Vec<String>,
    /// An app; can be given several times
    #[arg(long = "client", value_name = "ID:SECRET:REDIRECT_URI", value_parser = client)]
    pub(crate) clients: Vec<Client>,
    /// A user; can be given several times; the base32 secret may be absent
    #[arg(long = "user", value_name = "NAME:PASSWORD:TOTP", value_parser = user)]
    pub(crate) users: Vec<User>,
    /// A company; can be given several times
    #[arg(long = "company", value_name = "DIVISION:NAME", value_parser = company)]
    pub(crate) companies: Vec<Company>,
}

impl Cli {
    pub(crate) fn options(&self) -> Options {
        let usual = Options::default();
        Options {
            listen: self.listen,
            public_url: self.public_url.clone(),
            identity_listen: self.identity_listen,
            identity_public_url: self.identity_public_url.clone(),
            generation: self.generation,
            identity_pages: IdentityPages {
                cut: self.identity_pages,
                user_name_field: self.identity_user_name_field.clone(),
                ..IdentityPages::default()
            },
            wrong_passwords_allowed: self.lock_after,
            sign_in_fault_rate: self.sign_in_fault_rate,
            sign_in_faults: match self.sign_in_faults.as_slice() {
                [] => usual.sign_in_faults,
                chosen => chosen.to_vec(),
            },
            random_page_delay: Duration::from_millis(self.random_page_delay),
            access_lifetime: Duration::from_secs(self.access_lifetime),
            minimum_interval: Duration::from_secs(self.minimum_interval),
            idle_life: Duration::from_secs(self.idle_life),
            code_lifetime: Duration::from_secs(self.code_lifetime),
            token_delay: Duration::from_millis(self.token_delay),
            token_calls_a_day: self.token_calls_a_day,
            grace: (self.grace > 0).then(|| Duration::from_secs(self.grace)),
            reuse_ends_chain: self.reuse_ends_chain,
            early_before_spent: self.early_before_spent,
            activation_required: self.activation_required,
            open_clients: self.open_clients,
            seed: self.seed,
            fault_rate: self.fault_rate,
            random_delay: Duration::from_secs(self.random_delay),
            clock: usual.clock,
        }
    }
}

fn rate(written: &str) -> Result<f64, String> {
    match written.parse::<f64>() {
        Ok(rate) if (0.0..=1.0).contains(&rate) => Ok(rate),
        Ok(_) | Err(_) => Err("a number from 0 to 1 is wanted".to_owned()),
    }
}

fn user_generation(written: &str) -> Result<(String, Generation), String> {
    let named = written.rsplit_once('=').map(|(user, name)| (user, Generation::from_str(name, true)));
    match named {
        Some((user, Ok(generation))) if !user.is_empty() => Ok((user.to_owned(), generation)),
        Some(_) | None => Err("NAME=classic or NAME=identity is wanted".to_owned()),
    }
}

fn sign_in_fault(written: &str) -> Result<SignInFault, String> {
    SignInFault::named(written, Duration::ZERO, None).ok_or_else(|| {
        let names = SignInFault::NAMES.into_iter().filter(|name| *name != "other_user");
        format!("known are {}", names.collect::<Vec<_>>().join(", "))
    })
}

fn client(written: &str) -> Result<Client, String> {
    let mut parts = written.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(id), Some(secret), Some(uri)) if !id.is_empty() => Ok(Client::new(id, secret, uri)),
        _ => Err("ID:SECRET:REDIRECT_URI is wanted".to_owned()),
    }
}

fn user(written: &str) -> Result<User, String> {
    let mut parts = written.splitn(3, ':');
    let (Some(name), Some(password)) = (parts.next(), parts.next()) else {
        return Err("NAME:PASSWORD or NAME:PASSWORD:TOTP is wanted".to_owned());
    };
    let user = User::new(name, password);
    let Some(secret) = parts.next() else {
        return Ok(user);
    };
    let user = user.with_totp(secret);
    match user.one_time_code(0) {
        Some(_) => Ok(user),
        None => Err("the one-time secret is not base32".to_owned()),
    }
}

fn company(written: &str) -> Result<Company, String> {
    let named = written.split_once(':').and_then(|(number, name)| Some((number.parse().ok()?, name)));
    let (division, name) = named.ok_or("DIVISION:NAME is wanted, with a number first")?;
    Ok(Company { division, name: name.to_owned(), accounts: 150 })
}
