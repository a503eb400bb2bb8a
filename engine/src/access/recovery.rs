//! Auto-recovery as an operator sees and settles it.

mod entered;

pub(crate) use entered::Complete;

use chain::{ContainerId, Credentials, Event, Time, Wake};
use policy::{Bounds, Kind};

use super::form::{FormError, Problem, invalid};
use super::{Operator, PolicyForm};
use crate::guard::CredentialPlace;
use crate::guard::secret::{Password, TotpText, UserName};
use crate::journal;
use crate::keeper::News;
use crate::store::credentials::{self, days_long};
use crate::store::{self, StoreError, chains, organisations, recovery_runs};
use crate::view::{RecoveryView, Retention, RunView, RunningView, StoredCredentials, TraceView};

/// Runs that are shown.
const SHOWN_RUNS: u64 = 20;
/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// Recovery credentials as they are entered; what is absent stays as it is stored.
pub struct CredentialsForm {
    /// The user name.
    pub user_name: Option<UserName>,
    /// The password.
    pub password: Option<Password>,
    /// What holds the secret of the one-time codes.
    pub one_time: Option<OneTimeInput>,
    /// How many days they are kept.
    pub days: u32,
    /// Whether whoever stores them agrees to what is done with them.
    pub consent: bool,
}

/// What holds the secret of one-time codes.
pub enum OneTimeInput {
    /// Base32 or an `otpauth` address.
    Text(TotpText),
    /// A PNG or JPEG picture of a QR code.
    Picture(Vec<u8>),
}

impl Operator {
    /// The auto-recovery of a container; `None` where there is no such container.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn recovery(&self, container: ContainerId) -> Result<Option<RecoveryView>, StoreError> {
        let db = &self.engine.inner.db;
        let Some(container) = self.container_row(container).await? else { return Ok(None) };
        let mut view = RecoveryView {
            connected: container.chain.is_some(),
            enabled: self.recovery_enabled().await?,
            retention: self.retention().await?,
            stored: None,
            running: None,
            runs: Vec::new(),
        };
        let Some(chain) = container.chain else { return Ok(Some(view)) };
        let now = self.engine.now();
        if let (Some(stored), Some(row)) =
            (credentials::usable(db, chain, now).await?, chains::find(db, chain).await?)
        {
            view.stored = Some(shown(stored, &row, view.enabled, now));
        }
        view.running = recovery_runs::open(db, chain, now).await?.map(|run| RunningView {
            step: u8::try_from(run.step).unwrap_or(RunningView::STEPS),
            of: RunningView::STEPS,
            since: run.started_at,
        });
        let ended = recovery_runs::ended(db, chain, SHOWN_RUNS).await?;
        view.runs = ended.into_iter().filter_map(run_view).collect();
        Ok(Some(view))
    }

    /// Stores the sign-in that a container's chain is recovered with, in place of an older one.
    ///
    /// Every replacement has a new row with a new key; the older key is destroyed with its row.
    ///
    /// # Errors
    /// See [`FormError`]; nothing is stored then.
    pub async fn save_credentials(
        &self,
        container: ContainerId,
        form: CredentialsForm,
    ) -> Result<(), FormError> {
        // What is stored is told to the chain, even when the caller hangs up in between.
        let operator = self.clone();
        let saved = self.engine.begin(async move { operator.replace_credentials(container, form).await });
        saved.await.unwrap_or(Err(FormError::NotFound))
    }

    async fn replace_credentials(
        &self,
        container: ContainerId,
        form: CredentialsForm,
    ) -> Result<(), FormError> {
        let inner = &self.engine.inner;
        let container = self.container_row(container).await?.ok_or(FormError::NotFound)?;
        let chain = container.chain.ok_or(invalid("container", Problem::NotConnected))?;
        let chain = chains::find(&inner.db, chain).await?.ok_or(FormError::NotFound)?;
        let id = chain.chain.id;
        let retention = self.retention().await?;
        let days = bounded("days", form.days, retention.least, retention.most)?;
        if !form.consent {
            return Err(invalid("consent", Problem::NotAgreed));
        }
        let Complete { sign_in, past } = self.complete(&chain, form).await?;
        let now = self.engine.now();
        let row = store::new_id(&inner.clock);
        let place = CredentialPlace { organisation: self.organisation, chain: id, row };
        let sealed = inner.guard.seal_sign_in(&inner.db, place, &sign_in).await?;
        let server = &chain.authorization_server;
        let account = inner.guard.account(&inner.db, self.organisation, server, &sign_in.user_name).await?;
        let proved = inner.proofs.holds(&account, &sign_in.password, now).then_some(now);
        let row = credentials::Row {
            id: row,
            organisation: self.organisation,
            chain: id,
            data_key: sealed.data_key,
            user_name: sealed.user_name,
            password: sealed.password,
            totp_secret: sealed.totp_secret,
            account,
            stored_at: now,
            stored_by: self.name().to_owned(),
            expires_at: now + days_long(days),
            warned: None,
            proved_at: past.as_ref().and_then(|past| past.proved_at).or(proved),
            password_sent_at: None,
            refused_at: None,
            uses: past.as_ref().map_or(0, |past| past.uses),
            last_used_at: past.as_ref().and_then(|past| past.last_used_at),
            last_recovery: past.as_ref().and_then(|past| past.last_recovery),
        };
        let detail = Some(if days == 1 { "for 1 day".to_owned() } else { format!("for {days} days") });
        let action = "credentials_stored";
        let entry = journal::credentials(&self.engine, self.organisation, id, &self.actor(), action, detail);
        let txn = store::begin(&inner.db).await?;
        credentials::delete_of_chain(&txn, id).await?;
        credentials::insert(&txn, &row).await?;
        store::journal::append(&txn, &entry).await?;
        txn.commit().await.map_err(StoreError::from)?;
        self.engine.tell_or_log(id, News::by(&self.actor(), Event::CredentialsStored)).await;
        self.engine.inner.watch.announce(id);
        Ok(())
    }

    /// Deletes a container's recovery credentials, and the only key of theirs with them.
    ///
    /// # Errors
    /// [`FormError::NotFound`] where there are none.
    pub async fn delete_credentials(&self, container: ContainerId) -> Result<(), FormError> {
        let container = self.container_row(container).await?.ok_or(FormError::NotFound)?;
        let chain = container.chain.ok_or(FormError::NotFound)?;
        let txn = store::begin(&self.engine.inner.db).await?;
        if !credentials::delete_of_chain(&txn, chain).await? {
            return Err(FormError::NotFound);
        }
        let action = "credentials_removed";
        let entry = journal::credentials(&self.engine, self.organisation, chain, &self.actor(), action, None);
        store::journal::append(&txn, &entry).await?;
        txn.commit().await.map_err(StoreError::from)?;
        self.engine.tell_or_log(chain, News::by(&self.actor(), Event::CredentialsRemoved)).await;
        self.engine.inner.watch.announce(chain);
        Ok(())
    }

    /// How many days the organisation lets recovery credentials live.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn retention(&self) -> Result<Retention, StoreError> {
        Ok(Retention::of(&self.policy(Kind::Credential).await?))
    }

    /// Says how many days recovery credentials may live; stored ones that would live longer end
    /// earlier from now on.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn set_retention(&self, wish: Retention) -> Result<(), FormError> {
        bounded("least", wish.least, 1, Retention::LIMIT)?;
        bounded("most", wish.most, wish.least, Retention::LIMIT)?;
        bounded("usual", wish.usual, wish.least, wish.most)?;
        let Retention { least, usual, most } = wish;
        let bounds = Bounds { least: days_long(least), most: days_long(most) };
        let detail = format!("{least} to {most} days, usually {usual}");
        let form = PolicyForm { lifetime: days_long(usual).into(), bounds };
        self.write_policy(Kind::Credential, form, "retention_changed", detail).await
    }

    /// Whether recovery credentials may be kept for so many days.
    ///
    /// # Errors
    /// [`FormError::Invalid`] names the bounds.
    pub async fn check_days(&self, days: u32) -> Result<(), FormError> {
        let retention = self.retention().await?;
        bounded("days", days, retention.least, retention.most).map(|_| ())
    }

    /// Whether the organisation wants auto-recovery.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn recovery_enabled(&self) -> Result<bool, StoreError> {
        organisations::recovery_enabled(&self.engine.inner.db, self.organisation).await
    }

    /// Switches all auto-recovery of the organisation on or off; credentials stay stored.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn set_recovery_enabled(&self, on: bool) -> Result<(), StoreError> {
        let db = &self.engine.inner.db;
        let (actor, action) =
            (self.actor(), if on { "recovery_switched_on" } else { "recovery_switched_off" });
        let entry = journal::setting(&self.engine, self.organisation, &actor, action, None);
        let txn = store::begin(db).await?;
        organisations::set_recovery_enabled(&txn, self.organisation, on).await?;
        store::journal::append(&txn, &entry).await?;
        txn.commit().await.map_err(StoreError::from)?;
        // What broke while it was off is recovered now; when the chain wakes next is another question
        // either way.
        for chain in credentials::chains_of(db, self.organisation).await? {
            self.engine.tell_or_log(chain, News::by(&self.actor(), Event::Tick)).await;
        }
        Ok(())
    }
}

