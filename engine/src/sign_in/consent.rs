//! The page that asks whether an app may: the button that says yes, and only when that is plain.

use super::control::{Control, Kind};
use super::form::Form;
use super::ordinary::{buttons, controls, says};
use super::page::Place;
use super::words::{has_any, has_word};

const ALLOW: &[&str] = &[
    "allow",
    "authorize",
    "authorise",
    "grant",
    "approve",
    "accept",
    "agree",
    "consent",
    "permit",
    "toestaan",
    "toestemm",
    "machtig",
    "goedkeur",
    "accepte",
    "akkoord",
    "autoriseer",
];
/// These say yes to anything.
const YES: &[&str] = &["yes", "ja", "continue", "confirm", "doorgaan", "bevestigen", "ok"];
const DENY: &[&str] = &[
    "deny",
    "cancel",
    "refuse",
    "decline",
    "reject",
    "disallow",
    "don't",
    "do not",
    "not allow",
    "abort",
    "weiger",
    "annule",
    "afwijzen",
    "niet toestaan",
    "niet akkoord",
];
const NO: &[&str] = &["no", "nee", "niet"];
/// What such a page speaks of.
const ABOUT: &[&str] = &[
    "access",
    "permission",
    "authoriz",
    "authoris",
    "consent",
    "would like",
    "wants to",
    "is asking",
    "scope",
    "toegang",
    "toestemming",
    "machtig",
    "gegevens",
];

/// The form that gives consent.
pub(super) fn read(place: &Place<'_>) -> Option<Form> {
    let sheet = place.sheet;
    let forms = 0..sheet.forms.len();
    let all: Vec<(usize, &Control)> =
        forms.flat_map(|number| buttons(place, number).map(move |button| (number, button))).collect();
    let can_deny = all.iter().any(|(_, button)| denies(&says(button))) || sheet.links.lines().any(denies);
    let speaks = has_any(&sheet.text, ABOUT);
    let allows = all.iter().filter(|(_, button)| {
        let says = says(button);
        let allows =
            (has_any(&says, ALLOW) && (can_deny || speaks)) || (has_word(&says, YES) && can_deny && speaks);
        allows && !denies(&says) && !has_any(&says, &["cookie"])
    });
    let [(number, button)] = allows.collect::<Vec<_>>()[..] else { return None };
    let tag = sheet.forms.get(*number)?;
    let asks = controls(place, *number).any(|control| {
        control.is_open() || (control.required && matches!(control.kind, Kind::Check { checked: false }))
    });
    (!asks && !has_any(&tag.text, &["cookie"])).then(|| Form::of(place, *number, Some(button), &[])).flatten()
}

/// Whether a button or a link says no.
pub(super) fn denies(says: &str) -> bool {
    has_any(says, DENY) || has_word(says, NO)
}
