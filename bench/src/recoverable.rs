//! Connected containers whose sign-ins are stored: each has a user with a password and one-time
//! codes of its own, half of them at the pages of each sign-in generation.

use anyhow::{Context, Result, bail};
use engine::guard::secret::{Password, TotpText, UserName};
use engine::{ContainerEntry, CredentialsForm, Engine, FormError, OneTimeInput, Operator};
use exact_sandbox::{Generation, Sandbox, User};

use crate::connected;

/// How many days the sign-ins are stored.
const DAYS: u32 = 30;
/// What base32 is written with (RFC 4648 §6).
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A container and the user whose chain it has.
#[derive(Clone)]
pub struct Recoverable {
    /// The container.
    pub container: ContainerEntry,
    /// The user's name.
    pub user: String,
    /// The pages at which the user signs in.
    pub generation: Generation,
}

/// Makes and connects containers, and stores the sign-ins; the last `wrong` of them have a wrong
/// password.
pub async fn make(
    engine: &Engine,
    sandbox: &Sandbox,
    many: usize,
    wrong: usize,
    timing: &str,
) -> Result<Vec<Recoverable>> {
    let users = (0..many).map(user).collect();
    let containers = connected::fill_with(engine, sandbox, users, Some(timing)).await?;
    let operator = engine.administrator().await?;
    let mut made = Vec::with_capacity(many);
    for (number, container) in containers.into_iter().enumerate() {
        let password = if number < many - wrong { password(number) } else { "not the password".to_owned() };
        store(&operator, &container, number, password).await?;
        made.push(Recoverable { container, user: name(number), generation: generation(number) });
    }
    Ok(made)
}

async fn store(
    operator: &Operator,
    container: &ContainerEntry,
    number: usize,
    password: String,
) -> Result<()> {
    let form = CredentialsForm {
        user_name: Some(UserName::new(name(number))),
        password: Some(Password::new(password)),
        one_time: Some(OneTimeInput::Text(TotpText::new(secret(number)))),
        days: DAYS,
        consent: true,
    };
    operator.save_credentials(container.id, form).await.context("could not store a sign-in")
}

/// Lets the stored sign-in be tested, as an operator is told to; what was accepted once may be sent
/// again after an answer that was lost.
pub async fn prove(operator: &Operator, one: &Recoverable) -> Result<()> {
    let nothing_typed =
        CredentialsForm { user_name: None, password: None, one_time: None, days: DAYS, consent: true };
    let tested: Result<_, FormError> = operator.test_credentials(one.container.id, nothing_typed).await;
    match tested?.outcome {
        engine::view::RunOutcome::CodeInHand => Ok(()),
        other => bail!("the test of a good sign-in ended with {}", other.code()),
    }
}

fn user(number: usize) -> User {
    User {
        consented: true,
        generation: Some(generation(number)),
        ..User::new(name(number), password(number)).with_totp(secret(number))
    }
}

fn name(number: usize) -> String {
    format!("user-{number}@example.nl")
}

fn password(number: usize) -> String {
    format!("the password of user {number}")
}

fn generation(number: usize) -> Generation {
    if number.is_multiple_of(2) { Generation::Classic } else { Generation::Identity }
}

/// A secret of 160 bits for one-time codes, another one for each number.
fn secret(number: usize) -> String {
    let letter = |place: usize| char::from(LETTERS[(number >> (5 * place)) % LETTERS.len()]);
    format!("JBSWY3DPEHPK3PXPMEASURED{}", (0..8).map(letter).collect::<String>())
}
