//! `/docs/Login.aspx`: user name, then password, on one form.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use maud::html;

use super::{
    BROWSER, DEVICE, Language, Posted, SESSION, cookie, echoed, foreign_form, layout, lead_to, return_path,
    with_return,
};
use crate::browsers::Step;
use crate::random;
use crate::users::{PasswordCheck, UserName};
use crate::world::{Shared, World};

/// Shows the first step.
pub(crate) async fn show(
    State(shared): State<Shared>,
    Query(query): Query<Posted>,
    jar: CookieJar,
    headers: HeaderMap,
) -> Response {
    let mut world = shared.lock();
    let jar = match jar.get(BROWSER) {
        Some(_) => jar,
        None => jar.add(cookie(&world, BROWSER, random::handle())),
    };
    let browser = jar.get(BROWSER).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let language = Language::of(&headers);
    let page = Page { language, browser: &browser, path: return_path(query.get("ReturnUrl")) };
    let shown = page.render(&mut world, Step::UserName, "", None);
    (jar, shown).into_response()
}

/// Takes one step of the form.
pub(crate) async fn post(
    State(shared): State<Shared>,
    Query(query): Query<Posted>,
    jar: CookieJar,
    headers: HeaderMap,
    Form(posted): Form<Posted>,
) -> Response {
    let mut world = shared.lock();
    let language = Language::of(&headers);
    let (Some(form), Some(browser)) = (echoed(&world, &jar, &posted), jar.get(BROWSER)) else {
        return foreign_form(language);
    };
    let browser = browser.value().to_owned();
    let page = Page { language, browser: &browser, path: return_path(query.get("ReturnUrl")) };
    let typed = posted.get("LoginForm$UserName").map(|name| name.trim()).unwrap_or_default();
    match form.step {
        Step::UserName if typed.is_empty() => {
            let text = language.say("Enter your user name.", "Vul uw gebruikersnaam in.");
            page.render(&mut world, Step::UserName, "", Some(text))
        }
        // Whether the user exists is not told here.
        Step::UserName => page.render(&mut world, Step::Password(UserName::new(typed)), typed, None),
        Step::Password(user) => {
            let password = posted.get("LoginForm$Password").map(String::as_str).unwrap_or_default();
            let checked = world
                .users
                .find_mut(&user)
                .map_or(PasswordCheck::Wrong, |account| account.check_password(password));
            match checked {
                PasswordCheck::Right => page.go_on(&mut world, jar, user),
                PasswordCheck::Wrong => {
                    world.counts.wrong_passwords += 1;
                    let text = language.say(
                        "The user name or the password is not correct.",
                        "De gebruikersnaam of het wachtwoord is onjuist.",
                    );
                    page.render(&mut world, Step::Password(user), typed, Some(text))
                }
                PasswordCheck::Locked => {
                    let text = language.say(
                        "Your account is blocked after too many wrong passwords.",
                        "Uw account is geblokkeerd na te veel onjuiste wachtwoorden.",
                    );
                    page.render(&mut world, Step::Password(user), typed, Some(text))
                }
            }
        }
        Step::OneTimeCode(_) => foreign_form(language),
    }
}

struct Page<'a> {
    language: Language,
    browser: &'a str,
    path: Option<&'a str>,
}

impl Page<'_> {
    /// Password accepted: on to the one-time code, or signed in.
    fn go_on(&self, world: &mut World, jar: CookieJar, user: UserName) -> Response {
        let remembered =
            jar.get(DEVICE).is_some_and(|device| world.browsers.remembers(device.value(), &user));
        let needs_code = world.users.find(&user).is_some_and(|account| account.needs_code());
        if needs_code && !remembered {
            world.browsers.render(self.browser, Step::OneTimeCode(user));
            let to = with_return("/docs/TotpLogin.aspx", self.path.unwrap_or_default());
            return lead_to(&to);
        }
        signed_in(world, jar, self.browser, user, self.path)
    }

    fn render(&self, world: &mut World, step: Step, typed: &str, error: Option<&str>) -> Response {
        let asks_password = matches!(step, Step::Password(_));
        let form = world.browsers.render(self.browser, step);
        let action = with_return("./Login.aspx", self.path.unwrap_or_default());
        let language = self.language;
        let content = html! {
            form method="post" action=(action) id="LoginForm" {
                (layout::hidden_fields(&form))
                (layout::error_messages(error))
                label for="LoginForm_UserName" { (language.say("User name", "Gebruikersnaam")) }
                input type="text" name="LoginForm$UserName" id="LoginForm_UserName" value=(typed)
                    autocomplete="username" readonly[asks_password] autofocus[!asks_password];
                @if asks_password {
                    label for="LoginForm_Password" { (language.say("Password", "Wachtwoord")) }
                    input type="password" name="LoginForm$Password" id="LoginForm_Password"
                        autocomplete="current-password" autofocus;
                }
                div class="actions" {
                    button type="submit" name="LoginForm$btnSave" id="LoginForm_btnSave" value="1" {
                        @if asks_password { (language.say("Sign in", "Inloggen")) }
                        @else { (language.say("Next", "Volgende")) }
                    }
                }
            }
        };
        let title = language.say("Sign in", "Inloggen");
        layout::card(language, "LoginPage", title, &content).into_response()
    }
}

/// Gives the browser its session and leads on.
pub(super) fn signed_in(
    world: &mut World,
    jar: CookieJar,
    browser: &str,
    user: UserName,
    path: Option<&str>,
) -> Response {
    world.counts.sign_ins += 1;
    let now = world.now();
    let session = world.browsers.sign_in(browser, user, now);
    let jar = jar.add(cookie(world, SESSION, session));
    (jar, lead_to(path.unwrap_or("/docs/MenuPortal.aspx"))).into_response()
}
