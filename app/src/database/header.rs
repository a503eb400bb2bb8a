use super::api::{DeleteDatabase, RenameDatabase};
use crate::flash::Flash;
use crate::language::{Language, say};
use crate::ui::{Copyable, Hidden, Icon, Menu, TextField, Unfold};
use engine::view::{DatabaseView, StateName};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of a database, its address for programs, and how it stands.
#[component]
pub fn Header(
    /// The language.
    language: Language,
    /// The database.
    database: DatabaseView,
    /// Its address for programs.
    api: String,
    /// What the last form left.
    flash: Flash,
) -> impl IntoView {
    const FORM: &str = "rename-database";
    let broken = database.containers.iter().filter(|it| it.status.state == StateName::Broken).count();
    let standing = (broken > 0).then(|| {
        let words = match broken {
            1 => say!(language, "databases.repair_one"),
            _ => say!(language, "databases.repair_many", count = broken),
        };
        view! { <span class="chip chip-broken"><Icon name="broken"/> <span>{words}</span></span> }
    });
    let slug = database.slug.clone();
    let delete_what = match database.containers.len() {
        0 => say!(language, "database.delete_empty"),
        1 => say!(language, "database.delete_one"),
        count => say!(language, "database.delete_many", count = count),
    };
    let name = flash.value(FORM, "name").unwrap_or_else(|| database.name.clone());
    view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href="/databases">{say!(language, "databases.title")}</a>
        </nav>
        <div class="page-head">
            <h1>{database.name.clone()}</h1>
            <Menu label=say!(language, "database.change") button=view! { <Icon name="edit"/> }.into_any() open=flash.refused(FORM)>
                <form class="menu-form" method="post" action=RenameDatabase::url()>
                    <Hidden name="database" value=database.slug.clone()/>
                    <TextField
                        id="database-name".to_owned()
                        name="name"
                        label=say!(language, "databases.name")
                        value=name
                        hint=say!(language, "database.rename_hint")
                        error=flash.error(FORM, "name")
                        most=100
                    />
                    <button class="button button-main">{say!(language, "act.rename")}</button>
                </form>
                <Unfold icon="delete" label=say!(language, "database.delete")>
                    <form method="post" action=DeleteDatabase::url()>
                        <Hidden name="database" value=database.slug/>
                        <p>{delete_what}</p>
                        <button class="button button-danger">{say!(language, "database.delete_act")}</button>
                    </form>
                </Unfold>
            </Menu>
            {standing}
        </div>
        <dl class="facts">
            <div>
                <dt>{say!(language, "database.slug")}</dt>
                <dd><code>{slug}</code></dd>
            </div>
            <div>
                <dt>{say!(language, "database.api")}</dt>
                <dd><Copyable text=api label=say!(language, "act.copy") done=say!(language, "act.copied")/></dd>
            </div>
        </dl>
    }
}
