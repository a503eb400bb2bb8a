//! The people who sign in: passwords, one-time codes, consents.

use std::collections::{BTreeMap, BTreeSet};

use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

use crate::clients::ClientId;
use crate::generation::Generation;

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct User {
    /// What is typed as user name, an e-mail address; upper and lower case are the same.
    pub name: String,
    /// The password.
    pub password: String,
    /// The one-time secret in base32; without it no one-time code is asked for.
    pub totp_secret: Option<String>,
    /// The identity that `current/Me` tells.
    pub user_id: Uuid,
    /// The name that `current/Me` tells.
    pub full_name: String,
    /// The companies that the user reaches; the first is the current one.
    pub divisions: Vec<i64>,
    /// Whether every app counts as allowed already, so that no consent page is shown.
    pub consented: bool,
    /// The pages at which the user signs in; `None` is what the sandbox is set to.
    pub generation: Option<Generation>,
}

impl User {
    /// A user without one-time code, with the company 100001, who was never asked for consent.
    pub fn new(name: impl Into<String>, password: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            full_name: name.split('@').next().unwrap_or_default().to_owned(),
            name,
            password: password.into(),
            totp_secret: None,
            user_id: Uuid::new_v4(),
            divisions: vec![100_001],
            consented: false,
            generation: None,
        }
    }

    /// The same user with a one-time secret in base32.
    pub fn with_totp(mut self, secret: impl Into<String>) -> Self {
        self.totp_secret = Some(secret.into());
        self
    }

    /// The one-time code of that moment (milliseconds), if the user has a valid secret.
    pub fn one_time_code(&self, at: i64) -> Option<String> {
        let seconds = u64::try_from(at / 1000).ok()?;
        Some(self.totp()?.generate(seconds).to_string())
    }

    fn totp(&self) -> Option<Totp> {
        let written: String = self
            .totp_secret
            .as_deref()?
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '=')
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        let secret = Secret::try_from_base32(written).ok()?;
        // Short secrets are accepted: what people paste is not always 128 bits.
        Some(Builder::new().with_secret(secret).with_skew(1).build_noncompliant())
    }
}

/// A user name without its spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct UserName(String);

impl UserName {
    pub(crate) fn new(written: &str) -> Self {
        Self(written.trim().to_lowercase())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What became of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasswordCheck {
    Right,
    Wrong,
    Locked,
}

/// What became of a one-time code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeCheck {
    Right,
    Wrong,
    /// The code of a period from which one was accepted already.
    Used,
}

/// A user and what happened with the account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) user: User,
    /// Wrong passwords since the last right one.
    wrong_passwords: u32,
    locked: bool,
    last_period: Option<u64>,
    consents: BTreeSet<ClientId>,
}

impl Account {
    /// Judges a password; after so many wrong ones in a row the account is locked.
    pub(crate) fn check_password(&mut self, right: bool, allowed: u32) -> PasswordCheck {
        if self.locked {
            PasswordCheck::Locked
        } else if right {
            self.wrong_passwords = 0;
            PasswordCheck::Right
        } else {
            self.wrong_passwords += 1;
            self.locked = self.wrong_passwords >= allowed;
            PasswordCheck::Wrong
        }
    }

    /// The period that a code belongs to, if that is near now.
    pub(crate) fn period_of(&self, code: &str, now: i64) -> Option<u64> {
        let seconds = u64::try_from(now / 1000).unwrap_or(0);
        self.user.totp()?.check(code, seconds)
    }

    /// Accepts one code a period, and none of a period before the last accepted one.
    pub(crate) fn use_code(&mut self, period: u64) -> CodeCheck {
        if self.last_period.is_some_and(|last| period <= last) {
            return CodeCheck::Used;
        }
        self.last_period = Some(period);
        CodeCheck::Right
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.locked
    }

    pub(crate) fn lock(&mut self) {
        self.locked = true;
    }

    /// Forgets the wrong passwords.
    pub(crate) fn unlock(&mut self) {
        self.locked = false;
        self.wrong_passwords = 0;
    }

    pub(crate) fn needs_code(&self) -> bool {
        self.user.totp_secret.is_some()
    }

    pub(crate) fn has_consented(&self, client: &ClientId) -> bool {
        self.user.consented || self.consents.contains(client)
    }

    pub(crate) fn consent(&mut self, client: ClientId) {
        self.consents.insert(client);
    }
}

/// All users.
#[derive(Debug, Default)]
pub(crate) struct Users(BTreeMap<UserName, Account>);

impl Users {
    /// Adds a user, or replaces the one of that name with a fresh account.
    pub(crate) fn add(&mut self, user: User) {
        let name = UserName::new(&user.name);
        let account =
            Account { user, wrong_passwords: 0, locked: false, last_period: None, consents: BTreeSet::new() };
        self.0.insert(name, account);
    }

    pub(crate) fn find(&self, name: &UserName) -> Option<&Account> {
        self.0.get(name)
    }

    pub(crate) fn find_mut(&mut self, name: &UserName) -> Option<&mut Account> {
        self.0.get_mut(name)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Account> {
        self.0.values()
    }
}
