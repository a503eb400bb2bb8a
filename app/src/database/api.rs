//! What the forms of these pages are sent to.

use crate::desk::{Desk, Form};
use crate::error::AppError;
use crate::language::{Language, say};
use crate::text;
use crate::ui::Tone;
use crate::visit::encode;
use chain::{ContainerId, RegistrationId, Time};
use engine::access::check_cache_seconds;
use engine::guard::secret::RefreshToken;
use engine::{ActError, RefreshNow};
use leptos::prelude::*;

/// Gives a database another name.
#[server(prefix = "/do", endpoint = "rename-database")]
pub async fn rename_database(database: String, name: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.rename_database(&database, &name).await;
    let form = form("rename-database", None, &database, vec![("name", name)]);
    settle(&desk, form, done, say!(desk.language(), "database.renamed")).await
}

/// Adds a data container to a database.
#[server(prefix = "/do", endpoint = "create-container")]
pub async fn create_container(
    database: String,
    alias: String,
    #[server(default)] registration: String,
    #[server(default)] warm: bool,
    #[server(default)] cache_seconds: String,
) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    // An id that is none names no registration.
    let id = registration.parse().unwrap_or(RegistrationId(0));
    let done = create(&desk, &database, &alias, id, warm, &cache_seconds).await;
    let values = vec![
        ("alias", alias),
        ("registration", registration),
        ("warm", warm.to_string()),
        ("cache_seconds", cache_seconds),
    ];
    settle(
        &desk,
        form("create-container", None, &database, values),
        done,
        say!(desk.language(), "container.created"),
    )
    .await
}

/// Gives a data container another alias.
#[server(prefix = "/do", endpoint = "rename-container")]
pub async fn rename_container(database: String, container: String, alias: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.rename_container(id(&container)?, &alias).await;
    let form = form("rename-container", Some(&container), &database, vec![("alias", alias)]);
    settle(&desk, form, done, say!(desk.language(), "container.renamed")).await
}

/// Deletes a data container.
#[server(prefix = "/do", endpoint = "delete-container")]
pub async fn delete_container(database: String, container: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.delete_container(id(&container)?).await;
    let form = form("delete-container", Some(&container), &database, Vec::new());
    settle(&desk, form, done, say!(desk.language(), "container.deleted")).await
}

/// Deletes a database with all its data containers.
#[server(prefix = "/do", endpoint = "delete-database")]
pub async fn delete_database(database: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.delete_database(&database).await;
    let said = say!(desk.language(), "database.deleted");
    desk.settle(form("delete-database", None, &database, Vec::new()), done, |_| {
        ("/databases".to_owned(), said)
    })
    .await
}

/// Keeps a data container's token fresh all the time, or renews it on demand.
#[server(prefix = "/do", endpoint = "set-warm")]
pub async fn set_warm(database: String, container: String, warm: bool) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.set_warm(id(&container)?, warm).await;
    let language = desk.language();
    let said =
        if warm { say!(language, "container.now_warm") } else { say!(language, "container.now_on_demand") };
    settle(&desk, form("set-warm", Some(&container), &database, Vec::new()), done, said).await
}

/// Chooses for how long the gate keeps a data container's answers.
#[server(prefix = "/do", endpoint = "set-cache")]
pub async fn set_cache(database: String, container: String, cache_seconds: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let id = id(&container)?;
    let (done, said) = match seconds(&cache_seconds) {
        Ok(seconds) => {
            (desk.operator.set_cache_seconds(id, seconds).await, keeping(desk.language(), seconds))
        }
        Err(error) => (Err(error), String::new()),
    };
    let form = form("set-cache", Some(&container), &database, vec![("cache_seconds", cache_seconds)]);
    settle(&desk, form, done, said).await
}

/// Renews a data container's access token now, where the provider allows it.
#[server(prefix = "/do", endpoint = "refresh")]
pub async fn refresh(database: String, container: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.refresh_now(id(&container)?).await;
    let (language, now) = (desk.language(), desk.visit.now);
    act(&desk, &database, done, |came| refreshing(language, now, came)).await
}

/// Starts a data container from a refresh token obtained elsewhere.
#[server(prefix = "/do", endpoint = "adopt")]
pub async fn adopt(database: String, container: String, token: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let token = token.trim().to_owned();
    if token.is_empty() {
        let missing = engine::FormError::Invalid { field: "token", problem: engine::Problem::Empty };
        let form = form("adopt", Some(&container), &database, Vec::new());
        return settle(&desk, form, Err::<(), _>(missing), String::new()).await;
    }
    let done = desk.operator.adopt(id(&container)?, RefreshToken::new(token)).await;
    let said = say!(desk.language(), "container.adopted");
    act(&desk, &database, done, |()| (Tone::Plain, said)).await
}

