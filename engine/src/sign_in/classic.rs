//! Exact Online's classic sign-in: ASP.NET WebForms, user name and password in two steps on one form.

use super::control::Control;
use super::form::{Blank, Form};
use super::ordinary;
use super::page::{Page, Place};

const USER_NAME: &str = "LoginForm$UserName";
const PASSWORD: &str = "LoginForm$Password";
const CODE: &str = "LoginForm$Input$Key";
const BUTTON: &str = "LoginForm$btnSave";

/// Reads a page of it; hidden fields go back as they came, and no device is remembered.
pub(super) fn read(place: &Place<'_>) -> Option<Page> {
    if let Some(code) = open(place, CODE) {
        return form(place, &[(code, Blank::Code)]).map(Page::OneTimeCode);
    }
    let user = open(place, USER_NAME);
    let password = open(place, PASSWORD);
    match (user, password) {
        (Some(user), Some(password)) => {
            form(place, &[(user, Blank::UserName), (password, Blank::Password)]).map(Page::SignIn)
        }
        (None, Some(password)) => form(place, &[(password, Blank::Password)]).map(Page::Password),
        (Some(user), None) => form(place, &[(user, Blank::UserName)]).map(Page::UserName),
        (None, None) => None,
    }
}

fn open<'a>(place: &Place<'a>, name: &str) -> Option<&'a Control> {
    let mut controls = place.sheet.controls.iter();
    controls.find(|control| control.name == name && control.is_open() && !control.concealed)
}

fn form(place: &Place<'_>, blanks: &[(&Control, Blank)]) -> Option<Form> {
    let number = blanks.first()?.0.form?;
    if blanks.iter().any(|(control, _)| control.form != Some(number)) {
        return None;
    }
    let button = place
        .sheet
        .controls
        .iter()
        .find(|control| control.form == Some(number) && control.name == BUTTON && !control.disabled);
    let button = button.or_else(|| ordinary::way_on(place, number)?);
    Form::of(place, number, button, blanks)
}
