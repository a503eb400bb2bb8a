use super::api::DeleteCredentials;
use crate::language::{Language, say};
use crate::text;
use crate::ui::{Confirm, Hidden, Icon, NoticeBox, Tone};
use crate::words;
use engine::view::StoredCredentials;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What is known of the credentials that are stored, and the way to delete them.
#[component]
pub fn Stored(
    /// The language.
    language: Language,
    /// The database's slug.
    database: String,
    /// The container's alias.
    alias: String,
    /// The container's id.
    id: String,
    /// What is stored.
    stored: StoredCredentials,
    /// The moment of the request.
    now: i64,
) -> impl IntoView {
    let relative = language.relative_words();
    let moment = |at: chain::Time| {
        let at = at.millis();
        let words = text::relative(at, now, &relative);
        view! { <time datetime=text::machine(at) title=text::exact(at)>{words}</time> }
    };
    let blocked = stored.blocked.map(|why| {
        let words = words::failure(language, why);
        view! {
            <NoticeBox tone=Tone::Bad title=say!(language, "recovery.blocked")>
                <p>{words.title} ". " {words.text} " " <code>{words.code}</code></p>
                <p>{words.next}</p>
            </NoticeBox>
        }
    });
    let until = stored.expires_at.millis();
    let look = if stored.days_left <= words::SOON { "until until-soon" } else { "until" };
    let used = match stored.uses {
        0 => say!(language, "recovery.used_never"),
        1 => say!(language, "recovery.used_once"),
        count => say!(language, "recovery.used", count = count),
    };
    let last = stored.last_recovery.map(|(at, took)| {
        view! {
            <div>
                <dt>{say!(language, "recovery.last")}</dt>
                <dd>{words::took(language, took)} ", " {moment(at)}</dd>
            </div>
        }
    });
    let next = stored.next_run.map(|at| {
        view! {
            <div>
                <dt>{say!(language, "recovery.next_run")}</dt>
                <dd>{moment(at)}</dd>
            </div>
        }
    });
    let password = match (stored.blocked, stored.proved) {
        (Some(_), _) => say!(language, "recovery.not_accepted"),
        (None, true) => say!(language, "recovery.proved"),
        (None, false) => say!(language, "recovery.not_proved"),
    };
    let codes =
        if stored.one_time { say!(language, "recovery.codes") } else { say!(language, "recovery.no_codes") };
    view! {
        {blocked}
        <section class="recovery-stored" aria-labelledby="recovery-stored">
            <h2 id="recovery-stored" class=look>
                <Icon name="shield"/>
                <span>
                    {say!(language, "recovery.stored_until")} " "
                    <time datetime=text::machine(until) title=text::exact(until)>{text::day(until)}</time>
                </span>
                <span class="quiet">{words::days(language, stored.days_left)}</span>
            </h2>
            <dl class="facts">
                <div>
                    <dt>{say!(language, "recovery.uses")}</dt>
                    <dd>{used}</dd>
                </div>
                {last}
                {next}
                <div>
                    <dt>{say!(language, "recovery.password")}</dt>
                    <dd>{password}</dd>
                </div>
                <div>
                    <dt>{say!(language, "recovery.one_time")}</dt>
                    <dd>{codes}</dd>
                </div>
                <div>
                    <dt>{say!(language, "recovery.stored_by")}</dt>
                    <dd>{stored.stored_by} ", " {moment(stored.stored_at)}</dd>
                </div>
            </dl>
            <Confirm
                label=say!(language, "recovery.delete")
                consequence=say!(language, "recovery.delete_what")
                act=say!(language, "recovery.delete_act")
                action=DeleteCredentials::url()
            >
                <Hidden name="database" value=database/>
                <Hidden name="alias" value=alias/>
                <Hidden name="container" value=id/>
            </Confirm>
        </section>
    }
}
