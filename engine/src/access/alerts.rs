//! Who is told of what, and what became of it.

mod listed;

use super::Operator;
use super::form::{FormError, Problem, invalid, words};
use crate::alert::{Answer, Event, Facts, Kind, Language, Mailbox, Notice, Unfit, check_address};
use crate::guard::secret::WebhookSecret;
use crate::guard::{Place, Purpose};
use crate::journal;
use crate::random;
use crate::store::alerts::{deliveries, targets};
use crate::store::{self, StoreError, Transaction, organisations};
use crate::view::{AlertTargetView, DeliveryView};

/// Deliveries that are listed.
const SHOWN: u64 = 100;
/// How the secret of a webhook begins, so that people know what it is.
const PREFIX: &str = "evw_";
/// The longest address of a mailbox (RFC 5321).
const LONGEST_MAILBOX: usize = 254;

/// Somebody who is to be told, as it is entered.
#[derive(Clone, Debug)]
pub struct AlertTargetForm {
    /// How it is reached.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The address of a webhook, or of a mailbox.
    pub address: String,
    /// What it is told of.
    pub events: Vec<Event>,
    /// The language of what it is told.
    pub language: Language,
}

impl Operator {
    /// Every target of alerts, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn alert_targets(&self) -> Result<Vec<AlertTargetView>, StoreError> {
        let rows = targets::all(&self.engine.inner.db, self.organisation).await?;
        let view = |row: targets::Row| AlertTargetView {
            id: format!("{:032x}", row.id),
            kind: row.kind,
            name: row.name,
            address: row.address,
            events: row.events,
            language: row.language,
            enabled: row.enabled,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// The mailbox that alerts come from; `None` while no mail server is set up.
    pub fn alerts_from(&self) -> Option<String> {
        self.engine.inner.mail.as_ref().map(|server| server.from())
    }

    /// Makes a target. A webhook's secret is returned this once, and never shown again.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn add_alert_target(&self, form: AlertTargetForm) -> Result<Option<WebhookSecret>, FormError> {
        let secret = match form.kind {
            Kind::Webhook => Some(WebhookSecret::new(format!("{PREFIX}{}", random::token()))),
            Kind::Mail => None,
        };
        self.insert_alert_target(form, secret.as_ref()).await?;
        Ok(secret)
    }

    async fn insert_alert_target(
        &self,
        form: AlertTargetForm,
        secret: Option<&WebhookSecret>,
    ) -> Result<(), FormError> {
        let inner = &self.engine.inner;
        let (name, address) = self.check_alert_target(&form)?;
        if targets::all(&inner.db, self.organisation).await?.iter().any(|row| row.name == name) {
            return Err(invalid("name", Problem::Taken));
        }
        let id = store::new_id(&inner.clock);
        let row = targets::Row {
            id,
            organisation: self.organisation,
            kind: form.kind,
            name: name.clone(),
            address,
            secret: self.seal_webhook_secret(id, secret).await?,
            events: form.events,
            language: form.language,
            enabled: true,
            created_at: self.engine.now(),
            created_by: self.name().to_owned(),
        };
        let txn = store::begin(&inner.db).await?;
        targets::insert(&txn, &row).await?;
        self.note(txn, "alert_target_added", name).await
    }

    /// The name and the address as they are stored, where everything fits.
    fn check_alert_target(&self, form: &AlertTargetForm) -> Result<(String, String), FormError> {
        let name = words("name", &form.name, 100)?;
        let address = self.address(form.kind, form.address.trim())?;
        if form.events.is_empty() || form.events.contains(&Event::Test) {
            return Err(invalid("events", Problem::Empty));
        }
        Ok((name, address))
    }

    async fn seal_webhook_secret(
        &self,
        id: u128,
        secret: Option<&WebhookSecret>,
    ) -> Result<Option<Vec<u8>>, FormError> {
        let Some(secret) = secret else { return Ok(None) };
        let inner = &self.engine.inner;
        let place = Place::new(self.organisation, "alert_targets", id, "secret");
        let bytes = secret.expose().as_bytes();
        Ok(Some(inner.guard.seal(&inner.db, self.organisation, Purpose::Tokens, &place, bytes).await?))
    }

