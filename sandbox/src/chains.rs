//! The chains: one live refresh token per client and user, replaced at every use.

use std::collections::HashMap;

use crate::clients::ClientId;
use crate::clock::millis;
use crate::options::Options;
use crate::random;
use crate::users::UserName;

/// Whose chain it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Holder {
    pub(crate) client: ClientId,
    pub(crate) user: UserName,
}

/// A pair of tokens as they were handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Opens the REST API until it expires.
    pub access_token: String,
    /// The link that the next refresh spends.
    pub refresh_token: String,
}

/// Why a link was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No such link, or another client's.
    Unknown,
    /// Spent already, or killed by a younger grant.
    Spent,
    /// The last token is too young; nothing was spent.
    TooEarly { seconds_left: i64 },
    /// Not used for the idle life.
    Idle { expired_at: i64 },
    /// No API call was made with the access token that came with the link.
    NotActivated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Live,
    Spent { at: i64 },
    Killed,
}

#[derive(Debug)]
struct Link {
    holder: Holder,
    state: State,
    issued_at: i64,
    activated: bool,
    /// The link that came for this one, the last if grace gave several.
    successor: Option<String>,
    presented: u64,
    accepted: u64,
}

/// An access token and what it opens.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) holder: Holder,
    /// When it stops, in milliseconds.
    pub(crate) until: i64,
    link: String,
}

/// All links and access tokens that were ever handed out.
#[derive(Debug, Default)]
pub(crate) struct Chains {
    links: HashMap<String, Link>,
    access: HashMap<String, Access>,
    live: HashMap<Holder, String>,
}

impl Chains {
    /// Starts a chain; an older one of the same holder ends here.
    pub(crate) fn begin(&mut self, holder: Holder, now: i64, options: &Options) -> Issued {
        self.kill(&holder);
        self.hand_out(holder, now, options)
    }

    /// Spends a link for a new pair.
    ///
    /// A refused link changes nothing; above all, presenting a spent link leaves the live
    /// one alone unless the options say otherwise: no source tells of reuse detection that
    /// ends the family, and users who stored a newer link went on with it.
    pub(crate) fn refresh(
        &mut self,
        client: &ClientId,
        token: &str,
        now: i64,
        options: &Options,
    ) -> Result<Issued, Refusal> {
        let accepted = self.accept(client, token, now, options);
        if options.reuse_ends_chain
            && accepted == Err(Refusal::Spent)
            && let Some(holder) = self.holder_of(client, token).cloned()
        {
            self.kill(&holder);
        }
        let holder = accepted?;
        // With grace the pair whose answer was lost is still live: it ends here.
        self.kill(&holder);
        let issued = self.hand_out(holder, now, options);
        if let Some(link) = self.links.get_mut(token) {
            link.accepted += 1;
            link.successor = Some(issued.refresh_token.clone());
            link.state = match link.state {
                // The grace counts from the first time, however often it is used.
                State::Spent { at } => State::Spent { at },
                State::Live | State::Killed => State::Spent { at: now },
            };
        }
        Ok(issued)
    }

    fn accept(
        &mut self,
        client: &ClientId,
        token: &str,
        now: i64,
        options: &Options,
    ) -> Result<Holder, Refusal> {
        let link =
            self.links.get_mut(token).filter(|link| &link.holder.client == client).ok_or(Refusal::Unknown)?;
        link.presented += 1;
        let (holder, state) = (link.holder.clone(), link.state);
        let (issued_at, activated) = (link.issued_at, link.activated);
        let minimum = millis(options.minimum_interval);
        match state {
            State::Live => {
                let expired_at = issued_at.saturating_add(millis(options.idle_life));
                if now >= expired_at {
                    return Err(Refusal::Idle { expired_at });
                }
                if now - issued_at < minimum {
                    return Err(too_early(issued_at, now, minimum));
                }
                if options.activation_required && !activated {
                    return Err(Refusal::NotActivated);
                }
                Ok(holder)
            }
            State::Spent { at } if self.in_grace(token, &holder, at, now, options) => Ok(holder),
            State::Spent { .. } | State::Killed => match self.live_link(&holder) {
                Some(live) if options.early_before_spent && now - live.issued_at < minimum => {
                    Err(too_early(live.issued_at, now, minimum))
                }
                Some(_) | None => Err(Refusal::Spent),
            },
        }
    }

    /// Whether a link spent at `at` is still good: in time, and its successor was never used.
    fn in_grace(&self, token: &str, holder: &Holder, at: i64, now: i64, options: &Options) -> bool {
        let successor = self.links.get(token).and_then(|link| link.successor.as_ref());
        options.grace.is_some_and(|grace| now - at <= millis(grace))
            && self.live.get(holder) == successor
            && self.live_link(holder).is_some_and(|live| !live.activated)
    }

    fn live_link(&self, holder: &Holder) -> Option<&Link> {
        self.live.get(holder).and_then(|token| self.links.get(token))
    }

    fn hand_out(&mut self, holder: Holder, now: i64, options: &Options) -> Issued {
        let issued = Issued { access_token: random::token(), refresh_token: random::token() };
        let link = Link {
            holder: holder.clone(),
            state: State::Live,
            issued_at: now,
            activated: false,
            successor: None,
            presented: 0,
            accepted: 0,
        };
        let access = Access {
            holder: holder.clone(),
            until: now.saturating_add(millis(options.access_lifetime)),
            link: issued.refresh_token.clone(),
        };
        self.links.insert(issued.refresh_token.clone(), link);
        self.access.insert(issued.access_token.clone(), access);
        self.live.insert(holder, issued.refresh_token.clone());
        issued
    }

    /// Ends the live link; its access token goes on until it expires.
    ///
    /// That an access token outlives its chain is a choice: no source tells of a call that
    /// was refused before the 600 s were over.
    pub(crate) fn kill(&mut self, holder: &Holder) -> bool {
        let Some(link) = self.live.remove(holder).and_then(|token| self.links.get_mut(&token)) else {
            return false;
        };
        if link.state == State::Live {
            link.state = State::Killed;
        }
        true
    }

    /// Whose link this is, for the daily count.
    pub(crate) fn holder_of(&self, client: &ClientId, token: &str) -> Option<&Holder> {
        let holder = &self.links.get(token)?.holder;
        (&holder.client == client).then_some(holder)
    }

    pub(crate) fn access(&self, token: &str) -> Option<&Access> {
        self.access.get(token)
    }

    /// Notes that an access token was used, which activates the link it came with.
    pub(crate) fn activate(&mut self, access_token: &str) {
        if let Some(access) = self.access.get(access_token)
            && let Some(link) = self.links.get_mut(&access.link)
        {
            link.activated = true;
        }
    }

    /// Holders with a live link and when that was issued.
    pub(crate) fn live(&self) -> impl Iterator<Item = (&Holder, i64)> + '_ {
        self.live.iter().filter_map(|(holder, token)| Some((holder, self.links.get(token)?.issued_at)))
    }

    /// The most often that any one link was presented, and was accepted.
    pub(crate) fn most_used(&self) -> (u64, u64) {
        self.links.values().fold((0, 0), |(presented, accepted), link| {
            (presented.max(link.presented), accepted.max(link.accepted))
        })
    }
}

fn too_early(issued_at: i64, now: i64, minimum: i64) -> Refusal {
    Refusal::TooEarly { seconds_left: (minimum - (now - issued_at) + 999) / 1000 }
}
