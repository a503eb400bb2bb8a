use super::api::{Adopt, DeleteContainer, Refresh, RenameContainer, SetCache, SetWarm, form_name};
use super::links::container_page;
use crate::flash::Flash;
use crate::language::{Language, say};
use crate::live::RefreshButton;
use crate::ui::{Hidden, Icon, Menu, NumberField, TextField, Unfold};
use engine::gate::LONGEST_SECONDS;
use engine::view::ContainerView;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What else can be done with a data container.
#[component]
pub fn RowMenu(
    /// The language.
    language: Language,
    /// The database's slug.
    database: String,
    /// The container.
    container: ContainerView,
    /// What the last form left.
    flash: Flash,
    /// The moment of the request.
    now: i64,
) -> impl IntoView {
    let id = container.id.to_string();
    let rename = form_name("rename-container", &id);
    let adopt = form_name("adopt", &id);
    let cache = form_name("set-cache", &id);
    let (caching, cache_id) = (flash.refused(&cache), format!("cache-{id}"));
    let cache_error = flash.error(&cache, "cache_seconds");
    let cache_seconds =
        flash.value(&cache, "cache_seconds").unwrap_or_else(|| container.cache_seconds.to_string());
    let history = container_page(&database, &container.alias);
    let alias = flash.value(&rename, "alias").unwrap_or_else(|| container.alias.clone());
    let (renaming, adopting) = (flash.refused(&rename), flash.refused(&adopt));
    let (rename_error, adopt_error) = (flash.error(&rename, "alias"), flash.error(&adopt, "token"));
    let (rename_id, adopt_id) = (format!("alias-{id}"), format!("token-{id}"));
    let from = container.status.refresh_from.map(chain::Time::millis);
    let named = view! { <Icon name="more"/> };
    let which = {
        let (database, id) = (database.clone(), id.clone());
        move || {
            view! { <Hidden name="database" value=database.clone()/> <Hidden name="container" value=id.clone()/> }.into_any()
        }
    };
    let (to_refresh, to_warm, to_rename, to_adopt, to_delete) = (which(), which(), which(), which(), which());
    let to_cache = which();
    let (warm_label, warm_icon) = if container.warm {
        (say!(language, "container.make_on_demand"), "waiting")
    } else {
        (say!(language, "container.make_warm"), "flame")
    };
    view! {
        <Menu label=say!(language, "container.more_of", alias = container.alias) button=named.into_any() open=renaming || adopting || caching>
            <form method="post" action=Refresh::url()>
                {to_refresh}
                <RefreshButton
                    id=id.clone()
                    from
                    now
                    label=say!(language, "refresh.act")
                    waiting=say!(language, "refresh.waiting")
                />
            </form>
            <form method="post" action=SetWarm::url()>
                {to_warm}
                <Hidden name="warm" value=(!container.warm).to_string()/>
                <button class="menu-item" title=say!(language, "container.warm_hint")>
                    <Icon name=warm_icon/>
                    <span>{warm_label}</span>
                </button>
            </form>
            <Unfold icon="edit" label=say!(language, "container.rename") open=renaming>
                <form method="post" action=RenameContainer::url()>
                    {to_rename}
                    <TextField
                        id=rename_id
                        name="alias"
                        label=say!(language, "container.alias")
                        value=alias
                        hint=say!(language, "container.rename_hint")
                        error=rename_error
                        most=60
                    />
                    <button class="button button-main">{say!(language, "act.rename")}</button>
                </form>
            </Unfold>
            <Unfold icon="waiting" label=say!(language, "gate.cache") open=caching>
                <form method="post" action=SetCache::url()>
                    {to_cache}
                    <NumberField
                        id=cache_id
                        name="cache_seconds"
                        label=say!(language, "gate.cache_seconds")
                        value=cache_seconds
                        least=0
                        most=LONGEST_SECONDS
                        hint=say!(language, "gate.cache_hint")
                        error=cache_error
                    />
                    <button class="button button-main">{say!(language, "gate.cache_act")}</button>
                </form>
            </Unfold>
            <Unfold icon="paste" label=say!(language, "adopt.title") open=adopting>
                <form method="post" action=Adopt::url()>
                    {to_adopt}
                    <TextField
                        id=adopt_id
                        name="token"
                        kind="password"
                        label=say!(language, "adopt.token")
                        hint=say!(language, "adopt.hint")
                        error=adopt_error
                        most=16_384
                    />
                    <button class="button button-main">{say!(language, "adopt.act")}</button>
                </form>
            </Unfold>
            <a class="menu-item" href=history>
                <Icon name="chain"/>
                <span>{say!(language, "container.history")}</span>
            </a>
            <Unfold icon="delete" label=say!(language, "container.delete")>
                <form method="post" action=DeleteContainer::url()>
                    {to_delete}
                    <p>{say!(language, "container.delete_what", alias = container.alias)}</p>
                    <button class="button button-danger">{say!(language, "container.delete_act")}</button>
                </form>
            </Unfold>
        </Menu>
    }
}
