//! The forms of any other OAuth server, known by their types, purposes, names and labels.
//!
//! Of several forms on a page the one that signs in is taken. Two that fit equally well, a field
//! that must be filled in and is not known, or a choice that is not plain: nothing is sent.

use super::consent;
use super::control::{Control, Kind};
use super::form::{Blank, Form};
use super::page::{Page, Place};
use super::words::{has_any, has_word};

/// Words of a form that is for something else than signing in.
const ASIDE: &[&str] = &[
    "search",
    "zoek",
    "zoeken",
    "newsletter",
    "nieuwsbrief",
    "subscribe",
    "signup",
    "register",
    "registration",
    "registreren",
    "registreer",
    "forgot",
    "forgotpassword",
    "logout",
    "signout",
    "uitloggen",
    "afmelden",
];
/// What a button says that does something else than going on.
const ASIDE_BUTTON: &[&str] = &[
    "cancel",
    "annule",
    "forgot",
    "vergeten",
    "register",
    "registr",
    "sign up",
    "signup",
    "create",
    "aanmaken",
    "resend",
    "send again",
    "opnieuw verzenden",
    "opnieuw versturen",
    "opnieuw sturen",
    "another",
    "other way",
    "andere",
    "with google",
    "with facebook",
    "with apple",
    "with microsoft",
    "with github",
    "via ",
    "met google",
    "met microsoft",
    "met apple",
    "sso",
    "passkey",
    "qr",
    "show",
    "toon",
    "previous",
    "vorige",
    "restart",
    "back",
    "terug",
    "deny",
    "refuse",
    "weiger",
    "subscribe",
    "abonneer",
    "search",
    "zoek",
    "reset",
    "logout",
    "log out",
    "sign out",
    "uitloggen",
];
const CODE: &[&str] = &[
    "otp",
    "mfa",
    "2fa",
    "twofactor",
    "two-factor",
    "two_factor",
    "one-time",
    "onetime",
    "one_time",
    "one time",
    "eenmalig",
    "authenticator",
    "verification code",
    "verificationcode",
    "verification_code",
    "verificatiecode",
    "security code",
    "securitycode",
    "beveiligingscode",
    "inlogcode",
    "toegangscode",
    "authenticatiecode",
];
const USER: &[&str] = &[
    "user",
    "login",
    "log in",
    "e-mail",
    "email",
    "mail",
    "account",
    "gebruiker",
    "identifier",
    "identity",
    "signin",
    "sign in",
    "inlog",
];
/// What makes a lone field for an address the first step of a sign-in.
const STEP: &[&str] = &[
    "login", "log in", "sign in", "signin", "sign-in", "next", "continue", "inlog", "aanmeld", "volgende",
    "doorgaan", "verder",
];

/// How well a form fits, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Password,
    Code,
    UserName,
    Consent,
    AutoPost,
}

/// Reads a page with forms.
pub(super) fn read(place: &Place<'_>) -> Option<Page> {
    let forms = 0..place.sheet.forms.len();
    let mut fitting: Vec<(Fit, Page)> = forms.filter_map(|number| read_form(place, number)).collect();
    fitting.extend(consent::read(place).map(|form| (Fit::Consent, Page::Consent(form))));
    fitting.extend(auto_post(place).map(|form| (Fit::AutoPost, Page::AutoPost(form))));
    let best = fitting.iter().map(|(fit, _)| *fit).min()?;
    let mut best = fitting.into_iter().filter(|(fit, _)| *fit == best);
    let (_, page) = best.next()?;
    best.next().is_none().then_some(page)
}

/// The button that goes on, if there is any button; `None` if all of them do something else.
pub(super) fn way_on<'a>(place: &Place<'a>, number: usize) -> Option<Option<&'a Control>> {
    let mut buttons = buttons(place, number).peekable();
    if buttons.peek().is_none() {
        return Some(None);
    }
    buttons.find(|button| !has_any(&says(button), ASIDE_BUTTON)).map(Some)
}

/// The buttons that send a form.
pub(super) fn buttons<'a>(place: &Place<'a>, number: usize) -> impl Iterator<Item = &'a Control> {
    controls(place, number).filter(|control| matches!(control.kind, Kind::Submit { .. }) && !control.disabled)
}

/// What a button says, or is named where it shows a picture.
pub(super) fn says(button: &Control) -> String {
    if button.caption.is_empty() {
        format!("{} {}", button.hints, button.value.to_lowercase())
    } else {
        button.caption.clone()
    }
}

pub(super) fn controls<'a>(place: &Place<'a>, number: usize) -> impl Iterator<Item = &'a Control> {
    place.sheet.controls.iter().filter(move |control| control.form == Some(number))
}

