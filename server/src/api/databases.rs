//! `GET /api/v1/databases` and below: how things stand.

use app::Language;
use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use engine::consumer::{ContainerState, DatabaseState};
use engine::view::StateName;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::{Problem, ProblemBody};

/// The databases that a consumer key reaches.
#[derive(Serialize, ToSchema)]
pub struct Databases {
    /// The databases, by slug.
    databases: Vec<Database>,
}

/// A database and how its data containers stand.
#[derive(Serialize, ToSchema)]
pub struct Database {
    /// Its part of addresses.
    slug: String,
    /// Its name.
    name: String,
    /// A person has to sign in for one of its data containers.
    needs_repair: bool,
    /// Its data containers, by alias.
    containers: Vec<Container>,
}

/// How a data container stands.
#[derive(Serialize, ToSchema)]
pub struct Container {
    /// Its name within the database.
    alias: String,
    /// The provider.
    #[schema(example = "exact")]
    provider: String,
    /// The state of its chain.
    state: ChainState,
    /// It is authorized, and nothing is wrong.
    healthy: bool,
    /// A person has to sign in.
    needs_repair: bool,
    /// What is wrong, if anything.
    fault: Option<Fault>,
    /// When its access token ends or ended.
    #[schema(format = DateTime)]
    access_expires_at: Option<String>,
    /// When its refresh token ends if it is not used.
    #[schema(format = DateTime)]
    refresh_expires_at: Option<String>,
    /// When it was last renewed.
    #[schema(format = DateTime)]
    last_refreshed_at: Option<String>,
    /// What happens next by itself, if anything.
    next_step: Option<Step>,
}

/// What is wrong.
#[derive(Serialize, ToSchema)]
pub struct Fault {
    /// The stable message code.
    #[schema(example = "itgenoda494")]
    code: &'static str,
    /// The same in words.
    message: String,
}

/// An automatic step.
#[derive(Serialize, ToSchema)]
pub struct Step {
    /// What is done, as a word.
    #[schema(example = "keep_alive")]
    what: &'static str,
    /// When.
    #[schema(format = DateTime)]
    at: String,
}

/// The state of a chain.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChainState {
    /// Never authorized.
    Unlinked,
    /// At rest.
    Live,
    /// Being renewed.
    Spending,
    /// Sent without an answer.
    InDoubt,
    /// Waiting until the provider takes it again.
    Waiting,
    /// Being recovered with a stored sign-in.
    Recovering,
    /// Needs a person.
    Broken,
}

/// List the databases that the key reaches.
#[utoipa::path(
    get,
    path = "/api/v1/databases",
    operation_id = "list_databases",
    tag = "status",
    responses(
        (status = 200, description = "The databases", body = Databases),
        (status = 401, description = "The consumer key is missing or does not work", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 429, description = "The consumer key made too many requests; see Retry-After", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 503, description = "Evergrant cannot answer at present; see Retry-After", body = ProblemBody<'_>, content_type = "application/problem+json"),
    ),
)]
pub async fn list(Caller(consumer): Caller) -> Result<Json<Databases>, Problem> {
    let databases = consumer.databases().await?;
    Ok(Json(Databases { databases: databases.into_iter().map(Database::from).collect() }))
}

/// Show a database.
#[utoipa::path(
    get,
    path = "/api/v1/databases/{database}",
    operation_id = "show_database",
    tag = "status",
    params(("database" = String, Path, description = "The database's slug")),
    responses(
        (status = 200, description = "The database", body = Database),
        (status = 401, description = "The consumer key is missing or does not work", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 403, description = "The consumer key does not reach this database", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such database", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 429, description = "The consumer key made too many requests; see Retry-After", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 503, description = "Evergrant cannot answer at present; see Retry-After", body = ProblemBody<'_>, content_type = "application/problem+json"),
    ),
)]
pub async fn one(
    Caller(consumer): Caller,
    place: Result<Path<String>, PathRejection>,
) -> Result<Json<Database>, Problem> {
    let Path(slug) = place?;
    Ok(Json(consumer.database(&slug).await?.into()))
}

/// Show a data container.
#[utoipa::path(
    get,
    path = "/api/v1/databases/{database}/containers/{alias}",
    operation_id = "show_container",
    tag = "status",
    params(
        ("database" = String, Path, description = "The database's slug"),
        ("alias" = String, Path, description = "The data container's alias"),
    ),
    responses(
        (status = 200, description = "The data container", body = Container),
        (status = 401, description = "The consumer key is missing or does not work", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 403, description = "The consumer key does not reach this database", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such database or data container", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 429, description = "The consumer key made too many requests; see Retry-After", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 503, description = "Evergrant cannot answer at present; see Retry-After", body = ProblemBody<'_>, content_type = "application/problem+json"),
    ),
)]
pub async fn container(
    Caller(consumer): Caller,
    place: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<Container>, Problem> {
    let Path((database, alias)) = place?;
    Ok(Json(consumer.container(&database, &alias).await?.into()))
}

/// A moment as programs read it: RFC 3339, in UTC.
pub(super) fn moment(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).map_or_else(|_| String::new(), |at| at.to_string())
}

impl From<DatabaseState> for Database {
    fn from(state: DatabaseState) -> Self {
        let containers: Vec<Container> = state.containers.into_iter().map(Container::from).collect();
        Self {
            slug: state.slug,
            name: state.name,
            needs_repair: containers.iter().any(|container| container.needs_repair),
            containers,
        }
    }
}

impl From<ContainerState> for Container {
    fn from(container: ContainerState) -> Self {
        let status = container.status;
        let needs_repair = status.state == StateName::Broken;
        // A dead refresh token ends no more.
        let dead = needs_repair || status.state == StateName::Recovering;
        Self {
            alias: container.alias,
            provider: container.provider,
            healthy: status.fault.is_none() && status.state != StateName::Unlinked,
            needs_repair,
            fault: status.fault.map(|fault| Fault {
                code: fault.code(),
                message: app::fault_words(Language::English, fault).title,
            }),
            access_expires_at: status.access_until.map(|at| moment(at.millis())),
            refresh_expires_at: status.refresh_until.filter(|_| !dead).map(|at| moment(at.millis())),
            last_refreshed_at: status.last_refreshed_at.map(|at| moment(at.millis())),
            next_step: container.next_step.map(|(what, at)| Step { what, at: moment(at.millis()) }),
            state: status.state.into(),
        }
    }
}

impl From<StateName> for ChainState {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Unlinked => Self::Unlinked,
            StateName::Live => Self::Live,
            StateName::Spending => Self::Spending,
            StateName::InDoubt => Self::InDoubt,
            StateName::Waiting => Self::Waiting,
            StateName::Recovering => Self::Recovering,
            StateName::Broken => Self::Broken,
        }
    }
}
