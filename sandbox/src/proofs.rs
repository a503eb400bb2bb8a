//! Passwords and one-time codes as both generations check them: with faults, locks and counts.

use crate::sign_in_faults::SignInFault;
use crate::users::{CodeCheck, PasswordCheck, UserName};
use crate::world::World;

impl World {
    /// Checks a password; wrong ones count, and lock the account in the end.
    pub(crate) fn check_password(&mut self, user: &UserName, password: &str) -> PasswordCheck {
        let lock = self.meets(user, &SignInFault::Locked).is_some();
        let refuse = self.meets(user, &SignInFault::WrongPassword).is_some();
        let allowed = self.options.wrong_passwords_allowed;
        let (checked, wrong) = match self.users.find_mut(user) {
            Some(account) => {
                if lock {
                    account.lock();
                }
                let right = account.user.password == password && !refuse;
                (account.check_password(right, allowed), !right)
            }
            None => (PasswordCheck::Wrong, true),
        };
        self.counts.passwords_sent += 1;
        self.counts.wrong_passwords += u64::from(wrong);
        let numbers = self.sign_ins.of(user);
        numbers.passwords += 1;
        numbers.wrong_passwords += u64::from(wrong);
        checked
    }

    /// Checks a one-time code; one that was sent before is noted, whatever became of it then.
    pub(crate) fn check_code(&mut self, user: &UserName, code: &str) -> CodeCheck {
        let now = self.now();
        let refuse = self.meets(user, &SignInFault::WrongCode).is_some();
        let found = self.users.find(user).and_then(|account| account.period_of(code, now));
        let present = u64::try_from(now / 30_000).unwrap_or(0);
        let again = self.sign_ins.of(user).note_code(found.unwrap_or(present), code);
        let checked = match (found, self.users.find_mut(user)) {
            (Some(period), Some(account)) if !refuse => account.use_code(period),
            (Some(_) | None, Some(_) | None) => CodeCheck::Wrong,
        };
        let wrong = checked == CodeCheck::Wrong;
        self.counts.codes_sent += 1;
        self.counts.codes_reused += u64::from(again);
        self.counts.wrong_codes += u64::from(wrong);
        self.sign_ins.of(user).wrong_codes += u64::from(wrong);
        checked
    }

    /// Who comes back when this user signed in.
    pub(crate) fn comes_back_as(&mut self, user: UserName) -> UserName {
        match self.meets(&user, &SignInFault::OtherUser(String::new())) {
            Some(SignInFault::OtherUser(other)) => UserName::new(&other),
            Some(_) | None => user,
        }
    }

    /// Takes a fault of this kind that is arranged for the user, or comes by chance.
    pub(crate) fn meets(&mut self, user: &UserName, kind: &SignInFault) -> Option<SignInFault> {
        let met = self.sign_in_faults.take(user, kind, &self.options);
        self.counts.sign_in_faults += u64::from(met.is_some());
        met
    }
}