fn bounded(field: &'static str, days: u32, least: u32, most: u32) -> Result<u32, FormError> {
    if (least..=most).contains(&days) {
        Ok(days)
    } else {
        Err(invalid(field, Problem::OutOfBounds { least, most }))
    }
}

fn shown(stored: credentials::Row, chain: &chains::Row, enabled: bool, now: Time) -> StoredCredentials {
    let left = stored.expires_at.millis().saturating_sub(now.millis());
    StoredCredentials {
        stored_at: stored.stored_at,
        stored_by: stored.stored_by,
        expires_at: stored.expires_at,
        days_left: left.saturating_add(DAY - 1).div_euclid(DAY),
        one_time: stored.totp_secret.is_some(),
        uses: stored.uses,
        last_used_at: stored.last_used_at,
        last_recovery: stored.last_recovery,
        proved: stored.proved_at.is_some(),
        blocked: match chain.chain.credentials {
            Credentials::Blocked(failure) => Some(failure),
            Credentials::Absent | Credentials::Stored { .. } => None,
        },
        next_run: chain.wake.filter(|(_, why)| enabled && *why == Wake::RecoverAgain).map(|(at, _)| at),
    }
}

fn run_view(run: recovery_runs::Row) -> Option<RunView> {
    let trace = run.trace.into_iter().map(TraceView::from);
    Some(RunView {
        started_at: run.started_at,
        ended_at: run.ended_at?,
        kind: run.kind,
        outcome: run.outcome?,
        step: u8::try_from(run.step).unwrap_or(RunningView::STEPS),
        trace: trace.collect(),
    })
}