fn read_form(place: &Place<'_>, number: usize) -> Option<(Fit, Page)> {
    let tag = place.sheet.forms.get(number)?;
    let path = tag.hints.split('?').next().unwrap_or_default();
    if has_word(path, ASIDE) {
        return None;
    }
    let button = way_on(place, number)?;
    let open: Vec<&Control> = controls(place, number).filter(|control| control.is_open()).collect();
    let seen = |kind: &Kind| open.iter().any(|control| control.kind == *kind && !control.concealed);
    // What cannot be seen is a trap for scripts, unless nothing else is there.
    let usable = |control: &&&Control| !control.concealed || !seen(&control.kind);
    let (codes, others): (Vec<&Control>, Vec<&Control>) =
        open.iter().filter(usable).copied().partition(|control| is_code(control));
    let (passwords, texts): (Vec<&Control>, Vec<&Control>) =
        others.into_iter().partition(|control| control.kind == Kind::Password);
    if passwords.len() > 1
        || codes.len() > 1
        || passwords.iter().any(|field| field.purpose.contains("new-password"))
    {
        return None;
    }
    let user = user(&texts, !passwords.is_empty())?;
    let unknown =
        texts.iter().any(|text| text.required && !user.is_some_and(|user| std::ptr::eq(user, *text)));
    let unchecked = controls(place, number).any(|control| {
        control.required && matches!(control.kind, Kind::Check { checked: false } | Kind::Other)
    });
    if unknown || unchecked {
        return None;
    }
    let mut blanks: Vec<(&Control, Blank)> = Vec::new();
    blanks.extend(user.map(|user| (user, Blank::UserName)));
    blanks.extend(passwords.first().map(|password| (*password, Blank::Password)));
    blanks.extend(codes.first().map(|code| (*code, Blank::Code)));
    let form = || Form::of(place, number, button, &blanks);
    match (user, passwords.first(), codes.first()) {
        (Some(_), Some(_), _) => Some((Fit::Password, Page::SignIn(form()?))),
        (None, Some(_), _) => Some((Fit::Password, Page::Password(form()?))),
        (_, None, Some(_)) if is_sent(&place.sheet.text) => None,
        (_, None, Some(_)) => Some((Fit::Code, Page::OneTimeCode(form()?))),
        (Some(user), None, None) => {
            let said = button.map(says).unwrap_or_default();
            let first = user.purpose.contains("username") || has_any(&said, STEP) || has_any(path, STEP);
            first.then(form).flatten().map(|form| (Fit::UserName, Page::UserName(form)))
        }
        (None, None, None) => None,
    }
}

/// The field of the user name, if there is one; `None` if it is not plain which one it is.
fn user<'a>(texts: &[&'a Control], beside_password: bool) -> Option<Option<&'a Control>> {
    let by_purpose = |text: &&&Control| text.purpose.contains("username");
    let by_name = |text: &&&Control| text.purpose.contains("email") || has_any(&text.hints, USER);
    let named = texts.iter().find(by_purpose).or_else(|| texts.iter().find(by_name)).copied();
    match (named, texts) {
        (Some(named), _) => Some(Some(named)),
        (None, []) => Some(None),
        (None, [only]) if beside_password => Some(Some(only)),
        (None, _) if beside_password => None,
        (None, _) => Some(None),
    }
}

fn is_code(control: &Control) -> bool {
    let hints = &control.hints;
    if has_any(hints, &["recovery", "backup", "herstel", "captcha"]) {
        return false;
    }
    control.purpose.contains("one-time-code")
        || has_any(hints, CODE)
        || (control.digits && has_word(hints, &["code", "token", "pin", "passcode", "key"]))
}

/// Whether a code was sent to the user, so that none of an app is asked for.
fn is_sent(text: &str) -> bool {
    let sent = [
        "we sent",
        "we've sent",
        "we have sent",
        "was sent",
        "has been sent",
        "verstuurd",
        "gestuurd",
        "verzonden",
    ];
    has_any(text, &sent) && !has_any(text, &["authenticator", "authenticatie-app"])
}

/// A page with one form of hidden fields, which its script sends at once.
fn auto_post(place: &Place<'_>) -> Option<Form> {
    let [tag] = place.sheet.forms.as_slice() else { return None };
    let scripted = place.sheet.onload.contains("submit")
        || place.sheet.scripts.iter().any(|script| script.contains(".submit("))
        || tag.hints.contains("signin-azureb2c");
    let plain =
        place.sheet.controls.iter().all(|control| matches!(control.kind, Kind::Hidden | Kind::Submit { .. }));
    let hidden = controls(place, 0).any(|control| control.kind == Kind::Hidden);
    let refuses =
        buttons(place, 0).count() > 1 || buttons(place, 0).any(|button| consent::denies(&says(button)));
    // A script that sends a form presses no button.
    (scripted && plain && hidden && !refuses).then(|| Form::of(place, 0, None, &[])).flatten()
}
