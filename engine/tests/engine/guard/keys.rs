use std::time::Duration;

use chain::OrganisationId;
use engine::guard::{Guard, GuardError, Keyring, OpenError, Place, Purpose};
use engine::store::{keys, organisations};

use crate::each::{START, Shelf, for_each_store};

const OLD: &str = "old = AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW: &str = "new = HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_OLD: &str = "old = /wECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const SECRET: &[u8] = b"planted-refresh-token";

fn guard(shelf: &Shelf, keys: &str) -> Guard {
    let ring = Keyring::parse(keys).unwrap_or_else(|error| panic!("{error}"));
    Guard::new(ring, shelf.clock.clone())
}

fn place(shelf: &Shelf) -> Place {
    Place::new(shelf.organisation, "links", 1, "refresh_token")
}

async fn seal(shelf: &Shelf, guard: &Guard, purpose: Purpose) -> Vec<u8> {
    guard.seal(&shelf.db, shelf.organisation, purpose, &place(shelf), SECRET).await.unwrap()
}

#[tokio::test]
async fn what_one_process_sealed_another_one_opens() {
    for_each_store(async |shelf| {
        let first = guard(&shelf, OLD);
        let sealed = seal(&shelf, &first, Purpose::Tokens).await;
        let later = guard(&shelf, &format!("{NEW}\n{OLD}"));
        later.check(&shelf.db).await.unwrap();
        let opened = later.open_text(&shelf.db, shelf.organisation, &place(&shelf), &sealed).await.unwrap();
        assert_eq!(opened.as_bytes(), SECRET);
        // The key in use stays, also where another master key is current by now.
        seal(&shelf, &later, Purpose::Tokens).await;
        assert_eq!(keys::all(&shelf.db).await.unwrap().len(), 1);
        shelf.hand.advance(Duration::from_secs(1));
        seal(&shelf, &later, Purpose::Recovery).await;
        let all = keys::all(&shelf.db).await.unwrap();
        let wrapped_by: Vec<_> = all.iter().map(|key| (key.purpose, key.master_key_id.as_str())).collect();
        assert_eq!(wrapped_by, [(Purpose::Tokens, "old"), (Purpose::Recovery, "new")]);
        let named: Vec<_> = keys::master_key_ids(&shelf.db).await.unwrap().into_iter().collect();
        assert_eq!(named, ["new", "old"]);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_master_key_is_named() {
    for_each_store(async |shelf| {
        let sealed = seal(&shelf, &guard(&shelf, OLD), Purpose::Tokens).await;
        let missing = guard(&shelf, NEW).check(&shelf.db).await;
        assert!(matches!(missing, Err(GuardError::MissingMaster { key_id }) if key_id == "old"));
        let wrong = guard(&shelf, OTHER_OLD);
        assert!(
            matches!(wrong.check(&shelf.db).await, Err(GuardError::WrongMaster { key_id }) if key_id == "old")
        );
        let opened = wrong.open(&shelf.db, shelf.organisation, &place(&shelf), &sealed).await;
        assert!(matches!(opened, Err(GuardError::WrongMaster { .. })));
        // Nothing is made over what is there.
        let again = wrong.seal(&shelf.db, shelf.organisation, Purpose::Tokens, &place(&shelf), SECRET).await;
        assert!(matches!(again, Err(GuardError::WrongMaster { .. })));
        assert_eq!(keys::all(&shelf.db).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_organisation_never_opens_what_is_anothers() {
    for_each_store(async |shelf| {
        let other = OrganisationId(shelf.id());
        let row = organisations::Row { id: other, name: "Other".to_owned(), created_at: START };
        organisations::insert(&shelf.db, &row).await.unwrap();
        let guard = guard(&shelf, OLD);
        guard.create_keys(&shelf.db, other).await.unwrap();
        let sealed = seal(&shelf, &guard, Purpose::Tokens).await;
        let theirs = Place { organisation: other, ..place(&shelf) };
        for place in [theirs, place(&shelf)] {
            let opened = guard.open(&shelf.db, other, &place, &sealed).await;
            assert!(matches!(opened, Err(GuardError::NoKey)));
        }
        let elsewhere = Place { row: 2, ..place(&shelf) };
        let opened = guard.open(&shelf.db, shelf.organisation, &elsewhere, &sealed).await;
        assert!(matches!(opened, Err(GuardError::Open(OpenError::Broken))));
    })
    .await;
}

#[tokio::test]
async fn without_its_keys_nothing_of_an_organisation_is_opened() {
    for_each_store(async |shelf| {
        let guard = guard(&shelf, OLD);
        let sealed = seal(&shelf, &guard, Purpose::Tokens).await;
        guard.destroy_keys(&shelf.db, shelf.organisation).await.unwrap();
        let opened = guard.open(&shelf.db, shelf.organisation, &place(&shelf), &sealed).await;
        assert!(matches!(opened, Err(GuardError::NoKey)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_seal_first_at_once_share_one_key() {
    for_each_store(async |shelf| {
        let sealers: Vec<_> = (0..12)
            .map(|_| {
                let (guard, db) = (guard(&shelf, OLD), shelf.db.clone());
                let (organisation, place) = (shelf.organisation, place(&shelf));
                tokio::spawn(async move {
                    guard.seal(&db, organisation, Purpose::Tokens, &place, SECRET).await.unwrap()
                })
            })
            .collect();
        let opener = guard(&shelf, OLD);
        for sealer in sealers {
            let sealed = sealer.await.unwrap();
            let opened = opener.open(&shelf.db, shelf.organisation, &place(&shelf), &sealed).await.unwrap();
            assert_eq!(opened.as_slice(), SECRET);
        }
        assert_eq!(keys::all(&shelf.db).await.unwrap().len(), 1);
    })
    .await;
}
