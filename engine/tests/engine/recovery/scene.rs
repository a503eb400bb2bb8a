//! A container of a user with one-time codes, and what a test does with its recovery.

use std::time::Duration;

use engine::guard::secret::{Password, TotpText, UserName};
use engine::view::{RecoveryView, RunOutcome, StateName};
use engine::{CredentialsForm, OneTimeInput};
use exact_sandbox::{Options, SignIns, User};

use crate::world::{BRAM, CLIENT, World, on_each_store_with};

pub const EVA: &str = "eva@example.nl";
pub const PASSWORD: &str = "eva's password";
const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/// Many runs a day, and soon one after the other.
pub const TIMING: &str = r#"{"recovery_tries_a_day":100,"recovery_cool_down":60,"quiet_hours":false}"#;

/// Runs a story on every store, with a container that Eva authorized.
pub async fn on_each_store(story: impl AsyncFn(World)) {
    on_each_store_of(Options::default(), story).await;
}

pub async fn on_each_store_of(options: Options, story: impl AsyncFn(World)) {
    on_each_store_with(options, Some(TIMING), async |world: World| {
        prepare(&world).await;
        story(world).await;
    })
    .await;
}

pub async fn prepare(world: &World) {
    world.sandbox.add_user(User { consented: true, ..User::new(EVA, PASSWORD).with_totp(SECRET) });
    world.sandbox.add_user(User { consented: true, ..User::new(BRAM, "bram's password") });
    world.grant(world.id().await, EVA).await;
}

pub fn form(password: &str) -> CredentialsForm {
    CredentialsForm {
        user_name: Some(UserName::new(EVA.to_owned())),
        password: Some(Password::new(password.to_owned())),
        one_time: Some(OneTimeInput::Text(TotpText::new(SECRET.to_owned()))),
        days: 30,
        consent: true,
    }
}

impl World {
    pub async fn save(&self, form: CredentialsForm) {
        self.operator.save_credentials(self.id().await, form).await.unwrap();
    }

    /// The provider ends the chain, and the next refresh finds out.
    pub async fn break_and_notice(&self) {
        self.sandbox.break_chain(CLIENT, EVA);
        self.pass_seconds(600).await;
        self.operator.refresh_now(self.id().await).await.unwrap();
    }

    pub async fn recovery(&self) -> RecoveryView {
        self.operator.recovery(self.id().await).await.unwrap().unwrap()
    }

    /// Waits until so many runs ended; says how the newest one did.
    pub async fn until_runs(&self, ended: usize) -> RunOutcome {
        let mut changes = self.engine.changes();
        let wait = async {
            loop {
                let view = self.recovery().await;
                if view.runs.len() >= ended && view.running.is_none() {
                    return view.runs[0].outcome;
                }
                changes.recv().await.unwrap();
            }
        };
        match tokio::time::timeout(Duration::from_secs(30), wait).await {
            Ok(outcome) => outcome,
            Err(_) => panic!("it never came to {ended} runs: {:?}", self.recovery().await),
        }
    }

    /// The cool-down passes, and the chain is live again.
    pub async fn heals_later(&self) {
        self.until(StateName::Broken).await;
        self.pass_seconds(60).await;
        self.until(StateName::Live).await;
    }

    pub fn sign_ins(&self) -> SignIns {
        self.sandbox.sign_ins(EVA)
    }
}
