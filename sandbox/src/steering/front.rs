//! `/sandbox/`: the page on which a person steers the sandbox.

mod sign_ins;

use axum::extract::State;
use axum::response::Redirect;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::REFUSED_CONNECTIONS;
use crate::faults::Fault;
use crate::generation::Generation;
use crate::pages::layout::STYLE;
use crate::users::UserName;
use crate::world::{Shared, World};

/// Leads to the page.
pub(crate) async fn lead() -> Redirect {
    Redirect::to("/sandbox/")
}

/// Shows users, apps, chains and what can be done to them.
pub(crate) async fn show(State(shared): State<Shared>) -> Markup {
    let world = shared.lock();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Exact Online sandbox" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main class="wide" {
                    p class="brand" { "exact" span { "sandbox" } }
                    h1 { "A stand-in for Exact Online" }
                    p class="dim" {
                        "Nothing here is real: the passwords and codes below are for trying things out."
                    }
                    (clock(&world))
                    (chains(&world))
                    (faults(&world))
                    (sign_ins::section(&world))
                    (users(&world))
                    (clients(&world))
                    (counts(&world))
                }
            }
        }
    }
}

fn clock(world: &World) -> Markup {
    html! {
        h2 { "Clock" }
        p { "It is " b { (moment(world.now())) } " UTC here. One-time codes follow this clock; programs keep their own." }
        @for (seconds, label) in [(600, "10 minutes on"), (3_600, "1 hour on"), (2_592_000, "30 days on")] {
            form class="line" method="post" action="/sandbox/clock" {
                input type="hidden" name="advance_seconds" value=(seconds);
                button class="second" { (label) }
            } " "
        }
    }
}

fn chains(world: &World) -> Markup {
    let mut live: Vec<_> = world.chains.live().collect();
    live.sort();
    html! {
        h2 { "Live chains" }
        @if live.is_empty() { p class="dim" { "None yet: no app has a refresh token." } }
        @else {
            div class="scroll" tabindex="0" { table {
                tr { th { "User" } th { "App" } th { "Last token" } th { "Break" } }
                @for (holder, issued_at) in live {
                    tr {
                        td { (holder.user.as_str()) }
                        td { code { (holder.client.as_str()) } }
                        td { (moment(issued_at)) }
                        td { form class="line" method="post" action="/sandbox/break" {
                            input type="hidden" name="client_id" value=(holder.client.as_str());
                            input type="hidden" name="user" value=(holder.user.as_str());
                            button class="second" aria-label={ "Break the chain of " (holder.user.as_str()) } {
                                "Break"
                            }
                        } }
                    }
                }
            } }
        }
    }
}

fn faults(world: &World) -> Markup {
    html! {
        h2 { "Faults" }
        p { (world.faults.waiting()) " waiting for the next token calls." }
        form class="line" method="post" action="/sandbox/faults" {
            label for="fault" { "The next token call meets" }
            select name="fault" id="fault" {
                @for name in Fault::NAMES { option value=(name) { (name) } }
                option value=(REFUSED_CONNECTIONS) { (REFUSED_CONNECTIONS) }
            }
            label for="seconds" { "seconds" }
            input type="number" name="seconds" id="seconds" value="10" min="0" max="3600" required;
            label for="times" { "times" }
            input type="number" name="times" id="times" value="1" min="1" max="100" required;
            button { "Arrange" }
        }
    }
}

fn users(world: &World) -> Markup {
    html! {
        h2 { "Users" }
        div class="scroll" tabindex="0" { table {
            tr { th { "User name" } th { "Password" } th { "One-time code now" } th { "One-time secret" } th { "Pages" } th { "Companies" } }
            @for account in world.users.all() {
                tr {
                    td { (account.user.name) @if account.is_locked() { " (locked)" } }
                    td { code { (account.user.password) } }
                    td { (account.user.one_time_code(world.now()).as_deref().unwrap_or("none needed")) }
                    td { code { (account.user.totp_secret.as_deref().unwrap_or("–")) } }
                    td { @match world.generation_of(&UserName::new(&account.user.name)) {
                        Generation::Classic => "classic",
                        Generation::Identity => "identity",
                    } }
                    td { @for division in &account.user.divisions { (division) " " } }
                }
            }
        } }
    }
}

fn clients(world: &World) -> Markup {
    html! {
        h2 { "Apps" }
        div class="scroll" tabindex="0" { table {
            tr { th { "Client id" } th { "Client secret" } th { "Redirect URIs" } }
            @for client in world.clients.all() {
                tr {
                    td { code { (client.id) } }
                    td { code { (client.secret) } }
                    td { @for uri in &client.redirect_uris { code { (uri) } " " } }
                }
            }
        } }
        @if world.options.open_clients { p { "Any other app is let in too." } }
    }
}

fn counts(world: &World) -> Markup {
    let counts = world.counts();
    html! {
        h2 { "Counts" }
        div class="scroll" tabindex="0" { table {
            tr { th { "Token calls" } th { "Codes exchanged" } th { "Refreshes" } th { "Too early" }
                th { "Refused" } th { "Faults" } th { "Links sent again" } th { "API calls" } }
            tr { td { (counts.token_calls) } td { (counts.code_exchanges) } td { (counts.refreshes_accepted) }
                td { (counts.too_early) } td { (counts.refused) } td { (counts.faults) }
                td { (counts.spent_presented) } td { (counts.api_calls) } }
        } }
    }
}

fn moment(at: i64) -> String {
    Timestamp::from_millisecond(at).map_or_else(
        |_| "beyond all calendars".to_owned(),
        |at| at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}
