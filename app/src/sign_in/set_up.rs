use super::api::SetUp;
use crate::flash::{self, Flash};
use crate::frame::plain;
use crate::language::{Language, say};
use crate::ui::{Hidden, NoticeBox, TextField, Tone};
use crate::visit::{Visit, set_header, set_status};
use http::StatusCode;
use http::header::REFERRER_POLICY;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

/// The page behind the one-time link for the first operator.
pub fn set_up_page() -> impl IntoView {
    let token = use_params_map().with_untracked(|params| params.get("token")).unwrap_or_default();
    Suspend::new(async move {
        let Ok(visit) = Visit::here() else { return ().into_any() };
        let language = visit.language;
        // The link is in the address: no other site may learn it.
        set_header(REFERRER_POLICY, "no-referrer");
        let flash = flash::take(&visit.session).await;
        let body = match visit.engine.setup_link_works(&token).await {
            Ok(true) => form(language, token, &flash).into_any(),
            Ok(false) => {
                set_status(StatusCode::GONE);
                used(language).into_any()
            }
            Err(error) => {
                tracing::error!(error = engine::report(&error), "the setup link could not be read");
                return crate::grant::failure(&visit).into_any();
            }
        };
        plain(&visit, say!(language, "set_up.title"), body)
    })
}

fn form(language: Language, token: String, flash: &Flash) -> impl IntoView {
    view! {
        <section class="card narrow">
            <h1>{say!(language, "set_up.title")}</h1>
            <p class="lead">{say!(language, "set_up.lead")}</p>
            <form method="post" action=SetUp::url()>
                <Hidden name="token" value=token/>
                <TextField
                    id="name".to_owned()
                    name="name"
                    label=say!(language, "sign_in.name")
                    value=flash.value("set-up", "name").unwrap_or_default()
                    autocomplete="username"
                    error=flash.error("set-up", "name")
                    most=100
                />
                <TextField
                    id="password".to_owned()
                    name="password"
                    kind="password"
                    label=say!(language, "sign_in.password")
                    autocomplete="new-password"
                    hint=say!(language, "set_up.password_hint")
                    error=flash.error("set-up", "password")
                    most=256
                />
                <button class="button button-main button-wide">{say!(language, "set_up.act")}</button>
            </form>
        </section>
    }
}

fn used(language: Language) -> impl IntoView {
    view! {
        <section class="card narrow">
            <h1>{say!(language, "set_up.title")}</h1>
            <NoticeBox tone=Tone::Warning title=say!(language, "set_up.used")>
                <p>{say!(language, "set_up.used_next")}</p>
            </NoticeBox>
            <p><a class="button" href="/sign-in">{say!(language, "sign_in.title")}</a></p>
        </section>
    }
}
