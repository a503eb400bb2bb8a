//! What operators store for auto-recovery, and how long it stays.

use std::time::Duration;

use chain::{ContainerId, RecoveryFailure};
use engine::guard::one_time::OneTimeProblem;
use engine::guard::secret::{Password, TotpText, UserName};
use engine::store::{chains, containers, credentials, journal, organisations};
use engine::view::{RecoveryView, Retention, StoredCredentials};
use engine::{CredentialsForm, FormError, OneTimeInput, Problem};

use super::field;
use crate::world::{ANNA, World, on_each_store};

const DAY: Duration = Duration::from_secs(86_400);
const SECRET: &str = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP";

fn form() -> CredentialsForm {
    CredentialsForm {
        user_name: Some(UserName::new(ANNA.to_owned())),
        password: Some(Password::new("anna's password".to_owned())),
        one_time: Some(OneTimeInput::Text(TotpText::new(SECRET.to_owned()))),
        days: 30,
        consent: true,
    }
}

/// Nothing entered but the days.
fn unchanged(days: u32) -> CredentialsForm {
    CredentialsForm { user_name: None, password: None, one_time: None, days, consent: true }
}

async fn connected(world: &World) -> ContainerId {
    let id = world.id().await;
    world.grant(id, ANNA).await;
    id
}

async fn view(world: &World, id: ContainerId) -> RecoveryView {
    world.operator.recovery(id).await.unwrap().unwrap()
}

async fn stored(world: &World, id: ContainerId) -> StoredCredentials {
    view(world, id).await.stored.unwrap()
}

/// The row behind the view.
async fn row(world: &World, id: ContainerId) -> Option<credentials::Row> {
    let db = world.engine.store();
    let chain = containers::find(db, id).await.unwrap().unwrap().chain.unwrap();
    credentials::of_chain(db, chain).await.unwrap()
}

/// What is known of it at the chain.
async fn told(world: &World, id: ContainerId) -> chain::Credentials {
    let db = world.engine.store();
    let chain = containers::find(db, id).await.unwrap().unwrap().chain.unwrap();
    chains::find(db, chain).await.unwrap().unwrap().chain.credentials
}

