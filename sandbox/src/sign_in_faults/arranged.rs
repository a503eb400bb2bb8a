//! The faults that were asked for, and the dice for the others.

use std::mem::discriminant;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::met::Stop;
use super::{SignInFault, SignInStep};
use crate::options::Options;
use crate::users::UserName;

/// Keeps these dice apart from those of the token calls, which have the same seed.
const SALT: u64 = 0x5349_474e_2d49_4e21;

/// A fault that waits for a sign-in.
#[derive(Clone, Debug)]
pub(crate) struct Arranged {
    /// `None` waits for anybody, and strikes before the user is known too.
    pub(crate) user: Option<UserName>,
    /// `None` waits for the first step that fits.
    pub(crate) at: Option<SignInStep>,
    pub(crate) fault: SignInFault,
    /// How often it strikes; `None` is always.
    pub(crate) times: Option<u32>,
}

impl Arranged {
    fn is_for(&self, user: Option<&UserName>) -> bool {
        self.user.is_none() || self.user.as_ref() == user
    }
}

/// All of them.
#[derive(Debug)]
pub(crate) struct SignInFaults {
    waiting: Vec<Arranged>,
    dice: Option<StdRng>,
}

impl SignInFaults {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let mut faults = Self { waiting: Vec::new(), dice: None };
        faults.sow(seed);
        faults
    }

    /// Begins a new sequence of random faults; `None` ends them.
    pub(crate) fn sow(&mut self, seed: Option<u64>) {
        self.dice = seed.map(|seed| StdRng::seed_from_u64(seed ^ SALT));
    }

    pub(crate) fn push(&mut self, arranged: Arranged) {
        self.waiting.push(arranged);
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Forgets those that wait for this user, or all.
    pub(crate) fn forget(&mut self, user: Option<&UserName>) {
        self.waiting.retain(|arranged| user.is_some() && arranged.user.as_ref() != user);
    }

    /// The fault of this kind that the user meets where a proof is judged.
    pub(crate) fn take(
        &mut self,
        user: &UserName,
        kind: &SignInFault,
        options: &Options,
    ) -> Option<SignInFault> {
        let same = |fault: &SignInFault| discriminant(fault) == discriminant(kind);
        self.strike(|arranged| arranged.is_for(Some(user)) && same(&arranged.fault))
            .or_else(|| self.roll(options, same))
    }

    /// The fault that takes the place of an answer; one that waits for this very step comes first.
    pub(crate) fn meet(&mut self, stop: &Stop, options: &Options) -> Option<SignInFault> {
        let fits = |fault: &SignInFault| !fault.is_judged() && (stop.shows_a_page() || !fault.needs_a_page());
        let meets = |arranged: &Arranged, at: Option<SignInStep>| {
            arranged.at == at && arranged.is_for(stop.user.as_ref()) && fits(&arranged.fault)
        };
        self.strike(|arranged| meets(arranged, Some(stop.step)))
            .or_else(|| self.strike(|arranged| meets(arranged, None)))
            .or_else(|| self.roll(options, fits))
    }

    fn strike(&mut self, fits: impl Fn(&Arranged) -> bool) -> Option<SignInFault> {
        let place = self.waiting.iter().position(fits)?;
        let arranged = &mut self.waiting[place];
        let fault = arranged.fault.clone();
        if let Some(times) = &mut arranged.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.waiting.remove(place);
            }
        }
        Some(fault)
    }

    /// Chance brings only what the options list.
    fn roll(&mut self, options: &Options, fits: impl Fn(&SignInFault) -> bool) -> Option<SignInFault> {
        let dice = self.dice.as_mut()?;
        let faults: Vec<&SignInFault> = options.sign_in_faults.iter().filter(|fault| fits(fault)).collect();
        if faults.is_empty() || !dice.random_bool(options.sign_in_fault_rate.clamp(0.0, 1.0)) {
            return None;
        }
        let fault = faults[dice.random_range(0..faults.len())];
        if let SignInFault::Slow(_) = fault {
            return Some(SignInFault::Slow(options.random_page_delay));
        }
        Some(fault.clone())
    }
}
