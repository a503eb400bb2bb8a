//! Every outcome of a sign-in on demand, at the pages of both generations.

use std::time::Duration;

use exact_sandbox::{Generation, Options, Sandbox, SignInFault, SignInStep, User};

use crate::browser::{Browser, Page, authorize};
use crate::common::{self, HTTP, PASSWORD, TOTP, USER, exchange};

const BOTH: [Generation; 2] = [Generation::Classic, Generation::Identity];
const OTHER: &str = "ben@example.nl";

/// A sandbox with two users who gave consent.
async fn ready(generation: Generation) -> Sandbox {
    let sandbox = common::start_with(Options { generation, ..common::options() }).await;
    for name in [USER, OTHER] {
        sandbox.add_user(User { consented: true, ..User::new(name, PASSWORD).with_totp(TOTP) });
    }
    sandbox
}

async fn go(sandbox: &Sandbox) -> Page {
    Browser::new().go(sandbox, USER).await.unwrap()
}

fn is_back(page: &Page) -> bool {
    page.location.is_some() && page.returned("code").is_some()
}

/// The next sign-in goes well again.
async fn is_over(sandbox: &Sandbox) {
    sandbox.advance(Duration::from_secs(30));
    assert!(is_back(&go(sandbox).await));
}

/// The steps at which each generation's way can be disturbed.
fn steps(generation: Generation) -> &'static [SignInStep] {
    match generation {
        Generation::Classic => &[
            SignInStep::Authorize,
            SignInStep::Start,
            SignInStep::UserName,
            SignInStep::Password,
            SignInStep::CodePage,
            SignInStep::OneTimeCode,
        ],
        Generation::Identity => &[
            SignInStep::Authorize,
            SignInStep::Start,
            SignInStep::UserName,
            SignInStep::IdentityPage,
            SignInStep::Password,
            SignInStep::UserAgent,
            SignInStep::OneTimeCode,
            SignInStep::Return,
        ],
    }
}

#[tokio::test]
async fn without_a_fault_the_way_ends_at_the_app() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        assert!(is_back(&go(&sandbox).await), "{generation:?}");
        assert_eq!(sandbox.counts().sign_in_faults, 0);
    }
}

#[tokio::test]
async fn a_right_password_is_refused_on_demand_and_counts_as_wrong() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        sandbox.fail_sign_in(Some(USER), None, SignInFault::WrongPassword);
        assert!(!is_back(&go(&sandbox).await));
        let numbers = sandbox.sign_ins(USER);
        assert_eq!((numbers.passwords, numbers.wrong_passwords, numbers.codes), (1, 1, 0));
        is_over(&sandbox).await;
    }
}

#[tokio::test]
async fn a_right_code_is_refused_on_demand() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        sandbox.fail_sign_in(Some(USER), None, SignInFault::WrongCode);
        assert!(!is_back(&go(&sandbox).await));
        let numbers = sandbox.sign_ins(USER);
        assert_eq!((numbers.codes, numbers.wrong_codes, numbers.sign_ins), (1, 1, 0));
        is_over(&sandbox).await;
    }
}

#[tokio::test]
async fn an_account_is_locked_on_demand_until_it_is_unlocked() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        sandbox.fail_sign_in(Some(USER), None, SignInFault::Locked);
        for _ in 0..2 {
            assert!(!is_back(&go(&sandbox).await));
        }
        assert_eq!(sandbox.sign_ins(USER).wrong_passwords, 0, "the password was right");
        assert!(sandbox.unlock(USER));
        is_over(&sandbox).await;
    }
}

#[tokio::test]
async fn a_captcha_stands_in_the_way() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        for step in [SignInStep::UserName, SignInStep::Password] {
            sandbox.fail_sign_in(Some(USER), Some(step), SignInFault::Captcha);
            let page = go(&sandbox).await;
            assert_eq!(page.status, 200);
            assert!(page.html.to_lowercase().contains("captcha"), "{page:?}");
            let is_b2c = generation == Generation::Identity && step == SignInStep::Password;
            assert_eq!(page.html.contains("SA_FIELDS"), is_b2c);
        }
        is_over(&sandbox).await;
    }
}

#[tokio::test]
async fn a_page_that_nobody_saw_before_has_fields_of_its_own() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        sandbox.fail_sign_in(Some(USER), Some(SignInStep::Password), SignInFault::UnknownPage);
        let page = go(&sandbox).await;
        match generation {
            Generation::Classic => assert!(page.has("select[name='BicycleForm$Colour']")),
            Generation::Identity => assert_eq!(page.declared()[0], "firstBicycleColour"),
        }
        is_over(&sandbox).await;
    }
}

#[tokio::test]
async fn consent_is_asked_again_on_demand() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        sandbox.fail_sign_in(Some(USER), None, SignInFault::Consent);
        let before = sandbox.counts().sign_in_requests;
        assert!(is_back(&go(&sandbox).await));
        let with_consent = sandbox.counts().sign_in_requests - before;
        is_over(&sandbox).await;
        assert_eq!(sandbox.counts().sign_in_requests - before, 2 * with_consent - 1);
        assert_eq!(sandbox.counts().sign_in_faults, 1);
    }
}

