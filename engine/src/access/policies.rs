//! How long things live, as an operator sees and settles it.

use chain::Time;
use policy::duration::spell;
use policy::{Bounds, Given, Kind, Policies, Policy, PolicyError, Warning};

use super::Operator;
use super::form::{FormError, Problem, invalid};
use crate::expiry::reach_of;
use crate::journal;
use crate::store::{self, StoreError, lives, organisations, policies, receipts, sizes};
use crate::view::{PoliciesView, PolicyPreview, PolicyView, Receipt, Size, Went};

/// Receipts that are shown at most.
const MOST_RECEIPTS: u64 = 500;

/// A policy as it is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyForm {
    /// How long things live unless chosen otherwise.
    pub lifetime: Given,
    /// What may be chosen.
    pub bounds: Bounds,
}

impl Operator {
    /// What holds in the organisation, kind by kind.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn policies(&self) -> Result<Policies, StoreError> {
        self.engine.policies(self.organisation).await
    }

    /// What holds, what is unwise about it, and what lives by it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn policies_view(&self) -> Result<PoliciesView, StoreError> {
        let db = &self.engine.inner.db;
        let said = policies::all(db, self.organisation).await?;
        let policies = self.policies().await?;
        let (warnings, contradiction) = match policies.check() {
            Ok(warnings) => (warnings, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let mut kinds = Vec::with_capacity(Kind::ALL.len());
        for kind in Kind::ALL {
            let effective = policies.of(kind);
            let life = effective.policy.lifetime();
            let row = said.iter().find(|row| row.policy.kind() == kind);
            kinds.push(PolicyView {
                kind,
                effective,
                warnings: warnings.iter().filter(|warning| kind_of(warning) == kind).copied().collect(),
                living: lives::living(db, kind, self.organisation, self.engine.now(), life).await?,
                changed: row.map(|row| (row.changed_at, row.changed_by.clone())),
                reaching: row.is_some_and(|row| row.reached_at.is_none()),
            });
        }
        Ok(PoliciesView { kinds, contradiction })
    }

    /// What would come of a policy: whom it reaches, and when they end. Nothing is changed.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn preview_policy(&self, kind: Kind, form: PolicyForm) -> Result<PolicyPreview, FormError> {
        let (db, now) = (&self.engine.inner.db, self.engine.now());
        let mut policies = self.policies().await?;
        let before = policies.of(kind);
        let (after, warnings) = checked(&mut policies, kind, form)?;
        let living = lives::living(db, kind, self.organisation, now, before.policy.lifetime()).await?;
        let lifetimes = (before.policy.lifetime(), reach_of(&after));
        let reached = lives::reached(db, kind, self.organisation, now, lifetimes).await?;
        let warnings = warnings.into_iter().filter(|warning| kind_of(warning) == kind).collect();
        Ok(PolicyPreview { before, after, warnings, living, reached })
    }

    /// Says how long things of a kind live, if that fits together with all the other policies. What is there
    /// already and would live longer ends earlier from now on; nothing lives longer than it was to.
    ///
    /// # Errors
    /// See [`FormError`]; nothing is changed then.
    pub async fn set_policy(&self, kind: Kind, form: PolicyForm) -> Result<(), FormError> {
        let before = self.policies().await?.of(kind);
        let was = spell(before.policy.lifetime());
        let was = if before.said { was } else { format!("{was} by default") };
        let now = form.lifetime.lifetime().map_or_else(|| form.lifetime.to_string(), spell);
        let detail = format!("{}: {now}, {}; before {was}", kind.word(), within(form.bounds));
        self.write_policy(kind, form, "policy_changed", detail).await
    }

    /// Says of each kind that is left to the default that this is what is meant; says how many there were.
    /// Nothing lives longer or shorter for it.
    ///
    /// # Errors
    /// See [`FormError`]; nothing is said of any kind then.
    pub async fn keep_defaults(&self) -> Result<usize, FormError> {
        self.write_policies(|all| {
            let left: Vec<Policy> = Kind::ALL
                .into_iter()
                .map(|kind| all.of(kind))
                .filter(|effective| !effective.said)
                .map(|effective| effective.policy)
                .collect();
            for policy in &left {
                all.say(*policy);
            }
            all.check().map_err(|error| refused(&error))?;
            let said = |policy: Policy| {
                let (kind, lifetime) = (policy.kind().word(), spell(policy.lifetime()));
                let detail =
                    format!("{kind}: {lifetime}, {}; before the same by default", within(policy.bounds()));
                Said { policy, action: "policy_changed", detail }
            };
            Ok(left.into_iter().map(said).collect())
        })
        .await
    }

    /// What the purge would remove now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn purge_dry_run(&self) -> Result<Vec<Went>, StoreError> {
        self.engine.purge_dry_run().await
    }

    /// What the purge removed from a moment on, the newest hour first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn receipts(&self, from: Time) -> Result<Vec<Receipt>, StoreError> {
        receipts::since(&self.engine.inner.db, from, MOST_RECEIPTS).await
    }

    /// How large the store was from a moment on, hour by hour, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn store_sizes(&self, from: Time) -> Result<Vec<(Time, Size)>, StoreError> {
        sizes::since(&self.engine.inner.db, from).await
    }

    /// How large the store is now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn store_size(&self) -> Result<Size, StoreError> {
        sizes::now(&self.engine.inner.db).await
    }

    /// What holds for one kind.
    pub(super) async fn policy(&self, kind: Kind) -> Result<Policy, StoreError> {
        Ok(self.policies().await?.of(kind).policy)
    }

    /// Writes a policy, if it and all the others fit together; `action` and `detail` go to the journal.
    pub(super) async fn write_policy(
        &self,
        kind: Kind,
        form: PolicyForm,
        action: &'static str,
        detail: String,
    ) -> Result<(), FormError> {
        let said = self.write_policies(move |all| {
            let (policy, _) = checked(all, kind, form)?;
            Ok(vec![Said { policy, action, detail }])
        });
        said.await.map(|_| ())
    }

    /// Writes what is decided in view of all the policies; says how many policies that were.
    async fn write_policies(
        &self,
        decide: impl FnOnce(&mut Policies) -> Result<Vec<Said>, FormError> + Send + 'static,
    ) -> Result<usize, FormError> {
        // What is committed is to reach what is there, even when the caller hangs up in between.
        let operator = self.clone();
        let written = self.engine.begin(async move { operator.write_and_reach(decide).await });
        written.await.unwrap_or(Err(FormError::NotFound))
    }

    async fn write_and_reach(
        &self,
        decide: impl FnOnce(&mut Policies) -> Result<Vec<Said>, FormError>,
    ) -> Result<usize, FormError> {
        let engine = &self.engine;
        let txn = store::begin(&engine.inner.db).await?;
        // Two changes that contradict each other cannot pass each other by.
        organisations::lock(&txn, self.organisation).await?;
        let mut all = policies::of(&txn, self.organisation, engine.defaults()).await?;
        let said = decide(&mut all)?;
        for Said { policy, action, detail } in &said {
            policies::set(&txn, self.organisation, policy, self.name(), engine.now()).await?;
            let detail = Some(detail.clone());
            let entry = journal::setting(engine, self.organisation, &self.actor(), action, detail);
            store::journal::append(&txn, &entry).await?;
        }
        txn.commit().await.map_err(StoreError::from)?;
        // The policies hold from here on; whom they do not reach now, they reach soon.
        if let Err(error) = engine.reach().await {
            tracing::error!(error = crate::report(&error), "a policy is still on its way");
        }
        Ok(said.len())
    }
}

