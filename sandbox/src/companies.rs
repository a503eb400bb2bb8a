//! The companies (divisions) and the accounts in them.

use std::collections::BTreeMap;

use uuid::Uuid;

/// A company in which data lives.
#[derive(Clone, Debug)]
pub struct Company {
    /// The number that stands in API addresses.
    pub division: i64,
    /// Its name.
    pub name: String,
    /// How many accounts it has.
    pub accounts: u32,
}

/// A customer or supplier of a company; made up from its number, always the same way.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) city: &'static str,
    pub(crate) country: &'static str,
    /// Milliseconds since the Unix epoch.
    pub(crate) created: i64,
    pub(crate) modified: i64,
}

/// All companies.
#[derive(Debug, Default)]
pub(crate) struct Companies(BTreeMap<i64, Company>);

impl Companies {
    pub(crate) fn add(&mut self, company: Company) {
        self.0.insert(company.division, company);
    }

    /// A company that nobody described has a name and 150 accounts all the same.
    pub(crate) fn find(&self, division: i64) -> Company {
        self.0.get(&division).cloned().unwrap_or_else(|| Company {
            division,
            name: format!("Company {division}"),
            accounts: 150,
        })
    }
}

impl Company {
    /// The accounts in the order of their ids, as pages of them are cut.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Account> + '_ {
        (1..=self.accounts).map(|number| self.account(number))
    }

    fn account(&self, number: u32) -> Account {
        let towns = [("Delft", "NL"), ("Utrecht", "NL"), ("Gent", "BE"), ("Köln", "DE"), ("Lille", "FR")];
        let trades = ["Bakery", "Bikes", "Garden", "Paper", "Printing", "Roofing", "Timber"];
        let index = number as usize;
        let (city, country) = towns[index % towns.len()];
        let place = (u128::from(self.division.unsigned_abs()) << 64) | u128::from(number);
        Account {
            id: Uuid::from_u128(0x5a4d_0000_0000_4000_8000_0000_0000_0000 ^ place),
            // Exact pads codes on the left to 18 places.
            code: format!("{number:>18}"),
            name: format!("{city} {} {number}", trades[index % trades.len()]),
            city,
            country,
            created: 1_700_000_000_000 + i64::from(number) * 3_600_000,
            modified: 1_750_000_000_000 + i64::from(number) * 3_600_000,
        }
    }
}
