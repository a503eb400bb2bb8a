use super::PAGE;
use super::api::{FORM, SetPolicy};
use super::entered::{Amount, Entered, FIELDS, UNITS};
use super::kinds::Warnings;
use super::words;
use crate::desk::{Desk, problem_text};
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::lifetime::lifetime;
use crate::text;
use crate::ui::{Hidden, Icon, NoticeBox, Tone};
use engine::FormError;
use engine::view::{PolicyPreview, Reached};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;
use policy::{Bounds, Kind};

/// What came of looking ahead.
enum Ahead {
    /// Nobody asked yet.
    Unasked,
    /// This.
    Seen(Box<PolicyPreview>),
    /// A field is wrong.
    Wrong(&'static str, String),
}

/// The page on which a policy is changed: what is entered first shows whom it would reach.
pub async fn change(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let word = use_params_map().with_untracked(|params| params.get("kind")).unwrap_or_default();
    let kind = Kind::from_word(&word).ok_or(Trouble::NotFound)?;
    let language = desk.language();
    let effective = desk.operator.policies().await?.of(kind);
    let asked = Entered::read(&desk.visit.query);
    let ahead = match &asked {
        None => Ahead::Unasked,
        Some(entered) => match desk.operator.preview_policy(kind, entered.form()).await {
            Ok(preview) => Ahead::Seen(Box::new(preview)),
            Err(FormError::Invalid { field, problem }) => {
                Ahead::Wrong(field, problem_text(language, &problem))
            }
            Err(FormError::Store(error)) => return Err(error.into()),
            Err(FormError::NotFound | FormError::Guard(_)) => return Err(Trouble::NotFound),
        },
    };
    let entered = asked.unwrap_or_else(|| refused(&flash).unwrap_or_else(|| Entered::of(&effective.policy)));
    let errors = |field: &str| match &ahead {
        Ahead::Wrong(wrong, text) if *wrong == field => Some(text.clone()),
        Ahead::Wrong(..) | Ahead::Unasked | Ahead::Seen(_) => flash.error(FORM, field),
    };
    let fields = FIELDS.map(|field| {
        let (amount, error) = (entered.amount(field).clone(), errors(field));
        view! { <Lifetime language field amount error/> }
    });
    let Bounds { least, most } = kind.outermost();
    let possible = say!(
        language,
        "policies.possible",
        least = lifetime(language, least),
        most = lifetime(language, most),
        recommended = lifetime(language, kind.recommended_most())
    );
    let bounds = match kind {
        Kind::ConsumerKey | Kind::Credential => say!(language, "policies.bounds_chosen"),
        Kind::UpstreamLink
        | Kind::AccessToken
        | Kind::RefreshToken
        | Kind::Session
        | Kind::OneTimeState
        | Kind::Journal => say!(language, "policies.bounds_fixed"),
    };
    let in_settings = (kind == Kind::Credential).then(|| {
        view! { " " <a href="/settings/recovery">{say!(language, "policies.in_settings")}</a> }
    });
    let ahead = match ahead {
        Ahead::Seen(preview) => {
            view! { <Seen language preview=*preview entered=entered.clone() now=desk.visit.now.millis()/> }
                .into_any()
        }
        Ahead::Unasked | Ahead::Wrong(..) => ().into_any(),
    };
    let title = words::kind(language, kind);
    let body = view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href=PAGE>{say!(language, "policies.title")}</a>
        </nav>
        <div class="page-head"><h1>{title.clone()}</h1></div>
        <p class="lead">{language.text(&format!("policies.about.{}", kind.word()))}</p>
        <section class="card narrow">
            <form method="get" action=format!("{PAGE}/{}", kind.word())>
                {fields.into_iter().collect_view()}
                <p class="hint">{possible} " " {bounds} {in_settings}</p>
                <div class="actions">
                    <button class="button button-main">{say!(language, "policies.preview")}</button>
                    <a class="button button-quiet" href=PAGE>{say!(language, "act.cancel")}</a>
                </div>
            </form>
        </section>
        {ahead}
    };
    Ok(Page::new(title, Here::Policies, body.into_any()))
}

