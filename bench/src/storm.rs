//! `storm`: a thousand broken chains among random faults, left to auto-recovery.

mod sample;
mod tell;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use engine::Engine;
use engine::clock::Clock;
use engine::lend::LendError;
use engine::store::{chains, containers};
use engine::view::StateName;
use exact_sandbox::{Options, Sandbox, SignInFault, User};
use futures::{StreamExt, TryStreamExt};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::clock::Stopwatch;
use crate::connected::{self, CLIENT, Folder};
use crate::recoverable::{self, Recoverable};
use crate::report::Report;

/// Users whose stored sign-in is right; the chain of each breaks [`ROUNDS`] times.
const GOOD: usize = 490;
const ROUNDS: usize = 2;
/// Users whose stored password is wrong; the chain of each breaks once.
const WRONG: usize = 20;
const BREAKS: usize = GOOD * ROUNDS + WRONG;

/// Of the sandbox's random faults.
const SEED: u64 = 0x5702_2026;
const TOKEN_FAULTS: f64 = 0.1;
const PAGE_FAULTS: f64 = 0.04;
const TIMING: &str = r#"{"minimum_interval":1,"quiet_hours":false,"request_deadline":8,
    "recovery_tries_a_day":100,"recovery_cool_down":5}"#;
/// Longer than the deadline of a token call.
const LATE_ANSWER: Duration = Duration::from_secs(10);
const SLOW_PAGE: Duration = Duration::from_secs(1);
/// Nobody's container belongs to this user, who comes back now and then in the place of another.
const SOMEBODY: &str = "somebody-else@example.nl";
/// How often and for how long the provider takes no connections at all.
const OUTAGES: u32 = 3;
const OUTAGE_EVERY: Duration = Duration::from_secs(35);
const OUTAGE: Duration = Duration::from_secs(3);

const ACCESS_LIFE: Duration = Duration::from_secs(60);
/// What programs want of a token: with less than this left of it, it is renewed.
const MINIMUM: Duration = Duration::from_secs(54);
const WAIT: Duration = Duration::from_secs(20);
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// The first breaks come within this time, evenly.
const FIRST_BREAKS: Duration = Duration::from_secs(90);
/// A chain breaks again so long after it healed: its one-time period is over by then.
const LEAST_PAUSE: Duration = Duration::from_secs(31);
const MOST_PAUSE: Duration = Duration::from_secs(60);
/// The storm ends after this, whatever did not heal.
const LONGEST: Duration = Duration::from_secs(450);
/// Sign-ins that are tested at the same time, before the storm.
const AT_ONCE: usize = 8;

/// Everybody who is in the storm.
struct Storm {
    engine: Engine,
    sandbox: Sandbox,
    good: Vec<Recoverable>,
    wrong: Vec<Recoverable>,
    /// Cancelled when the last good chain has healed, or it took too long.
    over: CancellationToken,
}

/// What one chain went through.
#[derive(Default)]
struct Lived {
    breaks: usize,
    /// From each break to the first token of the rebuilt chain, in seconds.
    healed: Vec<f64>,
    /// Broken and good, and no token of a rebuilt chain was ever lent.
    left: bool,
}

