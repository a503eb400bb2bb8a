//! How long things live of which no policy says it.

use policy::{Kind, Policies};

use super::{Given, SettingError};

/// What the policies of an organisation leave out, by kind: `access_token=30m,refresh_token=24h`.
pub(super) fn lifetimes(given: &Given) -> Result<Policies, SettingError> {
    let wanted = "a list of kind=lifetime, separated by commas, such as access_token=30m,refresh_token=24h";
    let mut policies = Policies::default();
    let Some(text) = given.text("lifetimes")? else { return Ok(policies) };
    let refused = |source| SettingError::Lifetime { source_name: given.name_of("lifetimes"), source };
    for said in text.split(',').map(str::trim).filter(|said| !said.is_empty()) {
        let (kind, lifetime) = said.split_once('=').ok_or_else(|| given.malformed("lifetimes", wanted))?;
        let kind = Kind::from_word(kind.trim()).ok_or_else(|| SettingError::UnknownKind {
            source_name: given.name_of("lifetimes"),
            kind: kind.trim().to_owned(),
        })?;
        let lifetime = read(lifetime.trim()).ok_or_else(|| given.malformed("lifetimes", wanted))?;
        policies.set_default(kind, lifetime).map_err(refused)?;
    }
    policies.check().map_err(refused)?;
    Ok(policies)
}

/// A lifetime with its unit, or milliseconds; a word such as "forever" has no end, which is refused by name.
fn read(text: &str) -> Option<policy::Given> {
    match text {
        "" => Some(policy::Given::Absent),
        _ => text.parse().map(policy::Given::Millis).ok().or_else(|| policy::Given::read(text)),
    }
}