/// Goes on with the other user who signed in.
#[server(prefix = "/do", endpoint = "keep-user")]
pub async fn keep_user(database: String, container: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.keep_other_user(id(&container)?).await;
    let said = say!(desk.language(), "other_user.kept");
    act(&desk, &database, done, |()| (Tone::Good, said)).await
}

/// Stays with the user before.
#[server(prefix = "/do", endpoint = "undo-user")]
pub async fn undo_user(database: String, container: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.undo_other_user(id(&container)?).await;
    let said = say!(desk.language(), "other_user.undone");
    act(&desk, &database, done, |()| (Tone::Good, said)).await
}

/// The name of a form that each container has.
pub(super) fn form_name(name: &str, container: &str) -> String {
    format!("{name}:{container}")
}

fn id(text: &str) -> Result<ContainerId, AppError> {
    text.parse().map_err(|_| AppError::NotUnderstood)
}

/// Nothing is made where a field is wrong.
async fn create(
    desk: &Desk,
    database: &str,
    alias: &str,
    registration: RegistrationId,
    warm: bool,
    cache_seconds: &str,
) -> Result<(), engine::FormError> {
    let seconds = seconds(cache_seconds)?;
    let container = desk.operator.create_container(database, alias, registration, warm).await?;
    if seconds > 0 { desk.operator.set_cache_seconds(container, seconds).await } else { Ok(()) }
}

/// What was entered as a number of seconds; nothing is none.
fn seconds(text: &str) -> Result<u32, engine::FormError> {
    let text = text.trim();
    let seconds = if text.is_empty() { 0 } else { text.parse().unwrap_or(u32::MAX) };
    check_cache_seconds(seconds).map(|()| seconds)
}

fn keeping(language: Language, seconds: u32) -> String {
    match seconds {
        0 => say!(language, "gate.cache_off"),
        seconds => say!(language, "gate.cache_on", seconds = seconds),
    }
}

fn page(database: &str) -> String {
    format!("/databases/{}", encode(database))
}

fn form(name: &str, container: Option<&str>, database: &str, values: Vec<(&'static str, String)>) -> Form {
    let name = container.map_or_else(|| name.to_owned(), |container| form_name(name, container));
    Form { name, back: page(database), values }
}

async fn settle<T>(
    desk: &Desk,
    form: Form,
    done: Result<T, engine::FormError>,
    said: String,
) -> Result<(), AppError> {
    let back = form.back.clone();
    desk.settle(form, done, |_| (back, said)).await
}

/// Ends an act on a container: goes back to its database and says what came of it.
async fn act<T>(
    desk: &Desk,
    database: &str,
    done: Result<T, ActError>,
    say: impl FnOnce(T) -> (Tone, String),
) -> Result<(), AppError> {
    let back = page(database);
    match done {
        Ok(came) => {
            let (tone, text) = say(came);
            desk.visit.go_saying(&back, tone, text).await;
            Ok(())
        }
        Err(ActError::NotFound) => Err(desk.gone(&back).await),
        Err(error @ (ActError::Tell(_) | ActError::Store(_))) => Err(desk.visit.fail(&back, &error).await),
    }
}

fn refreshing(language: Language, now: Time, came: RefreshNow) -> (Tone, String) {
    match came {
        RefreshNow::Started => (Tone::Good, say!(language, "refresh.started")),
        RefreshNow::TooEarly { from } => {
            let left = text::countdown(from.millis() - now.millis());
            (Tone::Plain, say!(language, "refresh.too_early", left = left))
        }
        RefreshNow::NotLinked => (Tone::Warning, say!(language, "refresh.not_linked")),
        RefreshNow::Broken => (Tone::Warning, say!(language, "refresh.broken")),
        RefreshNow::Busy => (Tone::Plain, say!(language, "refresh.busy")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_a_number_up_to_a_day() {
        for (text, wanted) in [("", 0), (" 0 ", 0), ("60", 60), ("86400", 86_400)] {
            assert_eq!(seconds(text).ok(), Some(wanted), "{text}");
        }
        for text in ["86401", "-1", "1.5", "many", "99999999999999"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_refresh_that_is_too_early_says_when_it_is_not() {
        let from = Time::from_millis(462_000);
        let (_, text) = refreshing(Language::English, Time::from_millis(0), RefreshNow::TooEarly { from });
        assert!(text.contains("7:42"), "{text}");
    }
}
