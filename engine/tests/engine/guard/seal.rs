use chain::OrganisationId;
use engine::guard::seal::{key_id, open, seal};
use engine::guard::{DataKey, OpenError, Place};
use proptest::prelude::*;

const TABLES: [&str; 4] = ["links", "answers", "link", "s"];
const COLUMNS: [&str; 4] = ["refresh_token", "access_token", "", "linksrefresh_token"];

fn place() -> impl Strategy<Value = Place> {
    (0..3_u128, 0..TABLES.len(), 0..3_u128, 0..COLUMNS.len()).prop_map(
        |(organisation, table, row, column)| {
            Place::new(OrganisationId(organisation), TABLES[table], row, COLUMNS[column])
        },
    )
}

fn key() -> impl Strategy<Value = (u128, [u8; 32])> {
    (0..3_u128, prop_oneof![Just([7; 32]), Just([8; 32])])
}

proptest! {
    #[test]
    fn only_the_same_key_opens_and_only_at_the_same_place(
        plain in proptest::collection::vec(any::<u8>(), 0..80),
        (from, to) in (place(), place()),
        (sealing, opening) in (key(), key()),
    ) {
        let sealed = seal(&DataKey::new(sealing.0, sealing.1), &from, &plain).unwrap();
        prop_assert_eq!(key_id(&sealed), Ok(sealing.0));
        let opened = open(&DataKey::new(opening.0, opening.1), &to, &sealed);
        if from == to && sealing == opening {
            let opened = opened.unwrap();
            prop_assert_eq!(opened.as_slice(), plain.as_slice());
        } else if sealing.0 != opening.0 {
            prop_assert_eq!(opened.unwrap_err(), OpenError::OtherKey);
        } else {
            prop_assert_eq!(opened.unwrap_err(), OpenError::Broken);
        }
    }

    #[test]
    fn no_bit_can_be_changed(plain in proptest::collection::vec(any::<u8>(), 0..40), at in any::<prop::sample::Index>()) {
        let (key, place) = (DataKey::new(1, [7; 32]), Place::new(OrganisationId(1), "links", 2, "refresh_token"));
        let mut sealed = seal(&key, &place, &plain).unwrap();
        let bit = at.index(sealed.len() * 8);
        sealed[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(open(&key, &place, &sealed).is_err());
    }

    #[test]
    fn no_bytes_make_it_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let (key, place) = (DataKey::new(1, [7; 32]), Place::new(OrganisationId(1), "links", 2, "refresh_token"));
        prop_assert!(open(&key, &place, &bytes).is_err());
    }

    #[test]
    fn a_sealed_value_shows_nothing_of_what_is_in_it(plain in proptest::collection::vec(any::<u8>(), 8..80)) {
        let (key, place) = (DataKey::new(1, [7; 32]), Place::new(OrganisationId(1), "links", 2, "refresh_token"));
        let (first, second) = (seal(&key, &place, &plain).unwrap(), seal(&key, &place, &plain).unwrap());
        prop_assert!(!first.windows(plain.len()).any(|window| window == plain));
        prop_assert_ne!(first, second);
    }
}

#[test]
fn what_is_cut_short_is_nothing_sealed() {
    let (key, place) = (DataKey::new(1, [7; 32]), Place::new(OrganisationId(1), "links", 2, "refresh_token"));
    let sealed = seal(&key, &place, b"secret").unwrap();
    for length in 0..29 {
        assert_eq!(open(&key, &place, &sealed[..length]).unwrap_err(), OpenError::Malformed, "{length}");
    }
    for length in 29..sealed.len() {
        assert_eq!(open(&key, &place, &sealed[..length]).unwrap_err(), OpenError::Broken, "{length}");
    }
}
