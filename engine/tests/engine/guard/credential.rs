use chain::{ChainId, OrganisationId};
use engine::guard::one_time::OneTime;
use engine::guard::secret::{Password, UserName};
use engine::guard::{CredentialPlace, Guard, GuardError, Keyring, OpenError, Purpose, SignIn};
use engine::store::{credentials, keys, organisations};

use crate::each::{START, Shelf, for_each_store};

const MASTER: &str = "one = AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NAME: &str = "planted@example.nl";
const PASSWORD: &str = "planted password";
const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const SERVER: &str = "https://start.exactonline.nl";

fn guard(shelf: &Shelf) -> Guard {
    let ring = Keyring::parse(MASTER).unwrap_or_else(|error| panic!("{error}"));
    Guard::new(ring, shelf.clock.clone())
}

fn sign_in() -> SignIn {
    SignIn {
        user_name: UserName::new(NAME.to_owned()),
        password: Password::new(PASSWORD.to_owned()),
        one_time: Some(OneTime::parse(SECRET).unwrap_or_else(|problem| panic!("{problem}"))),
    }
}

/// A stored sign-in of a new chain.
async fn stored(shelf: &Shelf, guard: &Guard) -> credentials::Row {
    let chain = shelf.chain().await.chain.id;
    let place = CredentialPlace { organisation: shelf.organisation, chain, row: shelf.id() };
    let sealed = guard.seal_sign_in(&shelf.db, place, &sign_in()).await.unwrap();
    let row = credentials::Row {
        id: place.row,
        organisation: place.organisation,
        chain,
        data_key: sealed.data_key,
        user_name: sealed.user_name,
        password: sealed.password,
        totp_secret: sealed.totp_secret,
        account: "account".to_owned(),
        stored_at: START,
        stored_by: "anna".to_owned(),
        expires_at: START + std::time::Duration::from_secs(86_400),
        warned: None,
        proved_at: None,
        password_sent_at: None,
        refused_at: None,
        uses: 0,
        last_used_at: None,
        last_recovery: None,
    };
    credentials::insert(&shelf.db, &row).await.unwrap();
    row
}

#[tokio::test]
async fn a_sign_in_comes_back_as_it_was_stored() {
    for_each_store(async |shelf| {
        let row = stored(&shelf, &guard(&shelf)).await;
        let read = credentials::of_chain(&shelf.db, row.chain).await.unwrap().unwrap();
        let opened = guard(&shelf).open_sign_in(&shelf.db, &read).await.unwrap();
        assert_eq!(opened.user_name.expose(), NAME);
        assert_eq!(opened.password.expose(), PASSWORD);
        assert_eq!(opened.one_time.unwrap().expose(), sign_in().one_time.unwrap().expose());
        for cell in [&read.data_key, &read.user_name, &read.password, &read.totp_secret.unwrap()] {
            for plain in [NAME, PASSWORD, SECRET] {
                assert!(!cell.windows(plain.len()).any(|part| part == plain.as_bytes()));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_row_that_was_moved_anywhere_stays_shut() {
    for_each_store(async |shelf| {
        let guard = guard(&shelf);
        let row = stored(&shelf, &guard).await;
        let other = OrganisationId(shelf.id());
        let theirs = organisations::Row { id: other, name: "Other".to_owned(), created_at: START };
        organisations::insert(&shelf.db, &theirs).await.unwrap();
        guard.create_keys(&shelf.db, other).await.unwrap();
        let moved = [
            credentials::Row { chain: ChainId(7), ..row.clone() },
            credentials::Row { id: 7, ..row.clone() },
            credentials::Row { organisation: other, ..row.clone() },
            credentials::Row { password: row.user_name.clone(), ..row.clone() },
            credentials::Row { user_name: row.data_key.clone(), ..row.clone() },
        ];
        for moved in &moved {
            let opened = guard.open_sign_in(&shelf.db, moved).await;
            assert!(matches!(opened, Err(GuardError::NoKey | GuardError::Open(_))));
        }
        assert!(guard.open_sign_in(&shelf.db, &row).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn every_credential_has_a_key_of_its_own() {
    for_each_store(async |shelf| {
        let guard = guard(&shelf);
        let (first, second) = (stored(&shelf, &guard).await, stored(&shelf, &guard).await);
        let mixed = credentials::Row { data_key: second.data_key.clone(), ..first.clone() };
        let opened = guard.open_sign_in(&shelf.db, &mixed).await;
        assert!(matches!(opened, Err(GuardError::Open(OpenError::Broken))));
        assert!(credentials::delete(&shelf.db, first.id).await.unwrap());
        // What a copy of the row still holds is of no use without its key.
        let without = credentials::Row { data_key: Vec::new(), ..first };
        assert!(guard.open_sign_in(&shelf.db, &without).await.is_err());
        let keys = keys::all(&shelf.db).await.unwrap();
        assert!(keys.iter().all(|key| key.purpose == Purpose::Recovery), "the organisation's key alone");
    })
    .await;
}

#[tokio::test]
async fn one_account_is_known_again_and_no_other_one() {
    for_each_store(async |shelf| {
        let guard = guard(&shelf);
        let other = OrganisationId(shelf.id());
        let theirs = organisations::Row { id: other, name: "Other".to_owned(), created_at: START };
        organisations::insert(&shelf.db, &theirs).await.unwrap();
        let account = async |organisation, server: &str, name: &str| {
            let name = UserName::new(name.to_owned());
            guard.account(&shelf.db, organisation, server, &name).await.unwrap()
        };
        let known = account(shelf.organisation, SERVER, NAME).await;
        assert_eq!(known, account(shelf.organisation, SERVER, " Planted@Example.nl ").await);
        assert_eq!(known.len(), 64);
        assert_ne!(known, account(shelf.organisation, SERVER, "planted@example.be").await);
        assert_ne!(known, account(shelf.organisation, "https://start.exactonline.be", NAME).await);
        assert_ne!(known, account(other, SERVER, NAME).await, "organisations have nothing to compare");
    })
    .await;
}
