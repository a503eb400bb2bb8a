use super::api::{SignIn, way_on};
use crate::flash;
use crate::frame::plain;
use crate::language::say;
use crate::session;
use crate::ui::{Hidden, NoticeBox, TextField};
use crate::visit::{Visit, go, own_path};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page on which operators sign in; somebody who is signed in is sent on.
pub fn sign_in_page() -> impl IntoView {
    Suspend::new(async move {
        let Ok(visit) = Visit::here() else { return ().into_any() };
        let asked = visit.asked("next").unwrap_or_default();
        let next = own_path(&asked).unwrap_or_default().to_owned();
        if matches!(session::signed_in(&visit.session, &visit.engine).await, Ok(Some(_))) {
            go(&way_on(&next));
            return ().into_any();
        }
        let language = visit.language;
        let flash = flash::take(&visit.session).await;
        let notice = flash.notice.clone().map(|(tone, text)| view! { <NoticeBox tone title=text/> });
        let to_renew = next
            .starts_with("/renew/")
            .then(|| view! { <p class="lead">{say!(language, "sign_in.to_renew")}</p> });
        let body = view! {
            <section class="card narrow">
                <h1>{say!(language, "sign_in.title")}</h1>
                {to_renew}
                {notice}
                <form method="post" action=SignIn::url()>
                    <Hidden name="next" value=next/>
                    <TextField
                        id="name".to_owned()
                        name="name"
                        label=say!(language, "sign_in.name")
                        value=flash.value("sign-in", "name").unwrap_or_default()
                        autocomplete="username"
                    />
                    <TextField
                        id="password".to_owned()
                        name="password"
                        kind="password"
                        label=say!(language, "sign_in.password")
                        autocomplete="current-password"
                        error=flash.error("sign-in", "password")
                        most=256
                    />
                    <button class="button button-main button-wide">{say!(language, "sign_in.act")}</button>
                </form>
            </section>
        };
        plain(&visit, say!(language, "sign_in.title"), body.into_any())
    })
}