#[tokio::test]
async fn another_user_comes_back_on_demand() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        sandbox.fail_sign_in(Some(USER), None, SignInFault::OtherUser(OTHER.to_owned()));
        let code = go(&sandbox).await.returned("code").unwrap();
        let token = exchange(&sandbox, &code, None).await.text("access_token");
        let me = format!("{}/api/v1/current/Me", sandbox.url());
        let me = HTTP.get(me).bearer_auth(token).send().await.unwrap().text().await.unwrap();
        assert!(me.contains(OTHER) && !me.contains(USER), "{me}");
        assert_eq!(sandbox.sign_ins(USER).sign_ins, 1);
    }
}

#[tokio::test]
async fn a_page_fails_with_500_or_503_at_every_step() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        for step in steps(generation) {
            for (fault, status) in [(SignInFault::Error500, 500), (SignInFault::Outage503, 503)] {
                sandbox.advance(Duration::from_secs(30));
                sandbox.fail_sign_in(None, Some(*step), fault);
                assert_eq!(go(&sandbox).await.status, status, "{generation:?} {step:?}");
            }
        }
        is_over(&sandbox).await;
    }
}

#[tokio::test]
async fn the_connection_closes_at_every_step() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        for step in steps(generation) {
            sandbox.advance(Duration::from_secs(30));
            sandbox.fail_sign_in(None, Some(*step), SignInFault::Closed);
            let error = Browser::new().go(&sandbox, USER).await.unwrap_err();
            assert!(error.is_request() && !error.is_connect(), "{generation:?} {step:?} {error:?}");
        }
        is_over(&sandbox).await;
    }
}

#[tokio::test]
async fn what_was_sent_counts_although_no_answer_came() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        for step in [SignInStep::Password, SignInStep::OneTimeCode] {
            sandbox.fail_sign_in(Some(USER), Some(step), SignInFault::Closed);
            assert!(Browser::new().go(&sandbox, USER).await.is_err());
        }
        assert_eq!(sandbox.sign_ins(USER).passwords, 2);
        assert_eq!(sandbox.sign_ins(USER).codes, 1);
        assert!(!is_back(&go(&sandbox).await), "that code was taken");
        assert_eq!(sandbox.sign_ins(USER).codes_reused, 1);
    }
}

#[tokio::test]
async fn the_answer_to_consent_can_fail_too() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        sandbox.fail_sign_in(Some(USER), None, SignInFault::Consent);
        sandbox.fail_sign_in(Some(USER), Some(SignInStep::Consent), SignInFault::Error500);
        assert_eq!(go(&sandbox).await.status, 500);
        is_over(&sandbox).await;
    }
}

#[tokio::test]
async fn a_redirect_loop_has_no_end() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        sandbox.fail_sign_in(Some(USER), Some(SignInStep::Password), SignInFault::Loop);
        let page = go(&sandbox).await;
        assert_eq!(page.status, 302);
        assert_eq!(page.location.unwrap().path(), "/docs/SessionCheck.aspx");
        let origin = match generation {
            Generation::Classic => sandbox.url(),
            Generation::Identity => sandbox.identity_url(),
        };
        assert_eq!(page.url.origin().ascii_serialization(), origin);
        is_over(&sandbox).await;
    }
}

#[tokio::test]
async fn a_redirect_leads_to_a_foreign_host() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        for step in steps(generation) {
            sandbox.advance(Duration::from_secs(30));
            let foreign = SignInFault::ForeignHost(SignInFault::FOREIGN_ADDRESS.to_owned());
            sandbox.fail_sign_in(None, Some(*step), foreign);
            let page = go(&sandbox).await;
            assert_eq!(page.location.unwrap().as_str(), SignInFault::FOREIGN_ADDRESS, "{step:?}");
        }
        is_over(&sandbox).await;
    }
}

#[tokio::test]
async fn a_slow_page_misses_the_deadline_and_a_short_delay_does_not() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        sandbox.fail_sign_in(None, Some(SignInStep::Start), SignInFault::Slow(Duration::from_secs(600)));
        let wait = Duration::from_millis(250);
        let late = HTTP.get(authorize(&sandbox, &[])).timeout(wait).send().await;
        assert!(late.unwrap_err().is_timeout());
        for _ in 0..3 {
            sandbox.fail_sign_in(Some(USER), None, SignInFault::Slow(Duration::from_millis(1)));
        }
        assert!(is_back(&go(&sandbox).await));
        assert_eq!(sandbox.counts().sign_in_faults, 4);
    }
}

#[tokio::test]
async fn a_fault_at_a_step_comes_before_one_that_fits_everywhere() {
    let sandbox = ready(Generation::Identity).await;
    sandbox.always_fail_sign_in(USER, None, SignInFault::Slow(Duration::from_millis(1)));
    sandbox.fail_sign_in(Some(USER), Some(SignInStep::UserAgent), SignInFault::Captcha);
    assert!(go(&sandbox).await.html.contains("captchaControlChallengeCode"));
    assert_eq!(sandbox.sign_ins(USER).passwords, 1);
}

#[tokio::test]
async fn a_fault_of_one_user_leaves_the_others_alone() {
    for generation in BOTH {
        let sandbox = ready(generation).await;
        sandbox.always_fail_sign_in(USER, None, SignInFault::WrongPassword);
        sandbox.always_fail_sign_in(USER, Some(SignInStep::UserName), SignInFault::Error500);
        assert!(is_back(&Browser::new().go(&sandbox, OTHER).await.unwrap()));
        for _ in 0..3 {
            assert_eq!(go(&sandbox).await.status, 500);
        }
        sandbox.forget_sign_in_faults();
        is_over(&sandbox).await;
    }
}
