use std::time::Duration;

use chain::{OrganisationId, Time};
use engine::store::policies;
use engine::store::{self, StoreError, organisations};
use migrations::Migrator;
use policy::{Bounds, Given, Kind, Policies, Policy};
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;

use crate::stores::{open_store, stores};
use crate::world::{World, on_each_store};

const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3_600);

fn policy(kind: Kind, lifetime: Duration) -> Policy {
    Policy::new(kind, lifetime.into(), kind.outermost()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_nobody_spoke_of_lives_by_the_default_of_the_process() {
    on_each_store(async |world: World| {
        let life = async |kind| {
            let policies = world.operator.policies().await.unwrap();
            (policies.of(kind).policy.lifetime(), policies.of(kind).said)
        };
        assert_eq!(life(Kind::Session).await, (Kind::Session.usual(), false));
        let mut defaults = Policies::default();
        defaults.set_default(Kind::Session, HOUR.into()).unwrap();
        world.engine.live_by(defaults);
        assert_eq!(life(Kind::Session).await, (HOUR, false));
        assert_eq!(world.engine.session_life().await.unwrap(), HOUR);
        let (db, now) = (world.engine.store(), world.engine.now());
        let ours = organisations::all(db).await.unwrap()[0].id;
        policies::set(db, ours, &policy(Kind::Session, 2 * HOUR), "anna", now).await.unwrap();
        assert_eq!(life(Kind::Session).await, (2 * HOUR, true));
        assert_eq!(world.engine.session_life().await.unwrap(), 2 * HOUR);
        let theirs =
            organisations::Row { id: OrganisationId(7), name: "Another".to_owned(), created_at: now };
        organisations::insert(db, &theirs).await.unwrap();
        assert_eq!(world.engine.session_life().await.unwrap(), HOUR, "the strictest one counts");
        assert!(!world.engine.policies(theirs.id).await.unwrap().of(Kind::Session).said);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_policy_takes_the_place_of_the_one_before_and_reaches_anew() {
    on_each_store(async |world: World| {
        let (db, now) = (world.engine.store(), world.engine.now());
        let ours = organisations::all(db).await.unwrap()[0].id;
        policies::set(db, ours, &policy(Kind::Journal, 40 * DAY), "anna", now).await.unwrap();
        let first = policies::unreached(db).await.unwrap().remove(0);
        assert_eq!((first.revision, first.reached_at, first.changed_by.as_str()), (1, None, "anna"));
        let later = now + HOUR;
        policies::set(db, ours, &policy(Kind::Journal, 50 * DAY), "bram", later).await.unwrap();
        policies::mark_reached(db, &first, later).await.unwrap();
        let second = policies::unreached(db).await.unwrap().remove(0);
        assert_eq!((second.revision, second.changed_at), (2, later), "what was changed meanwhile stays");
        policies::mark_reached(db, &second, later).await.unwrap();
        assert_eq!(policies::unreached(db).await.unwrap(), []);
        let all = policies::all(db, ours).await.unwrap();
        assert_eq!(all, [policies::Row { reached_at: Some(later), ..second }]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_no_policy_is_named() {
    on_each_store(async |world: World| {
        let (db, now) = (world.engine.store(), world.engine.now());
        let ours = organisations::all(db).await.unwrap()[0].id;
        policies::set(db, ours, &policy(Kind::AccessToken, HOUR), "anna", now).await.unwrap();
        db.execute_unprepared("UPDATE policies SET lifetime = -1").await.unwrap();
        let error = world.engine.policies(ours).await.unwrap_err();
        let StoreError::Impossible { what, .. } = error else { panic!("{error:?}") };
        assert!(what.contains("InvalidValueForExpiresIn") && what.contains("for ever"), "{what}");
    })
    .await;
}

/// A store of the version before the policies, with organisations that said something.
async fn of_old(url: &str, said: &[[u32; 6]]) -> store::Store {
    let db = open_store(url).await;
    let before = u32::try_from(Migrator::migrations().len()).unwrap() - 1;
    Migrator::up(db.connections(), Some(before)).await.unwrap();
    for [id, least, usual, most, key_usual, key_most] in said {
        let sql = format!(
            "INSERT INTO organisations (id, name, created_at, retention_least, retention_usual, retention_most,
                consumer_key_usual, consumer_key_most)
            VALUES ('{id:032x}', 'A', 5, {least}, {usual}, {most}, {key_usual}, {key_most})"
        );
        db.execute_unprepared(&sql).await.unwrap();
    }
    db
}

#[tokio::test]
async fn what_organisations_said_before_there_were_policies_moves_over() {
    for store in stores() {
        let folder = tempfile::tempdir().unwrap();
        let url = store.open(folder.path()).await;
        let said = [[1, 1, 30, 90, 90, 366], [2, 7, 7, 14, 30, 60], [3, 1, 30, 90, 400, 3_660]];
        let db = of_old(&url, &said).await;
        let born = "INSERT INTO sessions (id, data, expires_at) VALUES ('s', '', 604800005)";
        db.execute_unprepared(born).await.unwrap();
        Migrator::up(db.connections(), None).await.unwrap();
        store::check(&db).await.unwrap();
        let of = async |id| policies::all(&db, OrganisationId(id)).await.unwrap();
        assert_eq!(of(1).await, [], "what holds for everybody is no policy of theirs");
        let bounds = |least, most| Bounds { least: DAY * least, most: DAY * most };
        let said = |kind, days, bounds| Policy::new(kind, Given::from(DAY * days), bounds).unwrap();
        let second: Vec<_> = of(2).await.into_iter().map(|row| row.policy).collect();
        let expected = [said(Kind::ConsumerKey, 30, bounds(1, 60)), said(Kind::Credential, 7, bounds(7, 14))];
        assert_eq!(second, expected);
        let third = of(3).await.remove(0);
        assert_eq!(third.policy, said(Kind::ConsumerKey, 366, bounds(1, 366)), "a year and a day at most");
        assert_eq!((third.changed_at, third.reached_at), (Time::from_millis(5), Some(Time::from_millis(5))));
        let row = db.query_one_raw(sea_orm::Statement::from_string(
            db.get_database_backend(),
            "SELECT born_at FROM sessions",
        ));
        let born: i64 = row.await.unwrap().unwrap().try_get("", "born_at").unwrap();
        assert_eq!(born, 5);
    }
}
