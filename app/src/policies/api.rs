//! What the form with a policy is sent to.

use super::PAGE;
use super::entered::{Amount, Entered};
use super::words;
use crate::desk::{Desk, Form};
use crate::error::AppError;
use crate::language::say;
use leptos::prelude::*;
use policy::Kind;

/// The name of the form of a policy.
pub(super) const FORM: &str = "policy";

/// Says how long things of a kind live.
#[server(prefix = "/do", endpoint = "set-policy")]
pub async fn set_policy(
    kind: String,
    lifetime: String,
    lifetime_unit: String,
    least: String,
    least_unit: String,
    most: String,
    most_unit: String,
) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let kind = Kind::from_word(&kind).ok_or(AppError::NotUnderstood)?;
    let values = vec![
        ("lifetime", lifetime.clone()),
        ("lifetime_unit", lifetime_unit.clone()),
        ("least", least.clone()),
        ("least_unit", least_unit.clone()),
        ("most", most.clone()),
        ("most_unit", most_unit.clone()),
    ];
    let entered = Entered {
        lifetime: Amount { number: lifetime, unit: lifetime_unit },
        least: Amount { number: least, unit: least_unit },
        most: Amount { number: most, unit: most_unit },
    };
    let done = desk.operator.set_policy(kind, entered.form()).await;
    let back = format!("{PAGE}/{}", kind.word());
    let said = say!(desk.language(), "policies.saved", kind = words::kind(desk.language(), kind));
    let form = Form { name: FORM.to_owned(), back, values };
    desk.settle(form, done, |()| (PAGE.to_owned(), said)).await
}

/// Says that the defaults are meant, for each kind that is left to them.
#[server(prefix = "/do", endpoint = "keep-lifetimes")]
pub async fn keep_lifetimes() -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.keep_defaults().await;
    let form = Form { name: FORM.to_owned(), back: PAGE.to_owned(), values: Vec::new() };
    let said = |kept: usize| say!(desk.language(), "policies.kept", kept = kept);
    desk.settle(form, done, |kept| (PAGE.to_owned(), said(kept))).await
}
