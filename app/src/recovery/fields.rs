use super::api::{FORM, OneTimeCodes, PasswordStrength, SaveCredentials, TestCredentials};
use crate::flash::Flash;
use crate::language::{Language, say};
use crate::typed::{CodePreview, CodeWords, DaysSlider, StrengthMeter};
use crate::ui::{CheckBox, FileField, Hidden, NumberField, TextField};
use engine::view::Retention;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The form with the credentials; a secret that is stored is never in it.
#[component]
pub fn Fields(
    /// The language.
    language: Language,
    /// The database's slug.
    database: String,
    /// The container's alias.
    alias: String,
    /// The container's id.
    id: String,
    /// How long credentials may live.
    retention: Retention,
    /// Whether credentials are stored, and if so whether with a secret of one-time codes.
    known: Option<bool>,
    /// What the last form left.
    flash: Flash,
    /// The moment of the request.
    now: i64,
) -> impl IntoView {
    let error = |field: &str| flash.error(FORM, field);
    let [name_error, password_error, one_time_error, picture_error, days_error, consent_error] =
        ["user_name", "password", "one_time", "picture", "days", "consent"].map(error);
    let user_name = flash.value(FORM, "user_name").unwrap_or_default();
    let consent = flash.value(FORM, "consent").as_deref() == Some("true");
    let days = flash.value(FORM, "days").unwrap_or_else(|| retention.usual.to_string());
    let chosen = days.parse().unwrap_or(retention.usual);
    let is_new = known.is_none();
    let kept = |new: String| if is_new { new } else { say!(language, "recovery.keep") };
    let one_time_hint = match known {
        Some(true) => say!(language, "recovery.keep"),
        Some(false) | None => say!(language, "recovery.one_time_hint"),
    };
    let heading = if is_new { say!(language, "recovery.new") } else { say!(language, "recovery.change") };
    let words = CodeWords {
        label: say!(language, "recovery.code.label"),
        compare: say!(language, "recovery.code.compare"),
        left: say!(language, "recovery.code.left"),
    };
    let bounds = say!(language, "recovery.days_hint", least = retention.least, most = retention.most);
    view! {
        <form
            class="recovery-form"
            method="post"
            enctype="multipart/form-data"
            action=SaveCredentials::url()
            aria-labelledby="recovery-form"
        >
            <h2 id="recovery-form">{heading}</h2>
            <Hidden name="database" value=database/>
            <Hidden name="alias" value=alias/>
            <Hidden name="container" value=id/>
            <TextField
                id="recovery-user-name".to_owned()
                name="user_name"
                label=say!(language, "recovery.user_name")
                value=user_name
                hint=kept(say!(language, "recovery.user_name_hint"))
                error=name_error
                required=is_new
                most=254
            />
            <TextField
                id="recovery-password".to_owned()
                name="password"
                kind="password"
                label=say!(language, "recovery.password")
                hint=kept(say!(language, "recovery.password_hint"))
                error=password_error
                autocomplete="new-password"
                required=is_new
                most=1_024
            />
            <StrengthMeter
                address=PasswordStrength::url().to_owned()
                password="recovery-password".to_owned()
                user_name="recovery-user-name".to_owned()
            />
            <fieldset class="one-time">
                <legend>{say!(language, "recovery.one_time")}</legend>
                <TextField
                    id="recovery-one-time".to_owned()
                    name="one_time"
                    kind="password"
                    label=say!(language, "recovery.secret")
                    hint=one_time_hint
                    error=one_time_error
                    required=false
                    most=4_096
                />
                <FileField
                    id="recovery-picture".to_owned()
                    name="picture"
                    label=say!(language, "recovery.picture")
                    accept="image/png,image/jpeg"
                    hint=say!(language, "recovery.picture_hint")
                    error=picture_error
                />
                <CodePreview
                    address=OneTimeCodes::url().to_owned()
                    text="recovery-one-time".to_owned()
                    picture="recovery-picture".to_owned()
                    now
                    words
                />
            </fieldset>
            <NumberField
                id="recovery-days".to_owned()
                name="days"
                label=say!(language, "recovery.keep_for")
                value=days
                least=retention.least
                most=retention.most
                hint=bounds
                error=days_error
            >
                <DaysSlider
                    field="recovery-days".to_owned()
                    least=retention.least
                    most=retention.most
                    days=chosen
                    label=say!(language, "recovery.slider")
                    until=say!(language, "recovery.days_end")
                    now
                />
            </NumberField>
            <CheckBox
                id="recovery-consent".to_owned()
                name="consent"
                label=say!(language, "recovery.consent")
                checked=consent
                hint=say!(language, "recovery.consent_hint")
                error=consent_error
            />
            <div class="actions">
                <button class="button button-main" data-busy=say!(language, "recovery.saving")>
                    {say!(language, "act.save")}
                </button>
                <button
                    class="button"
                    formaction=TestCredentials::url()
                    data-busy=say!(language, "recovery.test_busy")
                >
                    {say!(language, "recovery.test")}
                </button>
            </div>
        </form>
    }
}
