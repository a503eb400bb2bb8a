//! A policy as it stands in a form, or in the address of its preview: numbers with a unit beside each.

use engine::PolicyForm;
use policy::{Bounds, Given, Policy};
use std::time::Duration;
use url::form_urlencoded::parse;

/// The units that can be chosen, in milliseconds, the largest first.
pub const UNITS: [(&str, u64); 4] =
    [("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000), ("seconds", 1_000)];

/// The fields of a policy.
pub const FIELDS: [&str; 3] = ["lifetime", "least", "most"];

/// A lifetime as somebody enters it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// The number; any text, since nobody checked it yet.
    pub number: String,
    /// The word of its unit.
    pub unit: String,
}

/// A policy as somebody enters it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// How long things live.
    pub lifetime: Amount,
    /// At least.
    pub least: Amount,
    /// At most.
    pub most: Amount,
}

impl Amount {
    /// A lifetime in the largest unit that it is a whole number of.
    pub fn of(lifetime: Duration) -> Self {
        let millis = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
        let (unit, size) = UNITS
            .into_iter()
            .find(|(_, size)| millis >= *size && millis % size == 0)
            .unwrap_or(("seconds", 1_000));
        Self { number: (millis / size).to_string(), unit: unit.to_owned() }
    }

    /// What it says; what is no number says nothing.
    pub fn given(&self) -> Given {
        let size = UNITS.into_iter().find(|(unit, _)| *unit == self.unit).map(|(_, size)| size);
        let number = self.number.trim().parse::<i64>();
        match (number, size.and_then(|size| i64::try_from(size).ok())) {
            (Ok(number), Some(size)) => Given::Millis(number.saturating_mul(size)),
            (Ok(_) | Err(_), _) => Given::Absent,
        }
    }
}

impl Entered {
    /// What holds already.
    pub fn of(policy: &Policy) -> Self {
        let Bounds { least, most } = policy.bounds();
        Self { lifetime: Amount::of(policy.lifetime()), least: Amount::of(least), most: Amount::of(most) }
    }

    /// What a query says; `None` where it says nothing of a policy.
    pub fn read(query: &str) -> Option<Self> {
        let mut entered = Self::default();
        let mut said = false;
        for (name, value) in parse(query.as_bytes()) {
            let value: String = value.trim().chars().take(20).collect();
            let cell = match name.as_ref() {
                "lifetime" => &mut entered.lifetime.number,
                "lifetime_unit" => &mut entered.lifetime.unit,
                "least" => &mut entered.least.number,
                "least_unit" => &mut entered.least.unit,
                "most" => &mut entered.most.number,
                "most_unit" => &mut entered.most.unit,
                _ => continue,
            };
            *cell = value;
            said = true;
        }
        said.then_some(entered)
    }

    /// The amount of a field.
    pub fn amount(&self, field: &str) -> &Amount {
        match field {
            "least" => &self.least,
            "most" => &self.most,
            _ => &self.lifetime,
        }
    }

    /// The same for the engine; a bound that says nothing lies outside all that is possible.
    pub fn form(&self) -> PolicyForm {
        let bound = |amount: &Amount| amount.given().lifetime().unwrap_or_default();
        let bounds = Bounds { least: bound(&self.least), most: bound(&self.most) };
        PolicyForm { lifetime: self.lifetime.given(), bounds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_shown_in_the_largest_unit_that_fits_and_read_again() {
        for (seconds, number, unit) in
            [(86_400, "1", "days"), (5_400, "90", "minutes"), (90, "90", "seconds"), (7_200, "2", "hours")]
        {
            let amount = Amount::of(Duration::from_secs(seconds));
            assert_eq!((amount.number.as_str(), amount.unit.as_str()), (number, unit));
            assert_eq!(amount.given().lifetime(), Some(Duration::from_secs(seconds)));
        }
    }

    #[test]
    fn what_is_no_lifetime_is_told_apart_by_name_later() {
        let given = |number: &str, unit: &str| Amount { number: number.into(), unit: unit.into() }.given();
        assert_eq!(given("", "days"), Given::Absent);
        assert_eq!(given("soon", "days"), Given::Absent);
        assert_eq!(given("1", "moons"), Given::Absent);
        assert_eq!(given("0", "days"), Given::Millis(0));
        assert_eq!(given("-1", "seconds"), Given::Millis(-1_000));
        assert_eq!(given(&i64::MAX.to_string(), "days"), Given::Millis(i64::MAX));
    }

    #[test]
    fn a_query_holds_a_policy_or_none() {
        assert_eq!(Entered::read("purge=dry-run"), None);
        let read = Entered::read(
            "lifetime=30&lifetime_unit=minutes&least=1&least_unit=minutes&most=24&most_unit=hours",
        );
        let form = read.unwrap_or_default().form();
        assert_eq!(form.lifetime.lifetime(), Some(Duration::from_secs(1_800)));
        assert_eq!(form.bounds.most, Duration::from_secs(86_400));
    }
}
