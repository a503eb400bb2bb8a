//! Both generations of the sandbox's sign-in, and every way in which they go wrong.

use std::time::Duration;

use chain::RecoveryFailure;
use engine::sign_in::{Consent, Walk, Walked, walk};
use exact_sandbox::{
    Client, Cut, Generation, IdentityPages, Options, Sandbox, SignInFault, SignInStep, User,
};
use url::Url;

use super::companion::{ANNA, Anna, BACK, PASSWORD, START, TOTP, clock, from, outcome, outcomes};

const CLIENT: &str = "{5c1d0f0e-0000-4000-8000-0000000000aa}";

pub async fn sandbox(options: Options, user: User) -> Sandbox {
    let options = Options { clock: exact_sandbox::Clock::Manual(START), ..options };
    let sandbox = Sandbox::start(options).await.unwrap();
    sandbox.add_client(Client {
        id: CLIENT.to_owned(),
        secret: "client-secret".to_owned(),
        redirect_uris: vec![BACK.to_owned()],
    });
    sandbox.add_user(user);
    sandbox
}

pub fn anna() -> User {
    User { consented: true, ..User::new(ANNA, PASSWORD).with_totp(TOTP) }
}

/// A walk through the sandbox's two origins.
pub fn at(sandbox: &Sandbox) -> Walk {
    let mut walk = from(&format!("{}/api/oauth2/auth", sandbox.url()));
    walk.start.query_pairs_mut().append_pair("client_id", CLIENT).append_pair("force_login", "1");
    walk.origins.push(Url::parse(&sandbox.identity_url()).unwrap().origin());
    walk
}

async fn as_anna(sandbox: &Sandbox) -> (Walked, Vec<String>) {
    let (clock, hand) = clock();
    hand.advance(Duration::from_millis(u64::try_from(sandbox.now() - START).unwrap()));
    let mut anna = Anna::new(&clock);
    let walked = walk(&clock, at(sandbox), &mut anna).await;
    (walked, anna.heard)
}

fn identity(cut: Cut) -> Options {
    let identity_pages = IdentityPages { cut, ..IdentityPages::default() };
    Options { generation: Generation::Identity, identity_pages, ..Options::default() }
}

#[tokio::test]
async fn the_second_generation_is_walked_in_one_page_or_two() {
    for (cut, name) in [(Cut::Combined, "signInName"), (Cut::Split, "email"), (Cut::Split, "emailAddress")] {
        let mut options = identity(cut);
        options.identity_pages.user_name_field = name.to_owned();
        options.identity_pages.user_agent = cut == Cut::Combined;
        let sandbox = sandbox(options, anna()).await;
        let (walked, heard) = as_anna(&sandbox).await;
        assert!(outcome(&walked).is_ok_and(|code| !code.is_empty()), "{cut:?} {:?}", walked.trace);
        let once: Vec<_> =
            heard.iter().filter(|heard| ["password", "accepted", "code"].contains(&heard.as_str())).collect();
        assert_eq!(once, ["password", "accepted", "code"]);
        assert!(walked.trace.len() <= 17, "{:?}", walked.trace);
        let counts = sandbox.counts();
        assert_eq!((counts.sign_ins, counts.passwords_sent, counts.codes_sent), (1, 1, 1));
    }
}

#[tokio::test]
async fn consent_is_asked_after_the_second_generation_too() {
    let sandbox = sandbox(identity(Cut::Split), User { consented: false, ..anna() }).await;
    let (walked, _) = as_anna(&sandbox).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::ConsentNeeded));
    sandbox.advance(Duration::from_secs(30));
    let (clock, hand) = clock();
    hand.advance(Duration::from_secs(30));
    let walked = walk(&clock, Walk { consent: Consent::Give, ..at(&sandbox) }, &mut Anna::new(&clock)).await;
    assert!(outcome(&walked).is_ok(), "{:?}", walked.trace);
}

#[tokio::test]
async fn every_fault_ends_the_walk_in_its_own_words() {
    use RecoveryFailure::{
        AccountLocked, Captcha, ConsentNeeded, Endless, LeftTheProvider, PageNotUnderstood, ProviderDown,
        WrongCode, WrongPassword,
    };
    let away = || SignInFault::ForeignHost(SignInFault::FOREIGN_ADDRESS.to_owned());
    for options in [Options::default(), identity(Cut::Combined), identity(Cut::Split)] {
        let sandbox = sandbox(options.clone(), anna()).await;
        for (at, fault, expected, told) in [
            (None, SignInFault::WrongPassword, WrongPassword, Some("refused")),
            (None, SignInFault::WrongCode, WrongCode, Some("accepted")),
            (None, SignInFault::Consent, ConsentNeeded, Some("accepted")),
            (None, SignInFault::Locked, AccountLocked, None),
            (Some(SignInStep::UserName), SignInFault::Captcha, Captcha, None),
            (Some(SignInStep::UserName), SignInFault::UnknownPage, PageNotUnderstood, None),
            (Some(SignInStep::UserName), SignInFault::Loop, Endless, None),
            (Some(SignInStep::UserName), away(), LeftTheProvider, None),
            (Some(SignInStep::Password), SignInFault::Error500, ProviderDown, None),
            (Some(SignInStep::Password), SignInFault::Outage503, ProviderDown, None),
            (Some(SignInStep::Password), SignInFault::Closed, ProviderDown, None),
            (Some(SignInStep::OneTimeCode), SignInFault::Closed, ProviderDown, Some("accepted")),
            (Some(SignInStep::OneTimeCode), SignInFault::Captcha, Captcha, Some("accepted")),
            (Some(SignInStep::Authorize), SignInFault::UnknownPage, PageNotUnderstood, None),
        ] {
            sandbox.add_user(anna());
            sandbox.advance(Duration::from_secs(30));
            sandbox.fail_sign_in(None, at, fault.clone());
            let before = sandbox.counts();
            let (walked, heard) = as_anna(&sandbox).await;
            let case = format!("{:?} {fault:?} {at:?} {:?}", options.generation, outcomes(&walked));
            assert_eq!(outcome(&walked), Err(expected), "{case}");
            let answer = heard.iter().find(|heard| ["accepted", "refused"].contains(&heard.as_str()));
            assert_eq!(answer.map(String::as_str), told, "{case}");
            let after = sandbox.counts();
            assert!(after.passwords_sent <= before.passwords_sent + 1, "{case}");
            assert!(after.codes_sent <= before.codes_sent + 1, "{case}");
            sandbox.forget_sign_in_faults();
        }
        sandbox.advance(Duration::from_secs(30));
        sandbox.add_user(anna());
        assert!(outcome(&as_anna(&sandbox).await.0).is_ok());
    }
}

#[tokio::test]
async fn a_second_origin_that_is_not_allowed_is_not_opened() {
    let sandbox = sandbox(identity(Cut::Combined), anna()).await;
    let (clock, _hand) = clock();
    let mut only = at(&sandbox);
    only.origins.truncate(1);
    let walked = walk(&clock, only, &mut Anna::new(&clock)).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::LeftTheProvider));
    assert_eq!(sandbox.counts().passwords_sent, 0);
}
