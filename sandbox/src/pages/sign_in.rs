//! `/docs/Login.aspx`: the start page, and the classic user name and password on one form.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use maud::html;

use super::{
    BROWSER, DEVICE, Language, Posted, SESSION, cookie, echoed, foreign_form, layout, lead_to, return_path,
    start, with_return,
};
use crate::browsers::Step;
use crate::generation::Generation;
use crate::origins::Origins;
use crate::random;
use crate::sign_in_faults::SignInStep;
use crate::sign_in_faults::met::{Shape, Stop};
use crate::users::{PasswordCheck, UserName};
use crate::world::{Shared, World};

/// Shows the first step, of the generation that the sandbox is set to.
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
    let page = Page::new(&world, &headers, &browser, &query);
    let shown = match world.options.generation {
        Generation::Classic => page.render(&mut world, Step::UserName, "", None),
        Generation::Identity => start::show(&page, &mut world, None),
    };
    page.stop(SignInStep::Start, None).mark((jar, shown))
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
    let browser = jar.get(BROWSER).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let page = Page::new(&world, &headers, &browser, &query);
    let typed = posted.get("LoginForm$UserName").map(|name| name.trim()).unwrap_or_default();
    if let Some(token) = posted.get(start::TOKEN) {
        return start::answer(&page, &mut world, token, typed);
    }
    let Some(form) = echoed(&world, &jar, &posted) else {
        return foreign_form(page.language);
    };
    match form.step {
        Step::UserName if typed.is_empty() => {
            let text = page.language.say("Enter your user name.", "Vul uw gebruikersnaam in.");
            let shown = page.render(&mut world, Step::UserName, "", Some(text));
            page.stop(SignInStep::UserName, None).mark(shown)
        }
        Step::UserName => start::fork(&page, &mut world, typed),
        Step::Password(user) => {
            let password = posted.get("LoginForm$Password").map(String::as_str).unwrap_or_default();
            let stop = page.stop(SignInStep::Password, Some(user.clone()));
            stop.mark(page.take_password(&mut world, jar, user, typed, password))
        }
        Step::Start | Step::OneTimeCode(_) => foreign_form(page.language),
    }
}

/// What every rendering of the form needs to know of the request.
pub(super) struct Page<'a> {
    pub(super) language: Language,
    pub(super) browser: &'a str,
    pub(super) path: Option<&'a str>,
    pub(super) origins: Origins,
}

impl<'a> Page<'a> {
    fn new(world: &World, headers: &HeaderMap, browser: &'a str, query: &'a Posted) -> Self {
        Self {
            language: Language::of(headers),
            browser,
            path: return_path(query.get("ReturnUrl")),
            origins: world.origins.seen_by(headers),
        }
    }

    pub(super) fn stop(&self, step: SignInStep, user: Option<UserName>) -> Stop {
        Stop { step, user, shape: Shape::WebForm, language: self.language }
    }

    /// The address that the form is posted to: this one.
    pub(super) fn address(&self) -> String {
        with_return("./Login.aspx", self.path.unwrap_or_default())
    }

    fn take_password(
        &self,
        world: &mut World,
        jar: CookieJar,
        user: UserName,
        typed: &str,
        password: &str,
    ) -> Response {
        let text = match world.check_password(&user, password) {
            PasswordCheck::Right => return self.go_on(world, jar, user),
            PasswordCheck::Wrong => self.language.say(
                "The user name or the password is not correct.",
                "De gebruikersnaam of het wachtwoord is onjuist.",
            ),
            PasswordCheck::Locked => self.language.say(
                "Your account is blocked after too many wrong passwords.",
                "Uw account is geblokkeerd na te veel onjuiste wachtwoorden.",
            ),
        };
        self.render(world, Step::Password(user), typed, Some(text))
    }

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

    pub(super) fn render(&self, world: &mut World, step: Step, typed: &str, error: Option<&str>) -> Response {
        let asks_password = matches!(step, Step::Password(_));
        let form = world.browsers.render(self.browser, step);
        let language = self.language;
        let content = html! {
            form method="post" action=(self.address()) id="LoginForm" {
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
    world.sign_ins.of(&user).sign_ins += 1;
    let user = world.comes_back_as(user);
    let now = world.now();
    let session = world.browsers.sign_in(browser, user, now);
    let jar = jar.add(cookie(world, SESSION, session));
    (jar, lead_to(path.unwrap_or("/docs/MenuPortal.aspx"))).into_response()
}
