//! Shows the plan and does it.
#![expect(clippy::print_stdout, reason = "a command answers on its standard output")]

use std::collections::BTreeMap;

use engine::access::{NewContainer, NewDatabase};
use engine::guard::secret::RefreshToken;
use engine::view::RegistrationView;
use engine::{Engine, FormError, Operator, RegistrationForm};

use super::file::{Container, Registration, Wanted};
use super::plan::{Place, Plan, Step};
use super::{ApplyError, alert};

/// Applies what a file lists, or only shows what would be done.
///
/// # Errors
/// Nothing is done when the plan cannot be made; a step that is refused ends the work, and what
/// came before it stays. Applying again goes on from there.
pub async fn run(engine: &Engine, wanted: Wanted, dry_run: bool) -> Result<(), ApplyError> {
    let operator = engine.administrator().await?;
    let plan = Plan::make(&operator, wanted).await?;
    println!("{plan}");
    if !dry_run {
        carry_out(&operator, plan.steps).await?;
    }
    Ok(())
}

/// Registrations first, then all databases and containers in one transaction.
async fn carry_out(operator: &Operator, steps: Vec<Step>) -> Result<(), ApplyError> {
    let mut batch = Batch::default();
    let mut adopted = Vec::new();
    for step in steps {
        let shown = step.to_string();
        match step {
            Step::CreateRegistration { entry } => save(operator, None, entry, &shown).await?,
            Step::ChangeRegistration { there, entry, .. } => {
                save(operator, Some(&there), entry, &shown).await?
            }
            Step::CreateDatabase { slug, name } => batch.database(slug, name),
            Step::RenameDatabase { slug, name } => {
                operator.rename_database(&slug, &name).await.map_err(refused(&shown))?;
            }
            Step::CreateContainer { database, entry } => batch.container(database, entry),
            Step::ChangeWarm { there, warm, .. } => {
                operator.set_warm(there.id, warm).await.map_err(refused(&shown))?;
            }
            Step::ChangeCache { there, seconds, .. } => {
                operator.set_cache_seconds(there.id, seconds).await.map_err(refused(&shown))?;
            }
            Step::Adopt { database, there, token } => {
                adopted.push((format!("{database}/{}", there.alias), there.id, token));
            }
            Step::StoreCredentials { there, form, .. } => {
                operator.save_credentials(there.id, *form).await.map_err(refused(&shown))?;
            }
            Step::AddAlert { entry } => {
                let name = entry.form.name.clone();
                if let Some(secret) = alert::add(operator, entry).await.map_err(refused(&shown))? {
                    println!("the secret of alert {name}, shown this once: {}", secret.expose());
                }
            }
            Step::ChangeAlert { id, entry, what } => {
                alert::change(operator, &id, entry, &what).await.map_err(refused(&shown))?;
            }
            Step::LeaveCredentials { .. } => {}
        }
    }
    let (wishes, mut tokens) = batch.wishes(&operator.registrations().await?)?;
    let made =
        operator.create_all(wishes).await.map_err(refused("databases and containers were not created"))?;
    for (number, (slug, ids)) in made.into_iter().enumerate() {
        for (place, id) in ids.into_iter().enumerate() {
            if let Some((alias, token)) = tokens.remove(&(number, place)) {
                adopted.push((format!("{slug}/{alias}"), id, token));
            }
        }
    }
    for (container, id, token) in adopted {
        operator.adopt(id, token).await.map_err(|source| ApplyError::Adopt { container, source })?;
    }
    Ok(())
}

/// Refresh tokens by the number of the database and of the container in it, with its alias.
type Tokens = BTreeMap<(usize, usize), (String, RefreshToken)>;

/// What is made in one go: the new databases in their order, then those that are there already.
#[derive(Default)]
struct Batch {
    new: Vec<(Option<String>, String, Vec<Container>)>,
    there: BTreeMap<String, Vec<Container>>,
}

impl Batch {
    fn database(&mut self, slug: Option<String>, name: String) {
        self.new.push((slug, name, Vec::new()));
    }

    fn container(&mut self, place: Place, entry: Container) {
        match place {
            Place::There(slug) => self.there.entry(slug).or_default().push(entry),
            Place::New(number, _) => {
                if let Some((_, _, containers)) = self.new.get_mut(number) {
                    containers.push(entry);
                }
            }
        }
    }

    fn wishes(self, registrations: &[RegistrationView]) -> Result<(Vec<NewDatabase>, Tokens), ApplyError> {
        let there = self.there.into_iter().map(|(slug, containers)| (Some(slug.clone()), slug, containers));
        let mut tokens = Tokens::new();
        let mut wishes = Vec::new();
        for (number, (slug, name, entries)) in self.new.into_iter().chain(there).enumerate() {
            let mut containers = Vec::new();
            for (place, entry) in entries.into_iter().enumerate() {
                let registration = registrations.iter().find(|view| view.name == entry.registration);
                let registration = registration.ok_or_else(|| ApplyError::NoRegistration {
                    container: format!("{name}/{}", entry.alias),
                    registration: entry.registration,
                })?;
                if let Some(token) = entry.refresh_token {
                    tokens.insert((number, place), (entry.alias.clone(), token));
                }
                containers.push(NewContainer {
                    alias: entry.alias,
                    registration: registration.id,
                    warm: entry.warm,
                    cache_seconds: entry.cache_seconds,
                });
            }
            wishes.push(NewDatabase { slug, name, containers });
        }
        Ok((wishes, tokens))
    }
}

async fn save(
    operator: &Operator,
    there: Option<&RegistrationView>,
    entry: Registration,
    shown: &str,
) -> Result<(), ApplyError> {
    let form = RegistrationForm {
        id: there.map(|view| view.id),
        name: entry.name,
        country: entry.country,
        base_url: entry.base_url,
        client_id: entry.client_id,
        client_secret: Some(entry.client_secret),
        timing: entry.timing,
        provider: entry.provider.word().to_owned(),
        custom: entry.custom.to_json(),
        pkce: entry.pkce,
    };
    operator.save_registration(form).await.map_err(refused(shown))?;
    Ok(())
}

fn refused(what: &str) -> impl FnOnce(FormError) -> ApplyError + use<> {
    let what = what.trim_start_matches(['+', '~', ' ']).to_owned();
    move |source| ApplyError::Refused { what, source }
}
