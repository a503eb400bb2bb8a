//! Sign-in faults by chance, and the numbers by which a load is judged.

use std::time::Duration;

use exact_sandbox::{Counts, Generation, Options, Sandbox, SignInFault, User};

use crate::browser::Browser;
use crate::common::{self, PASSWORD, TOTP};

fn name(number: u32) -> String {
    format!("user{number}@example.nl")
}

/// A sandbox with users of both generations.
async fn crowd(users: u32, seed: u64, rate: f64) -> Sandbox {
    let sandbox = common::start_with(Options {
        seed: Some(seed),
        sign_in_fault_rate: rate,
        random_page_delay: Duration::from_millis(1),
        ..common::options()
    })
    .await;
    for number in 0..users {
        let generation = if number % 2 == 0 { Generation::Classic } else { Generation::Identity };
        let user = User::new(name(number), PASSWORD).with_totp(TOTP);
        sandbox.add_user(User { consented: true, generation: Some(generation), ..user });
    }
    sandbox
}

/// What thirty users meet, one after the other.
async fn run(seed: u64, rate: f64) -> (Vec<Option<u16>>, Counts) {
    let sandbox = crowd(30, seed, rate).await;
    let mut seen = Vec::new();
    for number in 0..30 {
        let page = Browser::new().go(&sandbox, &name(number)).await;
        seen.push(page.ok().map(|page| page.status));
    }
    (seen, sandbox.counts())
}

#[tokio::test]
async fn the_same_seed_brings_the_same_sign_in_faults() {
    let (first, second, other) = (run(7, 0.1).await, run(7, 0.1).await, run(8, 0.1).await);
    assert_eq!(first, second);
    assert_ne!(first.0, other.0);
    assert!(first.1.sign_in_faults > 0 && first.1.sign_ins > 0, "{first:?}");
    assert_eq!(first.1.faults, 0, "token calls have a rate of their own");
    let calm = run(7, 0.0).await.1;
    assert_eq!((calm.sign_in_faults, calm.sign_ins), (0, 30));
}

#[tokio::test]
async fn chance_chooses_from_what_is_listed_only() {
    let sandbox = crowd(10, 7, 1.0).await;
    sandbox.change(|options| options.sign_in_faults = vec![SignInFault::WrongCode]);
    for number in 0..10 {
        assert!(Browser::new().go(&sandbox, &name(number)).await.unwrap().location.is_none());
    }
    let counts = sandbox.counts();
    assert_eq!((counts.sign_in_faults, counts.wrong_codes, counts.wrong_passwords), (10, 10, 0));
}

#[tokio::test]
async fn many_users_sign_in_within_one_period() {
    let sandbox = crowd(40, 7, 0.0).await;
    for number in 0..40 {
        let page = Browser::new().go(&sandbox, &name(number)).await.unwrap();
        assert!(page.returned("code").is_some(), "{number}");
    }
    let counts = sandbox.counts();
    assert_eq!((counts.sign_ins, counts.codes_sent, counts.codes_reused), (40, 40, 0));
}

#[tokio::test]
async fn numbers_are_kept_for_every_user_and_period() {
    let sandbox = crowd(2, 7, 0.0).await;
    let user = name(1);
    for _ in 0..2 {
        Browser::new().go(&sandbox, &user).await.unwrap();
    }
    sandbox.advance(Duration::from_secs(30));
    Browser::new().go(&sandbox, &user).await.unwrap();

    let numbers = sandbox.sign_ins(&user);
    let period = u64::try_from(common::START / 30_000).unwrap();
    assert_eq!(numbers.codes_by_period, [(period, 2), (period + 1, 1)].into());
    assert_eq!((numbers.passwords, numbers.wrong_passwords), (3, 0));
    assert_eq!((numbers.codes, numbers.codes_reused, numbers.sign_ins), (3, 1, 2));
    assert!(numbers.requests > 20, "{numbers:?}");
    assert_eq!(sandbox.sign_ins(&name(0)), exact_sandbox::SignIns::default());
}

#[tokio::test]
async fn a_refused_code_that_comes_again_is_reused_too() {
    let sandbox = crowd(1, 7, 0.0).await;
    sandbox.fail_sign_in(None, None, SignInFault::WrongCode);
    for _ in 0..2 {
        Browser::new().go(&sandbox, &name(0)).await.unwrap();
    }
    let numbers = sandbox.sign_ins(&name(0));
    assert_eq!((numbers.codes, numbers.wrong_codes, numbers.codes_reused, numbers.sign_ins), (2, 1, 1, 1));
}

#[tokio::test]
async fn what_is_tried_for_nobody_is_counted_too() {
    let sandbox = crowd(0, 7, 0.0).await;
    Browser::new().go(&sandbox, "nobody@example.nl").await.unwrap();
    assert_eq!(sandbox.sign_ins("nobody@example.nl").wrong_passwords, 1);
}
