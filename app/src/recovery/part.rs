use super::advice::Advice;
use super::api::FORM;
use super::fields::Fields;
use super::runs::Runs;
use super::stored::Stored;
use crate::database::{recovery_page, renew};
use crate::flash::Flash;
use crate::language::{Language, say};
use crate::live::RunProgress;
use crate::ui::{Icon, NoticeBox, Tone};
use engine::view::RecoveryView;
use leptos::prelude::*;

/// All of a container's auto-recovery, on its page and in the dialog.
#[component]
pub fn Part(
    /// The language.
    language: Language,
    /// The database's slug.
    database: String,
    /// The container's alias.
    alias: String,
    /// The container's id.
    id: String,
    /// The run under way, in words.
    running: Option<String>,
    /// How it stands.
    recovery: RecoveryView,
    /// What the last form left.
    flash: Flash,
    /// The moment of the request.
    now: i64,
) -> impl IntoView {
    let address = recovery_page(&database, &alias);
    let notice = flash.notice.clone().map(|(tone, text)| view! { <NoticeBox tone title=text/> });
    // Nobody fills in which container it is about: what is wrong with that concerns the whole form.
    let busy =
        flash.error(FORM, "container").map(|text| view! { <NoticeBox tone=Tone::Warning title=text/> });
    let keep = flash.refused(FORM).then_some("");
    let off = (!recovery.enabled).then(|| {
        view! {
            <NoticeBox tone=Tone::Warning title=say!(language, "recovery.off")>
                <p>{say!(language, "recovery.off_text")} " " <a href="/settings/recovery">{say!(language, "recovery.off_link")}</a></p>
            </NoticeBox>
        }
    });
    let inside = if recovery.connected {
        let stored = recovery.stored.clone().map(|stored| {
            view! { <Stored language database=database.clone() alias=alias.clone() id=id.clone() stored now/> }
        });
        let (retention, known) = (recovery.retention, recovery.stored.map(|it| it.one_time));
        let runs = (!recovery.runs.is_empty()).then(|| {
            view! {
                <section aria-labelledby="recovery-runs">
                    <h2 id="recovery-runs">{say!(language, "recovery.runs")}</h2>
                    <Runs language runs=recovery.runs now/>
                </section>
            }
        });
        view! {
            {stored}
            <div class="recovery-columns">
                <Fields language database alias id=id.clone() retention known flash now/>
                <div class="recovery-aside">
                    <Advice language/>
                    {runs}
                </div>
            </div>
        }
        .into_any()
    } else {
        view! {
            <NoticeBox tone=Tone::Plain title=say!(language, "recovery.connect_first")>
                <p>{say!(language, "recovery.connect_first_text")}</p>
                <p class="actions">
                    <a class="button button-main" href=renew(&database, &alias)>
                        <Icon name="refresh"/>
                        <span>{say!(language, "container.renew")}</span>
                    </a>
                </p>
            </NoticeBox>
        }
        .into_any()
    };
    view! {
        <div class="recovery" data-part=address data-keep=keep data-lost=say!(language, "recovery.lost")>
            {notice}
            {busy}
            {off}
            <RunProgress id initial=running/>
            <p class="quiet" role="status" data-says></p>
            {inside}
        </div>
    }
}
