use super::api::CreateContainer;
use super::header::Header;
use super::outcome::{OtherUser, Outcome};
use super::table::Table;
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::recovery::Dialog;
use crate::ui::{CheckBox, Choice, Disclosure, Empty, Hidden, NumberField, SelectField, TextField};
use crate::visit::encode;
use crate::words;
use engine::gate::LONGEST_SECONDS;
use engine::view::RegistrationView;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

/// The page of one database.
pub async fn show(desk: Desk, flash: Flash) -> Result<Page, Trouble> {
    let slug = use_params_map().with_untracked(|params| params.get("database")).unwrap_or_default();
    let database = desk.operator.database(&slug).await?.ok_or(Trouble::NotFound)?;
    let registrations = desk.operator.registrations().await?;
    let language = desk.language();
    let now = desk.visit.now.millis();
    let api = api_address(desk.visit.engine.public_url(), &slug);
    let code = desk.visit.asked("code");
    // Of another user the box with the choice says more, and only while there is one.
    let told = desk.visit.asked("evergrant").filter(|_| code.as_deref() != Some("other-user"));
    let outcome = told.map(|word| {
        let alias = desk.visit.asked("alias");
        view! { <Outcome language word code alias/> }
    });
    let others = database
        .containers
        .iter()
        .filter_map(|container| {
            let other = container.other_user.clone()?;
            let container = container.clone();
            Some(view! { <OtherUser language database=slug.clone() container other/> })
        })
        .collect_view();
    let title = database.name.clone();
    let containers = database.containers.clone();
    let none = containers.is_empty();
    let list = if none {
        view! {
            <Empty icon="chain" title=say!(language, "database.empty")>
                <p>{say!(language, "database.empty_next")}</p>
            </Empty>
        }
        .into_any()
    } else {
        view! { <Table language database=slug.clone() containers flash=flash.clone() now/> }.into_any()
    };
    let body = view! {
        {outcome}
        {others}
        <Header language database api flash=flash.clone()/>
        {list}
        <AddContainer language database=slug.clone() registrations flash none/>
        <Dialog language/>
    };
    let live = format!("/live?database={}", encode(&slug));
    Ok(Page { title, here: Some(Here::Databases), live, ages: false, tells: false, body: body.into_any() })
}

#[component]
fn AddContainer(
    language: Language,
    database: String,
    registrations: Vec<RegistrationView>,
    flash: Flash,
    none: bool,
) -> impl IntoView {
    const FORM: &str = "create-container";
    if registrations.is_empty() {
        return view! {
            <Disclosure id="add" icon="add" title=say!(language, "container.add") open=none>
                <p>{say!(language, "container.no_registration")}</p>
                <p><a class="button" href="/settings/registrations/new">{say!(language, "registration.new")}</a></p>
            </Disclosure>
        }
        .into_any();
    }
    let choices = registrations
        .into_iter()
        .map(|it| Choice {
            value: it.id.to_string(),
            label: format!("{} ({})", it.name, words::provider(&it.provider, &it.place)),
        })
        .collect();
    let value = |field: &str| flash.value(FORM, field).unwrap_or_default();
    let (alias, registration, warm) = (value("alias"), value("registration"), value("warm") == "true");
    let cache_seconds = flash.value(FORM, "cache_seconds").unwrap_or_else(|| "0".to_owned());
    let cache_error = flash.error(FORM, "cache_seconds");
    let (alias_error, registration_error) = (flash.error(FORM, "alias"), flash.error(FORM, "registration"));
    let open = none || flash.refused(FORM);
    view! {
        <Disclosure id="add" icon="add" title=say!(language, "container.add") open>
            <form class="fields" method="post" action=CreateContainer::url()>
                <Hidden name="database" value=database/>
                <TextField
                    id="alias".to_owned()
                    name="alias"
                    label=say!(language, "container.alias")
                    value=alias
                    hint=say!(language, "container.alias_hint")
                    error=alias_error
                    most=60
                />
                <SelectField
                    id="registration".to_owned()
                    name="registration"
                    label=say!(language, "container.registration")
                    value=registration
                    choices
                    hint=say!(language, "container.registration_hint")
                    error=registration_error
                />
                <CheckBox
                    id="warm".to_owned()
                    name="warm"
                    label=say!(language, "container.warm")
                    checked=warm
                    hint=say!(language, "container.warm_hint")
                />
                <NumberField
                    id="cache_seconds".to_owned()
                    name="cache_seconds"
                    label=say!(language, "gate.cache_seconds")
                    value=cache_seconds
                    least=0
                    most=LONGEST_SECONDS
                    hint=say!(language, "gate.cache_hint")
                    error=cache_error
                />
                <div class="actions">
                    <button class="button button-main">{say!(language, "container.create")}</button>
                </div>
            </form>
        </Disclosure>
    }
    .into_any()
}

/// Where programs ask for this database.
fn api_address(public_url: &url::Url, slug: &str) -> String {
    let mut address = public_url.clone();
    if let Ok(mut path) = address.path_segments_mut() {
        path.pop_if_empty().extend(["api", "v1", "databases", slug]);
    }
    address.into()
}

#[cfg(test)]
mod tests {
    use super::api_address;

    #[test]
    fn the_address_for_programs_lies_under_the_public_address() {
        let at = |base: &str| api_address(&url::Url::parse(base).expect("an address"), "acme-nl");
        assert_eq!(at("https://grants.example"), "https://grants.example/api/v1/databases/acme-nl");
        assert_eq!(at("http://127.0.0.1:3000/"), "http://127.0.0.1:3000/api/v1/databases/acme-nl");
    }
}