    /// Tells a target nothing more, or again; what waits for it goes on waiting meanwhile.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn enable_alert_target(&self, id: &str, enabled: bool) -> Result<(), FormError> {
        let row = self.alert_target(id).await?;
        let txn = store::begin(&self.engine.inner.db).await?;
        targets::enable(&txn, row.id, enabled).await?;
        let action = if enabled { "alert_target_resumed" } else { "alert_target_paused" };
        self.note(txn, action, row.name).await?;
        self.engine.ring();
        Ok(())
    }

    /// Deletes a target with its secret and its deliveries.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn delete_alert_target(&self, id: &str) -> Result<(), FormError> {
        let row = self.alert_target(id).await?;
        let txn = store::begin(&self.engine.inner.db).await?;
        targets::delete(&txn, row.id).await?;
        self.note(txn, "alert_target_deleted", row.name).await
    }

    /// Sends a test to one target, and says what came of it; `None` if somebody else is sending it.
    ///
    /// # Errors
    /// See [`FormError`]; [`FormError::NotFound`] for a paused target.
    pub async fn test_alert_target(&self, id: &str) -> Result<Option<Answer>, FormError> {
        let (engine, row) = (&self.engine, self.alert_target(id).await?);
        if !row.enabled {
            return Err(FormError::NotFound);
        }
        let organisation = organisations::find(&engine.inner.db, self.organisation).await?;
        let name = organisation.map(|row| row.name).unwrap_or_default();
        let facts = Facts { organisation: name, ..Facts::default() };
        let notice = Notice::new(Event::Test, random::name());
        let txn = store::begin(&engine.inner.db).await?;
        let alert = engine.write_alert(&txn, self.organisation, &notice, &facts).await?;
        let delivery = engine.write_delivery(&txn, alert.ok_or(FormError::NotFound)?, row.id).await?;
        txn.commit().await.map_err(StoreError::from)?;
        Ok(engine.deliver_now(delivery).await?)
    }

    /// What was sent of late, or is to be sent, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn alert_deliveries(&self) -> Result<Vec<DeliveryView>, StoreError> {
        let rows = deliveries::list(&self.engine.inner.db, self.organisation, SHOWN).await?;
        Ok(rows.into_iter().map(view).collect())
    }

    /// Sends a delivery once more, with the same id, and says what came of it; `None` if somebody
    /// else is sending it.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn redeliver(&self, id: &str) -> Result<Option<Answer>, FormError> {
        let (engine, id) = (&self.engine, number(id)?);
        let db = &engine.inner.db;
        if deliveries::organisation(db, id).await? != Some(self.organisation) {
            return Err(FormError::NotFound);
        }
        if !deliveries::again(db, id, engine.now()).await? {
            return Ok(None);
        }
        Ok(engine.deliver_now(id).await?)
    }

    fn address(&self, kind: Kind, text: &str) -> Result<String, FormError> {
        if text.is_empty() {
            return Err(invalid("address", Problem::Empty));
        }
        match kind {
            Kind::Webhook => match check_address(text, self.engine.inner.webhooks.allow_private()) {
                Ok(url) => Ok(url.into()),
                Err(Unfit::NotAnAddress) => Err(invalid("address", Problem::NotAnAddress)),
                Err(Unfit::NotPublic) => Err(invalid("address", Problem::NotPublic)),
            },
            Kind::Mail if self.engine.inner.mail.is_none() => Err(invalid("kind", Problem::NoMailServer)),
            Kind::Mail => {
                let mailbox: Result<Mailbox, _> = text.parse();
                let fits = mailbox.is_ok() && text.len() <= LONGEST_MAILBOX;
                if fits { Ok(text.to_owned()) } else { Err(invalid("address", Problem::NotAMailbox)) }
            }
        }
    }

    async fn alert_target(&self, id: &str) -> Result<targets::Row, FormError> {
        let row = targets::find(&self.engine.inner.db, number(id)?).await?;
        row.filter(|row| row.organisation == self.organisation).ok_or(FormError::NotFound)
    }

    async fn note(&self, txn: Transaction, action: &str, name: String) -> Result<(), FormError> {
        let entry = journal::setting(&self.engine, self.organisation, &self.actor(), action, Some(name));
        store::journal::append(&txn, &entry).await?;
        Ok(txn.commit().await.map_err(StoreError::from)?)
    }
}

fn number(id: &str) -> Result<u128, FormError> {
    u128::from_str_radix(id, 16).map_err(|_| FormError::NotFound)
}

fn view(row: deliveries::Listed) -> DeliveryView {
    let answer = row.last_answer.as_deref().and_then(Answer::from_word);
    let about = Facts::parse(&row.body).containers.into_iter().map(|it| (it.name, it.alias));
    DeliveryView {
        id: format!("{:032x}", row.id),
        event: row.event,
        at: row.at,
        about: about.collect(),
        target: row.target,
        kind: row.kind,
        state: row.state,
        paused: !row.enabled && row.state == deliveries::State::Pending,
        tries: row.tries,
        next_at: row.next_at,
        last: row.last_at.zip(answer),
    }
}
