use std::time::Duration;

use thiserror::Error;

use crate::{Given, Kind};

/// The shortest and the longest lifetime that may be chosen, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// At least.
    pub least: Duration,
    /// At most.
    pub most: Duration,
}

impl Bounds {
    /// Whether a lifetime lies within.
    pub fn contain(self, lifetime: Duration) -> bool {
        self.least <= lifetime && lifetime <= self.most
    }
}

/// How long things of one kind live; there is none without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    kind: Kind,
    lifetime: Duration,
    bounds: Bounds,
}

/// Why something is no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// The lifetime is absent, 0, negative or "for ever".
    #[error("InvalidValueForExpiresIn: {} needs a lifetime with an end, not {given}", kind.word())]
    InvalidValueForExpiresIn {
        /// Of what.
        kind: Kind,
        /// What was given instead.
        given: Given,
    },
    /// The lifetime of refresh tokens is absent, 0, negative or "for ever".
    #[error("InvalidValueForRefreshTokenExpiresIn: refresh_token needs a lifetime with an end, not {given}")]
    InvalidValueForRefreshTokenExpiresIn {
        /// What was given instead.
        given: Given,
    },
    /// A bound lies beyond what is possible for the kind.
    #[error("BoundsTooWide: the bounds of {} must lie within {:?} to {:?}", kind.word(), kind.outermost().least, kind.outermost().most)]
    BoundsTooWide {
        /// Of what.
        kind: Kind,
    },
    /// The lower bound is over the upper one.
    #[error("BoundsContradict: the lower bound of {} is over its upper one", kind.word())]
    BoundsContradict {
        /// Of what.
        kind: Kind,
    },
    /// The lifetime lies outside its bounds.
    #[error("OutOfBounds: the lifetime of {} must lie within {:?} to {:?}", kind.word(), bounds.least, bounds.most)]
    OutOfBounds {
        /// Of what.
        kind: Kind,
        /// What was allowed.
        bounds: Bounds,
    },
    /// Refresh tokens would end before the access tokens that they renew.
    #[error("RefreshEndsFirst: refresh tokens of {refresh:?} would end before access tokens of {access:?}")]
    RefreshEndsFirst {
        /// How long access tokens live.
        access: Duration,
        /// How long refresh tokens live.
        refresh: Duration,
    },
}

impl Policy {
    /// A policy, if the lifetime has an end and lies within the bounds.
    ///
    /// # Errors
    /// See [`PolicyError`].
    pub fn new(kind: Kind, given: Given, bounds: Bounds) -> Result<Self, PolicyError> {
        let Some(lifetime) = given.lifetime() else {
            return Err(PolicyError::endless(kind, given));
        };
        let outermost = kind.outermost();
        if bounds.least > bounds.most {
            return Err(PolicyError::BoundsContradict { kind });
        }
        if !outermost.contain(bounds.least) || !outermost.contain(bounds.most) {
            return Err(PolicyError::BoundsTooWide { kind });
        }
        if !bounds.contain(lifetime) {
            return Err(PolicyError::OutOfBounds { kind, bounds });
        }
        Ok(Self { kind, lifetime, bounds })
    }

    /// What it is about.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// How long things live unless chosen otherwise.
    pub const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// What may be chosen.
    pub const fn bounds(&self) -> Bounds {
        self.bounds
    }
}

impl PolicyError {
    /// The error for a lifetime without an end.
    pub const fn endless(kind: Kind, given: Given) -> Self {
        match kind {
            Kind::RefreshToken => Self::InvalidValueForRefreshTokenExpiresIn { given },
            Kind::UpstreamLink
            | Kind::ConsumerKey
            | Kind::AccessToken
            | Kind::Credential
            | Kind::Session
            | Kind::OneTimeState
            | Kind::Journal => Self::InvalidValueForExpiresIn { kind, given },
        }
    }

    /// Its name, for programs and for texts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidValueForExpiresIn { .. } => "InvalidValueForExpiresIn",
            Self::InvalidValueForRefreshTokenExpiresIn { .. } => "InvalidValueForRefreshTokenExpiresIn",
            Self::BoundsTooWide { .. } => "BoundsTooWide",
            Self::BoundsContradict { .. } => "BoundsContradict",
            Self::OutOfBounds { .. } => "OutOfBounds",
            Self::RefreshEndsFirst { .. } => "RefreshEndsFirst",
        }
    }
}
