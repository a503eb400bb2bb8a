//! `/api/v1/…`: the small part of the REST API that keeps a chain alive and shows data.

mod filter;
mod gate;
mod odata;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::chains::Holder;
use crate::companies::Account;
use crate::world::{Shared, World};
use gate::{Asked, Refused};
use odata::{Paging, Row, Select};

/// Rows of an ordinary page, and of a bulk or sync page.
const PAGE: usize = 60;
const BULK_PAGE: usize = 1_000;

/// `GET /api/v1/current/Me`.
pub(crate) async fn me(State(shared): State<Shared>, request: Request) -> Response {
    let asked = Asked::read(&request, None, "current/Me");
    gate::pass(&shared, &asked, |world, holder, division| {
        let account = world.users.find(&holder.user).ok_or(Refused::NOT_FOUND)?;
        let user = &account.user;
        let base = format!("{}/api/v1/current", world.origins.start);
        let row = Row::new(&base, "Me", "Exact.Web.Api.System.Me", user.user_id)
            .with("UserID", json!(user.user_id))
            .with("UserName", json!(user.name))
            .with("FullName", json!(user.full_name))
            .with("Email", json!(user.name))
            .with("CurrentDivision", json!(division))
            .with("Language", json!("NL"))
            .with("LanguageCode", json!("nl-NL"));
        let select = Select::read(&asked)?;
        Ok(json!({ "d": { "results": [row.pick(&select)?] } }))
    })
}

/// `GET /api/v1/{division}/…`: divisions and accounts; everything else is not found.
pub(crate) async fn entity(
    State(shared): State<Shared>,
    Path((division, entity)): Path<(String, String)>,
    request: Request,
) -> Response {
    let endpoint = entity.split('(').next().unwrap_or_default();
    let asked = Asked::read(&request, Some(&division), endpoint);
    gate::pass(&shared, &asked, |world, holder, division| match endpoint.to_ascii_lowercase().as_str() {
        "system/divisions" => divisions(world, holder, &asked),
        "crm/accounts" => match key(&entity)? {
            Some(id) => account(world, division, id, &asked),
            None => accounts(world, division, PAGE, &asked),
        },
        "bulk/crm/accounts" => accounts(world, division, BULK_PAGE, &asked),
        _ => Err(Refused::NOT_FOUND),
    })
}

/// The key of `Accounts(guid'…')`, if there is one.
fn key(entity: &str) -> Result<Option<Uuid>, Refused> {
    match entity.split_once('(') {
        None => Ok(None),
        Some((_, key)) => key
            .strip_prefix("guid'")
            .and_then(|key| key.strip_suffix("')"))
            .and_then(|key| Uuid::parse_str(key).ok())
            .map(Some)
            .ok_or(Refused::bad("Invalid key.")),
    }
}

fn divisions(world: &World, holder: &Holder, asked: &Asked) -> Result<Value, Refused> {
    let account = world.users.find(&holder.user).ok_or(Refused::NOT_FOUND)?;
    let current = account.user.divisions.first().copied();
    let rows = account.user.divisions.iter().map(|division| {
        let company = world.companies.find(*division);
        let base = format!("{}/api/v1/{division}/system", world.origins.start);
        Row::new(&base, "Divisions", "Exact.Web.Api.System.Division", division)
            .with("Code", json!(division))
            .with("Description", json!(company.name))
            .with("CustomerName", json!("Sandbox"))
            .with("Country", json!("NL"))
            .with("Currency", json!("EUR"))
            .with("Current", json!(Some(*division) == current))
    });
    odata::page(rows, &Paging::read(asked, PAGE)?, asked, &world.origins.start)
}

fn accounts(world: &World, division: i64, page: usize, asked: &Asked) -> Result<Value, Refused> {
    if asked.query("$select").is_none() && asked.query("$top") != Some("1") {
        return Err(Refused::bad("$select or $top=1 is mandatory."));
    }
    let company = world.companies.find(division);
    let base = format!("{}/api/v1/{division}/crm", world.origins.start);
    let rows = company.rows().map(|account| account_row(&base, division, &account));
    odata::page(rows, &Paging::read(asked, page)?, asked, &world.origins.start)
}

fn account(world: &World, division: i64, id: Uuid, asked: &Asked) -> Result<Value, Refused> {
    let company = world.companies.find(division);
    let base = format!("{}/api/v1/{division}/crm", world.origins.start);
    let found = company.rows().find(|account| account.id == id).ok_or(Refused::NOT_FOUND)?;
    let row = account_row(&base, division, &found).pick(&Select::read(asked)?)?;
    Ok(json!({ "d": row }))
}

fn account_row(base: &str, division: i64, account: &Account) -> Row {
    Row::new(base, "Accounts", "Exact.Web.Api.Models.Account", account.id)
        .with("ID", json!(account.id))
        .with("Code", json!(account.code))
        .with("Name", json!(account.name))
        .with("City", json!(account.city))
        .with("Country", json!(account.country))
        .with("Division", json!(division))
        .with("Created", odata::date(account.created))
        .with("Modified", odata::date(account.modified))
}