/// Measures.
pub async fn measure(report: &mut Report) -> Result<()> {
    let options = Options {
        seed: Some(SEED),
        access_lifetime: ACCESS_LIFE,
        minimum_interval: Duration::from_secs(1),
        random_delay: LATE_ANSWER,
        random_page_delay: SLOW_PAGE,
        sign_in_faults: passing_faults(),
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.context("could not start the sandbox")?;
    let folder = Folder::make().await?;
    let engine = folder.open(Clock::system()).await?;
    let mut good = recoverable::make(&engine, &sandbox, GOOD + WRONG, WRONG, TIMING).await?;
    let wrong = good.split_off(GOOD);
    connected::add_user(&sandbox, GOOD + WRONG, User { consented: true, ..User::new(SOMEBODY, "unused") })?;
    engine.start().await?;
    let operator = engine.administrator().await?;
    let tests = good.iter().map(|one| recoverable::prove(&operator, one));
    futures::stream::iter(tests).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;

    let watch = Stopwatch::start();
    let storm = Arc::new(Storm { engine, sandbox, good, wrong, over: CancellationToken::new() });
    storm.faults(TOKEN_FAULTS, PAGE_FAULTS);
    let sampling = tokio::spawn(sample::watch(storm.engine.clone(), storm.over.clone()));
    let lived = storm.rage().await;
    let took = watch.passed();
    let unhealed = storm.unhealed().await?;
    let samples = sampling.await?.context("the repairs could not be read")?;
    storm.faults(0.0, 0.0);
    // Where the storm ended too early, a break may be left that nobody noticed.
    let whole = unhealed.is_empty() && lived.iter().all(|one| !one.left);
    let dead = if whole { Some(storm.dead_links().await) } else { None };
    let outcomes = tell::outcomes(&storm).await?;
    let figures = tell::Figures { lived, unhealed, samples, dead, outcomes, took };
    tell::tell(&storm, &figures, report);
    let storm = Arc::into_inner(storm).context("somebody is still in the storm")?;
    connected::close(storm.engine).await
}

/// All faults of sign-in pages that pass by themselves; a refused password and a locked account
/// need a person.
fn passing_faults() -> Vec<SignInFault> {
    vec![
        SignInFault::WrongCode,
        SignInFault::Consent,
        SignInFault::OtherUser(SOMEBODY.to_owned()),
        SignInFault::Captcha,
        SignInFault::UnknownPage,
        SignInFault::Slow(SLOW_PAGE),
        SignInFault::Loop,
        SignInFault::ForeignHost(SignInFault::FOREIGN_ADDRESS.to_owned()),
        SignInFault::Error500,
        SignInFault::Outage503,
        SignInFault::Closed,
    ]
}

impl Storm {
    fn faults(&self, token_calls: f64, pages: f64) {
        self.sandbox.change(|options| {
            options.fault_rate = token_calls;
            options.sign_in_fault_rate = pages;
        });
    }

    /// Breaks every chain and asks for tokens until each good one has healed, or time is up.
    async fn rage(self: &Arc<Self>) -> Vec<Lived> {
        let mut others = JoinSet::new();
        for number in 0..self.wrong.len() {
            let storm = Arc::clone(self);
            others.spawn(async move { storm.ask_in_vain(number).await });
        }
        let storm = Arc::clone(self);
        others.spawn(async move { storm.outages().await });
        let mut chains = JoinSet::new();
        for number in 0..self.good.len() {
            let storm = Arc::clone(self);
            chains.spawn(async move { storm.live_through(number).await });
        }
        let mut lived = Vec::new();
        let ending = async {
            while let Some(ended) = chains.join_next().await {
                lived.extend(ended.ok());
            }
        };
        let ended = timeout(LONGEST, ending).await;
        self.over.cancel();
        if ended.is_err() {
            // Whoever still waits for a token is told that it is over.
            lived.extend(chains.join_all().await);
        }
        lived.extend(others.join_all().await);
        lived
    }

    /// One good chain: breaks and heals, again and again.
    async fn live_through(&self, number: usize) -> Lived {
        let (one, mut lived) = (&self.good[number], Lived::default());
        let mut pause = FIRST_BREAKS.mul_f64(number as f64 / GOOD as f64);
        let mut newest = 1;
        for _ in 0..ROUNDS {
            if self.pass(pause).await {
                return lived;
            }
            lived.breaks += usize::from(self.sandbox.break_chain(CLIENT, &one.user));
            let watch = Stopwatch::start();
            let Some(generation) = self.until_rebuilt(one, newest).await else {
                lived.left = true;
                return lived;
            };
            lived.healed.push(watch.passed().as_secs_f64());
            newest = generation;
            // Another pause for each chain, the same ones in each storm.
            let share = (number * 61 % GOOD) as f64 / GOOD as f64;
            pause = LEAST_PAUSE + (MOST_PAUSE - LEAST_PAUSE).mul_f64(share);
        }
        lived
    }

    /// Asks as a program does, until a token of a later link is lent; says of which.
    async fn until_rebuilt(&self, one: &Recoverable, newest: u32) -> Option<u32> {
        loop {
            let asked = tokio::select! {
                lent = self.engine.lend(one.container.id, MINIMUM, WAIT) => lent,
                () = self.over.cancelled() => return None,
            };
            match asked {
                Ok(lent) if lent.generation > newest => return Some(lent.generation),
                Ok(_) | Err(_) => {}
            }
            if self.pass(ASK_AGAIN).await {
                return None;
            }
        }
    }

    /// One chain whose stored password is wrong: it breaks once, and programs go on asking.
    async fn ask_in_vain(&self, number: usize) -> Lived {
        let one = &self.wrong[number];
        if self.pass(FIRST_BREAKS.mul_f64(number as f64 / WRONG as f64)).await {
            return Lived::default();
        }
        let breaks = usize::from(self.sandbox.break_chain(CLIENT, &one.user));
        // Nothing is later than this.
        let _never = self.until_rebuilt(one, u32::MAX).await;
        Lived { breaks, ..Lived::default() }
    }

    /// The provider is away for moments.
    async fn outages(&self) -> Lived {
        for _ in 0..OUTAGES {
            if self.pass(OUTAGE_EVERY).await {
                break;
            }
            self.sandbox.stop_listening().await;
            sleep(OUTAGE).await;
            while self.sandbox.listen_again().await.is_err() {
                sleep(ASK_AGAIN).await;
            }
        }
        Lived::default()
    }

    /// Waits; `true` once the storm is over.
    async fn pass(&self, time: Duration) -> bool {
        timeout(time, self.over.cancelled()).await.is_ok()
    }

    /// Good chains that are not live: whose, and what they are instead.
    async fn unhealed(&self) -> Result<Vec<String>> {
        let (db, mut unhealed) = (self.engine.store(), Vec::new());
        for one in &self.good {
            let row = containers::find(db, one.container.id).await?.context("a container is gone")?;
            let chain = match row.chain {
                Some(chain) => chains::find(db, chain).await?,
                None => None,
            };
            let state = chain.map_or(StateName::Unlinked, |row| StateName::of(&row.chain.state));
            if state != StateName::Live {
                unhealed.push(format!("{} is {}", one.user, state.as_str()));
            }
        }
        Ok(unhealed)
    }

    /// Renews every good chain without any fault: a link that is dead although its chain is called
    /// live shows here. Says how many were.
    async fn dead_links(&self) -> Result<u64, LendError> {
        // By then less than the minimum is left of every token.
        sleep(ACCESS_LIFE - MINIMUM + LATE_ANSWER).await;
        let before = self.sandbox.counts().spent_presented;
        let asked = self.good.iter().map(|one| self.engine.lend(one.container.id, MINIMUM, WAIT));
        let lent = futures::stream::iter(asked).buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await;
        let dead = self.sandbox.counts().spent_presented - before;
        lent.map(|_| dead)
    }
}