/// A policy to write, and what the journal says of it.
struct Said {
    policy: Policy,
    action: &'static str,
    detail: String,
}

/// The bounds, for the journal.
fn within(Bounds { least, most }: Bounds) -> String {
    format!("within {} to {}", spell(least), spell(most))
}

/// The policy of a form among all the others, and what is unwise about them.
fn checked(
    policies: &mut Policies,
    kind: Kind,
    form: PolicyForm,
) -> Result<(Policy, Vec<Warning>), FormError> {
    let policy = Policy::new(kind, form.lifetime, form.bounds).map_err(|error| refused(&error))?;
    policies.say(policy);
    let warnings = policies.check().map_err(|error| refused(&error))?;
    Ok((policy, warnings))
}

/// The field that an error is about.
fn refused(error: &PolicyError) -> FormError {
    let field = match error {
        PolicyError::InvalidValueForExpiresIn { .. }
        | PolicyError::InvalidValueForRefreshTokenExpiresIn { .. }
        | PolicyError::OutOfBounds { .. }
        | PolicyError::RefreshEndsFirst { .. } => "lifetime",
        PolicyError::BoundsContradict { .. } => "least",
        PolicyError::BoundsTooWide { kind: _ } => "most",
    };
    invalid(field, Problem::Policy(*error))
}

/// Where a warning is shown.
const fn kind_of(warning: &Warning) -> Kind {
    match warning {
        Warning::LeftToDefault { kind, .. } | Warning::OverRecommended { kind, .. } => *kind,
        Warning::NoMultiple { .. } => Kind::RefreshToken,
    }
}