/// What was in the form that was refused.
fn refused(flash: &Flash) -> Option<Entered> {
    let amount =
        |number, unit| Some(Amount { number: flash.value(FORM, number)?, unit: flash.value(FORM, unit)? });
    Some(Entered {
        lifetime: amount("lifetime", "lifetime_unit")?,
        least: amount("least", "least_unit")?,
        most: amount("most", "most_unit")?,
    })
}

/// The name under which the unit of a field is sent.
const fn unit_of(field: &str) -> &'static str {
    match field.as_bytes() {
        b"least" => "least_unit",
        b"most" => "most_unit",
        _ => "lifetime_unit",
    }
}

/// A number with its unit.
#[component]
fn Lifetime(language: Language, field: &'static str, amount: Amount, error: Option<String>) -> impl IntoView {
    let id = format!("policy-{field}");
    let label = language.text(&format!("policies.field.{field}"));
    let unit_label = say!(language, "policies.unit_of", field = label.clone());
    let units = UNITS
        .map(|(unit, _)| {
            let selected = unit == amount.unit;
            let word = language.text(&format!("policies.units.{unit}"));
            view! { <option value=unit selected=selected>{word}</option> }
        })
        .into_iter()
        .collect_view();
    let described = error.is_some().then(|| format!("{id}-error"));
    let below = error.clone().map(|error| {
        view! {
            <p class="error" id=format!("policy-{field}-error")>
                <Icon name="broken"/>
                <span>{error}</span>
            </p>
        }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="number">
                <input
                    id=id
                    name=field
                    type="number"
                    inputmode="numeric"
                    min="1"
                    max="400000000"
                    required
                    value=amount.number
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described
                />
                <select name=unit_of(field) aria-label=unit_label>
                    {units}
                </select>
            </div>
            {below}
        </div>
    }
}

/// Whom a policy would reach, and the form that saves it.
#[component]
fn Seen(language: Language, preview: PolicyPreview, entered: Entered, now: i64) -> impl IntoView {
    let PolicyPreview { before, after, warnings, living, reached } = preview;
    let spell = |span| lifetime(language, span);
    let change = say!(
        language,
        "policies.from_to",
        from = spell(before.policy.lifetime()),
        to = spell(after.lifetime())
    );
    let (tone, title) = if reached.amount == 0 {
        (Tone::Plain, say!(language, "policies.reaches_none", living = living.amount))
    } else {
        let title = say!(language, "policies.reaches", reached = reached.amount, living = living.amount);
        (Tone::Warning, title)
    };
    let longer = (after.lifetime() > before.policy.lifetime())
        .then(|| view! { <p>{say!(language, "policies.never_longer")}</p> });
    let ends = (reached.amount > 0).then(|| view! { <Ends language reached now/> });
    let values = FIELDS
        .map(|field| {
            let Amount { number, unit } = entered.amount(field).clone();
            view! { <Hidden name=field value=number/> <Hidden name=unit_of(field) value=unit/> }
        })
        .into_iter()
        .collect_view();
    view! {
        <section class="card narrow" id="preview" aria-labelledby="preview-title">
            <h2 id="preview-title">{say!(language, "policies.preview_title")}</h2>
            <p>{change}</p>
            <NoticeBox tone title>
                {ends}
                {longer}
            </NoticeBox>
            <Warnings language warnings/>
            <form class="actions" method="post" action=SetPolicy::url()>
                <Hidden name="kind" value=after.kind().word()/>
                {values}
                // What is typed since counts only once it is shown whom it reaches.
                <button class="button button-main">
                    {say!(language, "policies.save", lifetime = spell(after.lifetime()))}
                </button>
            </form>
        </section>
    }
}

/// When those end whom it reaches.
#[component]
fn Ends(language: Language, reached: Reached, now: i64) -> impl IntoView {
    let words = language.relative_words();
    let moment = |at: Option<chain::Time>| {
        at.map(|at| {
            // What would be over already ends now.
            let at = at.millis().max(now);
            view! { <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time> }
        })
    };
    let at_once = (reached.at_once > 0)
        .then(|| view! { <p>{say!(language, "policies.at_once", count = reached.at_once)}</p> });
    view! {
        {at_once}
        <dl class="facts">
            <div><dt>{say!(language, "policies.first_end")}</dt> <dd>{moment(reached.first)}</dd></div>
            <div><dt>{say!(language, "policies.last_end")}</dt> <dd>{moment(reached.last)}</dd></div>
        </dl>
    }
}