async fn count(world: &World, id: ContainerId, action: &str) -> usize {
    world.operator.journal(id).await.unwrap().iter().filter(|entry| entry.action == action).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_shown_without_the_sign_in_itself() {
    on_each_store(async |world: World| {
        let id = world.id().await;
        let before = view(&world, id).await;
        assert!(!before.connected && before.enabled && before.stored.is_none());
        assert_eq!(before.retention, Retention { least: 1, usual: 30, most: 90 });
        let early = world.operator.save_credentials(id, form()).await;
        assert_eq!(field(early), ("container", Problem::NotConnected));
        assert!(world.operator.recovery(ContainerId(7)).await.unwrap().is_none());

        connected(&world).await;
        world.operator.save_credentials(id, form()).await.unwrap();
        let stored = stored(&world, id).await;
        assert_eq!((stored.days_left, stored.uses, stored.proved), (30, 0, false));
        assert_eq!((stored.stored_by.as_str(), stored.one_time), (world.operator.name(), true));
        assert_eq!(stored.expires_at, world.engine.now() + DAY * 30);
        assert!(matches!(told(&world, id).await, chain::Credentials::Stored { .. }));
        assert_eq!(count(&world, id, "credentials_stored").await, 1);
        assert!(!format!("{:?}", view(&world, id).await).contains(ANNA));

        world.operator.delete_credentials(id).await.unwrap();
        assert!(view(&world, id).await.stored.is_none() && row(&world, id).await.is_none());
        assert_eq!(told(&world, id).await, chain::Credentials::Absent);
        assert_eq!(count(&world, id, "credentials_removed").await, 1);
        assert!(matches!(world.operator.delete_credentials(id).await, Err(FormError::NotFound)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_at_its_field_and_nothing_is_stored() {
    on_each_store(async |world: World| {
        let id = connected(&world).await;
        let save = async |form| field(world.operator.save_credentials(id, form).await);
        let text = |text: &str| Some(OneTimeInput::Text(TotpText::new(text.to_owned())));
        let one_time = |problem| ("one_time", Problem::OneTime(problem));
        assert_eq!(save(CredentialsForm { user_name: None, ..form() }).await, ("user_name", Problem::Empty));
        let blank = Some(Password::new(String::new()));
        assert_eq!(save(CredentialsForm { password: blank, ..form() }).await, ("password", Problem::Empty));
        assert_eq!(save(CredentialsForm { consent: false, ..form() }).await, ("consent", Problem::NotAgreed));
        for days in [0, 91, u32::MAX] {
            let bounds = Problem::OutOfBounds { least: 1, most: 90 };
            assert_eq!(save(CredentialsForm { days, ..form() }).await, ("days", bounds));
        }
        let short = CredentialsForm { one_time: text("JBSWY3DP"), ..form() };
        assert_eq!(save(short).await, one_time(OneTimeProblem::TooShort));
        let wrong = CredentialsForm { one_time: text("1!8"), ..form() };
        assert_eq!(save(wrong).await, one_time(OneTimeProblem::NotBase32));
        let counted =
            CredentialsForm { one_time: text("otpauth://hotp/a?secret=JBSWY3DPEHPK3PXP"), ..form() };
        assert_eq!(save(counted).await, one_time(OneTimeProblem::Hotp));
        let picture = CredentialsForm { one_time: Some(OneTimeInput::Picture(vec![7; 9])), ..form() };
        assert_eq!(save(picture).await, one_time(OneTimeProblem::PictureNotReadable));
        let huge = CredentialsForm { one_time: Some(OneTimeInput::Picture(vec![0; 6_000_000])), ..form() };
        assert_eq!(save(huge).await, one_time(OneTimeProblem::PictureTooLarge));
        assert!(row(&world, id).await.is_none());
        assert_eq!(told(&world, id).await, chain::Credentials::Absent);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_stays_under_a_new_key() {
    on_each_store(async |world: World| {
        let id = connected(&world).await;
        world.operator.save_credentials(id, form()).await.unwrap();
        let first = row(&world, id).await.unwrap();
        let db = world.engine.store();
        credentials::mark_used(db, first.id, world.engine.now()).await.unwrap();
        credentials::mark_password_answered(db, first.id, true, world.engine.now()).await.unwrap();

        world.operator.save_credentials(id, unchanged(60)).await.unwrap();
        let second = row(&world, id).await.unwrap();
        assert_ne!((second.id, &second.data_key), (first.id, &first.data_key));
        assert_eq!(second.account, first.account);
        let shown = stored(&world, id).await;
        assert_eq!((shown.days_left, shown.uses, shown.proved), (60, 1, true));
        let (_, sign_in) = world.engine.stored_sign_in(second.chain).await.unwrap().unwrap();
        assert_eq!(sign_in.password.expose(), "anna's password");
        assert_eq!(sign_in.user_name.expose(), ANNA);
        assert!(sign_in.one_time.is_some());
        assert_eq!(count(&world, id, "credentials_stored").await, 2);

        // Another account has another password and other codes.
        let other = || Some(UserName::new("other@example.nl".to_owned()));
        let save = async |form| field(world.operator.save_credentials(id, form).await);
        let name_alone = CredentialsForm { user_name: other(), ..unchanged(30) };
        assert_eq!(save(name_alone).await, ("password", Problem::Empty));
        let no_codes = CredentialsForm { user_name: other(), one_time: None, ..form() };
        assert_eq!(save(no_codes).await, ("one_time", Problem::Empty));
        assert_eq!(row(&world, id).await.unwrap().id, second.id);
        world.operator.save_credentials(id, CredentialsForm { user_name: other(), ..form() }).await.unwrap();
        assert_ne!(row(&world, id).await.unwrap().account, first.account);
        assert_eq!(stored(&world, id).await.uses, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_not_accepted_has_to_be_entered_once_more() {
    on_each_store(async |world: World| {
        let id = connected(&world).await;
        world.operator.save_credentials(id, form()).await.unwrap();
        let db = world.engine.store();
        let first = row(&world, id).await.unwrap().id;
        assert!(credentials::mark_password_sent(db, first, world.engine.now()).await.unwrap());
        let again = world.operator.save_credentials(id, unchanged(30)).await;
        assert_eq!(field(again), ("password", Problem::NotAccepted));
        credentials::mark_password_answered(db, first, false, world.engine.now()).await.unwrap();
        let again = world.operator.save_credentials(id, unchanged(30)).await;
        assert_eq!(field(again), ("password", Problem::NotAccepted));
        assert_eq!(row(&world, id).await.unwrap().id, first);
        let entered = CredentialsForm { password: form().password, ..unchanged(30) };
        world.operator.save_credentials(id, entered).await.unwrap();
        assert_eq!(row(&world, id).await.unwrap().refused_at, None);
        assert_eq!(stored(&world, id).await.blocked, None::<RecoveryFailure>);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_end_in_time_even_if_nobody_ran_over_the_date() {
    on_each_store(async |world: World| {
        let id = connected(&world).await;
        world.operator.save_credentials(id, CredentialsForm { days: 2, ..form() }).await.unwrap();
        let chain = row(&world, id).await.unwrap().chain;
        world.hand.advance(DAY * 2 - Duration::from_millis(1));
        assert_eq!(stored(&world, id).await.days_left, 1);
        assert!(world.engine.stored_sign_in(chain).await.unwrap().is_some());
        world.hand.advance(Duration::from_millis(1));
        // Nobody deleted it yet, and nobody gets it any more.
        assert!(row(&world, id).await.is_some());
        assert!(world.engine.stored_sign_in(chain).await.unwrap().is_none());
        assert!(view(&world, id).await.stored.is_none());
        world.hand.advance(DAY * 40);
        world.engine.take_up().await.unwrap();
        assert!(row(&world, id).await.is_none());
        assert_eq!(told(&world, id).await, chain::Credentials::Absent);
        assert_eq!(count(&world, id, "credentials_expired").await, 1);
        assert_eq!(count(&world, id, "credentials_expire_soon").await, 0, "too late to warn");
        world.engine.take_up().await.unwrap();
        assert_eq!(count(&world, id, "credentials_expired").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_warned_seven_days_and_one_day_ahead_each_time_once() {
    on_each_store(async |world: World| {
        let id = connected(&world).await;
        world.operator.save_credentials(id, form()).await.unwrap();
        let warned = async || {
            world.engine.tidy().await.unwrap();
            world.engine.tidy().await.unwrap();
            count(&world, id, "credentials_expire_soon").await
        };
        assert_eq!(warned().await, 0);
        world.hand.advance(DAY * 23 - Duration::from_millis(1));
        assert_eq!(warned().await, 0);
        world.hand.advance(Duration::from_millis(1));
        assert_eq!(warned().await, 1);
        world.hand.advance(DAY * 6);
        assert_eq!(warned().await, 2);
        let lines = world.operator.journal(id).await.unwrap();
        let details = lines.iter().filter(|line| line.action == "credentials_expire_soon");
        let details: Vec<_> = details.filter_map(|line| line.detail.as_deref()).collect();
        assert_eq!(details, ["1 day left", "7 days left"]);
        world.hand.advance(DAY);
        assert_eq!(warned().await, 2);
        assert!(row(&world, id).await.is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_long_pause_there_is_one_warning_only() {
    on_each_store(async |world: World| {
        let id = connected(&world).await;
        world.operator.save_credentials(id, form()).await.unwrap();
        world.hand.advance(DAY * 29 + DAY / 2);
        world.engine.take_up().await.unwrap();
        world.engine.tidy().await.unwrap();
        assert_eq!(count(&world, id, "credentials_expire_soon").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organisation_bounds_how_long_credentials_live() {
    on_each_store(async |world: World| {
        let id = connected(&world).await;
        world.operator.save_credentials(id, CredentialsForm { days: 90, ..form() }).await.unwrap();
        let set = async |least, usual, most| {
            field(world.operator.set_retention(Retention { least, usual, most }).await)
        };
        let bounds = |least, most| Problem::OutOfBounds { least, most };
        assert_eq!(set(0, 30, 90).await, ("least", bounds(1, 90)));
        assert_eq!(set(1, 30, 91).await, ("most", bounds(1, 90)));
        assert_eq!(set(8, 30, 7).await, ("most", bounds(8, 90)));
        assert_eq!(set(7, 30, 14).await, ("usual", bounds(7, 14)));
        assert_eq!(stored(&world, id).await.days_left, 90);
        world.operator.set_retention(Retention { least: 7, usual: 7, most: 14 }).await.unwrap();
        assert_eq!(stored(&world, id).await.days_left, 14, "what is stored ends earlier");
        let late = world.operator.save_credentials(id, unchanged(30)).await;
        assert_eq!(field(late), ("days", bounds(7, 14)));
        world.operator.save_credentials(id, unchanged(7)).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_process_did_not_tell_its_chain_is_told_later() {
    on_each_store(async |world: World| {
        let id = connected(&world).await;
        world.operator.save_credentials(id, form()).await.unwrap();
        let row = row(&world, id).await.unwrap();
        let db = world.engine.store();
        assert!(credentials::delete(db, row.id).await.unwrap());
        assert!(matches!(told(&world, id).await, chain::Credentials::Stored { .. }));
        world.engine.take_up().await.unwrap();
        assert_eq!(told(&world, id).await, chain::Credentials::Absent);
        credentials::insert(db, &row).await.unwrap();
        world.engine.take_up().await.unwrap();
        assert!(matches!(told(&world, id).await, chain::Credentials::Stored { .. }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organisations_switch_is_seen_at_every_container() {
    on_each_store(async |world: World| {
        let id = connected(&world).await;
        world.operator.save_credentials(id, form()).await.unwrap();
        world.operator.set_recovery_enabled(false).await.unwrap();
        let off = view(&world, id).await;
        assert!(!off.enabled && off.stored.is_some(), "what is stored stays");
        world.operator.set_recovery_enabled(true).await.unwrap();
        assert!(view(&world, id).await.enabled);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_turned_the_switch_or_changed_the_retention_is_written_down() {
    on_each_store(async |world: World| {
        world.pass_seconds(1).await;
        world.operator.set_recovery_enabled(false).await.unwrap();
        world.pass_seconds(1).await;
        world.operator.set_retention(Retention { least: 7, usual: 7, most: 14 }).await.unwrap();
        let db = world.engine.store();
        let organisation = organisations::all(db).await.unwrap()[0].id;
        let page = journal::Page { before: None, limit: 2 };
        let lines = journal::list(db, organisation, &journal::Filter::default(), page).await.unwrap();
        let lines: Vec<_> =
            lines.iter().map(|line| (line.action.as_str(), line.detail.as_deref(), line.chain)).collect();
        let changed = ("retention_changed", Some("7 to 14 days, usually 7"), None);
        assert_eq!(lines, [changed, ("recovery_switched_off", None, None)]);
    })
    .await;
}
