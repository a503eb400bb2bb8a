//! Targets of alerts as a file lists them.

use subtle::ConstantTimeEq;

use super::AlertTargetForm;
use crate::access::Operator;
use crate::access::form::{FormError, Problem, invalid};
use crate::alert::Kind;
use crate::guard::secret::WebhookSecret;
use crate::store::{self, alerts::targets};

/// The shortest secret that signs: a chosen one is not shorter than a made one is strong.
const SHORTEST_SECRET: usize = 32;

impl Operator {
    /// The address of a target as it would be stored, where it would be, as far as that can be said
    /// without saving it.
    ///
    /// # Errors
    /// [`FormError::Invalid`] names the field.
    pub fn check_listed_target(
        &self,
        form: &AlertTargetForm,
        secret: Option<&WebhookSecret>,
    ) -> Result<String, FormError> {
        let (_, address) = self.check_alert_target(form)?;
        match (form.kind, secret) {
            (Kind::Mail, Some(_)) => {
                let problem = Problem::NotUnderstood("is of no meaning to a mailbox".to_owned());
                Err(invalid("secret", problem))
            }
            (Kind::Webhook, Some(secret)) if secret.expose().chars().count() < SHORTEST_SECRET => {
                let problem = format!("has at least {SHORTEST_SECRET} characters");
                Err(invalid("secret", Problem::NotUnderstood(problem)))
            }
            (Kind::Webhook, _) | (Kind::Mail, None) => Ok(address),
        }
    }

    /// Makes a target; a webhook signs with the secret that is given. Without one it is made, and
    /// returned this once.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn add_listed_target(
        &self,
        form: AlertTargetForm,
        secret: Option<WebhookSecret>,
    ) -> Result<Option<WebhookSecret>, FormError> {
        self.check_listed_target(&form, secret.as_ref())?;
        match secret {
            Some(secret) => self.insert_alert_target(form, Some(&secret)).await.map(|()| None),
            None => self.add_alert_target(form).await,
        }
    }

    /// Gives a target another address, other events, another language, or another secret; without a
    /// secret the stored one stays.
    ///
    /// # Errors
    /// See [`FormError`]; a target does not become one of another kind.
    pub async fn change_alert_target(
        &self,
        id: &str,
        form: AlertTargetForm,
        secret: Option<WebhookSecret>,
    ) -> Result<(), FormError> {
        let address = self.check_listed_target(&form, secret.as_ref())?;
        let row = self.alert_target(id).await?;
        if row.kind != form.kind {
            return Err(invalid("kind", Problem::Taken));
        }
        let sealed = self.seal_webhook_secret(row.id, secret.as_ref()).await?;
        let changed = targets::Row { address, events: form.events, language: form.language, ..row };
        let txn = store::begin(&self.engine.inner.db).await?;
        targets::update(&txn, &changed, sealed).await?;
        self.note(txn, "alert_target_changed", changed.name).await
    }

    /// Whether a webhook signs with this secret; the stored one never leaves.
    ///
    /// # Errors
    /// When the store cannot be read or the seal not be opened.
    pub async fn webhook_secret_is(&self, id: &str, secret: &WebhookSecret) -> Result<bool, FormError> {
        let stored = self.engine.webhook_secret(&self.alert_target(id).await?).await?;
        Ok(stored.is_some_and(|stored| stored.expose().as_bytes().ct_eq(secret.expose().as_bytes()).into()))
    }
}
