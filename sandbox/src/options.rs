//! What can be chosen when a sandbox is started.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::clock::Clock;
use crate::generation::{Generation, IdentityPages};
use crate::sign_in_faults::SignInFault;

/// How a sandbox behaves; the defaults are Exact Online's figures.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address that browsers use, if it differs from the one listened on.
    pub public_url: Option<String>,
    /// Where the second origin listens; `None` takes a free port beside the first.
    pub identity_listen: Option<SocketAddr>,
    /// The address that browsers use for the second origin, if it differs.
    pub identity_public_url: Option<String>,
    /// The pages at which users sign in who have no choice of their own.
    pub generation: Generation,
    /// How the pages of the second generation look.
    pub identity_pages: IdentityPages,
    /// How many wrong passwords in a row lock an account (5; the real number is not known).
    pub wrong_passwords_allowed: u32,
    /// How long an access token is valid (600 s).
    pub access_lifetime: Duration,
    /// How long after a token was issued the next refresh is accepted (570 s).
    pub minimum_interval: Duration,
    /// How long an unused refresh token lives (30 days).
    pub idle_life: Duration,
    /// How long an authorization code lives (180 s).
    pub code_lifetime: Duration,
    /// How long every answer of the token endpoint takes after it was decided, in real time (none).
    pub token_delay: Duration,
    /// How many token calls one client may make for one user in a UTC day (200).
    pub token_calls_a_day: u32,
    /// How long the previous refresh token is still accepted; `None` is not at all.
    ///
    /// The sources disagree. On, it follows the one that says that the previous link
    /// lives until the new one is first used, at most this long.
    pub grace: Option<Duration>,
    /// End the chain whose spent link comes again, as RFC 9700 §4.14.2 wants it; no source tells that
    /// Exact Online does.
    pub reuse_ends_chain: bool,
    /// Answer a spent link with "too early" while a younger link is still too young.
    ///
    /// Which of the two checks comes first is not documented; by default the spent
    /// link is recognised first.
    pub early_before_spent: bool,
    /// A refresh token is only good after an API call with the access token it came with.
    pub activation_required: bool,
    /// Where time comes from, that of the one-time codes too.
    pub clock: Clock,
    /// Seed of the random faults; `None` is no random faults.
    pub seed: Option<u64>,
    /// How likely a token call meets a random fault, 0 to 1.
    pub fault_rate: f64,
    /// How late a randomly delayed answer is, in real time (150 s).
    pub random_delay: Duration,
    /// How likely an answer of a sign-in page meets a random fault, 0 to 1.
    pub sign_in_fault_rate: f64,
    /// The faults that chance chooses from; the defaults are those that pass by themselves.
    pub sign_in_faults: Vec<SignInFault>,
    /// How late a randomly slow page is, in real time (1 s).
    pub random_page_delay: Duration,
    /// Accept any client id, client secret and redirect URI.
    pub open_clients: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            identity_listen: None,
            identity_public_url: None,
            generation: Generation::Classic,
            identity_pages: IdentityPages::default(),
            wrong_passwords_allowed: 5,
            access_lifetime: Duration::from_secs(600),
            minimum_interval: Duration::from_secs(570),
            idle_life: Duration::from_secs(30 * 24 * 3600),
            code_lifetime: Duration::from_secs(180),
            token_delay: Duration::ZERO,
            token_calls_a_day: 200,
            grace: None,
            reuse_ends_chain: false,
            early_before_spent: false,
            activation_required: false,
            clock: Clock::System,
            seed: None,
            fault_rate: 0.0,
            random_delay: Duration::from_secs(150),
            sign_in_fault_rate: 0.0,
            sign_in_faults: vec![
                SignInFault::Error500,
                SignInFault::Outage503,
                SignInFault::Closed,
                SignInFault::Slow(Duration::from_secs(1)),
            ],
            random_page_delay: Duration::from_secs(1),
            open_clients: false,
        }
    }
}
