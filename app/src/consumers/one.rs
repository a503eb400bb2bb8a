use super::LIST;
use super::list::{Revoke, Standing, Used, scope};
use super::recipe::{Recipe, Wanted, recipes};
use crate::desk::Desk;
use crate::flash::Flash;
use crate::frame::{Here, Page, Trouble};
use crate::language::{Language, say};
use crate::once;
use crate::text;
use crate::ui::{CopyButton, Copyable, NoticeBox, Tone};
use chain::ConsumerId;
use engine::guard::secret::ConsumerKey;
use engine::view::{ConsumerStanding, ConsumerView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page of one consumer: its key just after it was made, how it stands, and recipes.
pub async fn show(desk: Desk, _: Flash) -> Result<Page, Trouble> {
    let id = use_params_map().with_untracked(|params| params.get("consumer")).unwrap_or_default();
    let id: ConsumerId = id.parse().map_err(|_| Trouble::NotFound)?;
    let consumer = desk.operator.consumer(id).await?.ok_or(Trouble::NotFound)?;
    let key = once::take(&desk.visit.session, &id.to_string()).await.map(ConsumerKey::new);
    // The box with the key says that it was made.
    let tells = key.is_some();
    let language = desk.language();
    let now = desk.visit.now.millis();
    let example = example(&desk, &consumer).await?;
    let recipes = example.map(|example| {
        let Example { database, alias, data, .. } = &example;
        let evergrant = desk.visit.engine.public_url();
        let all = recipes(&Wanted { evergrant, client_id: id, database, alias, data });
        view! { <Recipes language recipes=all of=format!("{} · {}", example.name, example.alias)/> }
    });
    let name = consumer.name.clone();
    let revoke = (consumer.standing == ConsumerStanding::Active)
        .then(|| view! { <Revoke language consumer=consumer.clone()/> });
    let body = view! {
        <nav class="crumbs" aria-label=say!(language, "frame.crumbs")>
            <a href=LIST>{say!(language, "consumers.title")}</a>
        </nav>
        <div class="page-head">
            <h1>{name.clone()}</h1>
            <Standing language standing=consumer.standing/>
        </div>
        {key.map(|key| view! { <Once language key/> })}
        <section class="card">
            <Facts language consumer now/>
            {revoke}
        </section>
        {recipes}
    };
    let page = Page::new(name, Here::Consumers, body.into_any());
    Ok(Page { tells, ..page })
}

/// The key, which is shown this once.
#[component]
fn Once(language: Language, key: ConsumerKey) -> impl IntoView {
    view! {
        <NoticeBox tone=Tone::Good title=say!(language, "consumers.once")>
            <p>{say!(language, "consumers.once_text")}</p>
            <p class="key">
                <Copyable
                    text=key.expose()
                    label=say!(language, "consumers.copy_key")
                    done=say!(language, "act.copied")
                />
            </p>
        </NoticeBox>
    }
}

#[component]
fn Facts(language: Language, consumer: ConsumerView, now: i64) -> impl IntoView {
    let words = language.relative_words();
    let moment = |at: chain::Time| {
        let at = at.millis();
        view! { <time datetime=text::machine(at) title=text::exact(at)>{text::relative(at, now, &words)}</time> }
    };
    let revoked = consumer.revoked_at.map(|at| {
        let by = consumer.revoked_by.clone().unwrap_or_default();
        view! { <div><dt>{say!(language, "consumers.revoked_at")}</dt> <dd>{moment(at)} " " {by}</dd></div> }
    });
    view! {
        <dl class="facts">
            <div><dt>{say!(language, "consumers.key")}</dt> <dd><code>{format!("{}…", consumer.shown)}</code></dd></div>
            <div><dt>{say!(language, "consumers.client_id")}</dt> <dd><code>{consumer.id.to_string()}</code></dd></div>
            <div><dt>{say!(language, "consumers.column.scope")}</dt> <dd>{scope(language, &consumer)}</dd></div>
            <div>
                <dt>{say!(language, "consumers.column.used")}</dt>
                <dd><Used language consumer=consumer.clone() now words=words.clone()/></dd>
            </div>
            <div><dt>{say!(language, "consumers.column.ends")}</dt> <dd>{moment(consumer.expires_at)}</dd></div>
            <div>
                <dt>{say!(language, "consumers.created")}</dt>
                <dd>{moment(consumer.created_at)} " " {consumer.created_by.clone()}</dd>
            </div>
            {revoked}
        </dl>
    }
}

#[component]
fn Recipes(language: Language, recipes: Vec<Recipe>, of: String) -> impl IntoView {
    let recipes = recipes
        .into_iter()
        .map(|recipe| {
            let heading = format!("recipe-{}", recipe.id);
            let (labelled, of_region) = (heading.clone(), heading.clone());
            let copy = say!(language, "consumers.copy_recipe", name = recipe.name);
            view! {
                <article class="recipe" aria-labelledby=labelled>
                    <div class="recipe-head">
                        <h3 id=heading>{recipe.name}</h3>
                        <CopyButton text=recipe.text.clone() label=copy done=say!(language, "act.copied")/>
                    </div>
                    // What scrolls can be reached with the keyboard.
                    <pre tabindex="0" role="region" aria-labelledby=of_region><code>{recipe.text}</code></pre>
                </article>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="recipes">
            <h2 id="recipes">{say!(language, "consumers.recipes")}</h2>
            <p class="lead">{say!(language, "consumers.recipes_text", of = of)}</p>
            {recipes}
        </section>
    }
}

/// The container that recipes are written for.
struct Example {
    database: String,
    name: String,
    alias: String,
    data: url::Url,
}

/// The first container that the key reaches.
async fn example(desk: &Desk, consumer: &ConsumerView) -> Result<Option<Example>, Trouble> {
    let reaches = |slug: &str| match &consumer.databases {
        Some(some) => some.iter().any(|it| it.slug == slug),
        None => true,
    };
    for database in desk.operator.inventory().await?.into_iter().filter(|it| reaches(&it.slug)) {
        for container in database.containers {
            if let Some(data) = desk.operator.probe_address(container.id).await? {
                return Ok(Some(Example {
                    database: database.slug,
                    name: database.name,
                    alias: container.alias,
                    data,
                }));
            }
        }
    }
    Ok(None)
}
