use std::time::Duration;

use crate::{Bounds, Given, Kind, Policy, PolicyError, Warning};

/// What was said of each kind, and what holds for what was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policies {
    said: [Option<Policy>; Kind::ALL.len()],
    defaults: [Duration; Kind::ALL.len()],
}

/// What holds for one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effective {
    /// The policy that holds.
    pub policy: Policy,
    /// Somebody said so; otherwise it is a default.
    pub said: bool,
}

impl Default for Policies {
    fn default() -> Self {
        Self { said: [None; Kind::ALL.len()], defaults: Kind::ALL.map(Kind::usual) }
    }
}

impl Policies {
    /// Sets the process-wide default of a kind.
    ///
    /// # Errors
    /// A lifetime without an end, or beyond what is possible for the kind.
    pub fn set_default(&mut self, kind: Kind, given: Given) -> Result<(), PolicyError> {
        self.defaults[kind as usize] = Policy::new(kind, given, kind.outermost())?.lifetime();
        Ok(())
    }

    /// Takes a policy up in the place of what was said of its kind before.
    pub fn say(&mut self, policy: Policy) {
        self.said[policy.kind() as usize] = Some(policy);
    }

    /// What holds for a kind.
    pub fn of(&self, kind: Kind) -> Effective {
        let said = self.said[kind as usize];
        let policy = said.unwrap_or_else(|| self.by_default(kind));
        Effective { policy, said: said.is_some() }
    }

    /// What is unwise, kind by kind.
    ///
    /// # Errors
    /// When policies contradict each other.
    pub fn check(&self) -> Result<Vec<Warning>, PolicyError> {
        let lifetime = |kind| self.of(kind).policy.lifetime();
        let (access, refresh) = (lifetime(Kind::AccessToken), lifetime(Kind::RefreshToken));
        if refresh < access {
            return Err(PolicyError::RefreshEndsFirst { access, refresh });
        }
        let mut warnings = Vec::new();
        for kind in Kind::ALL {
            let effective = self.of(kind);
            let lifetime = effective.policy.lifetime();
            if !effective.said {
                warnings.push(Warning::LeftToDefault { kind, lifetime });
            }
            warnings.extend(Warning::of_lifetime(kind, lifetime));
            if kind == Kind::RefreshToken {
                warnings.extend(Warning::of_pair(access, refresh));
            }
        }
        Ok(warnings)
    }

    fn by_default(&self, kind: Kind) -> Policy {
        let (lifetime, bounds): (Duration, Bounds) = (self.defaults[kind as usize], kind.outermost());
        Policy::new(kind, lifetime.into(), bounds).expect("a default was checked when it was set")
    }
}
