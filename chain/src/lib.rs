//! The life of a rotating OAuth token, as a pure state machine.
//!
//! A [`Chain`] is what one authorization server keeps for one client and one upstream user: a
//! sequence of refresh tokens of which only the newest is valid. [`Chain::step`] takes what
//! happened and says what the chain is now and what is to be done; it reads no clock, opens no
//! socket and knows no secret. [`Chain::wake`] says when time alone will change something.
//!
//! The shell around it commits the new state first and performs the effects second.

mod backoff;
mod effect;
mod event;
mod fault;
mod id;
mod rules;
mod spend;
mod state;
mod step;
mod time;
mod wake;

pub use backoff::Backoff;
pub use effect::{Alert, Effect};
pub use event::{Event, Received};
pub use fault::{Fault, RecoveryFailure, Verdict};
pub use id::{
    ChainId, ConsumerId, ContainerId, DatabaseId, OperatorId, OrganisationId, ParseIdError, RegistrationId,
};
pub use rules::{RecoveryRules, Resend, Rules, Window};
pub use state::{Activation, Calls, Chain, Credentials, Doubt, Effort, Held, Phase, State};
pub use step::{Step, TO_RENEW, UnexpectedEvent};
pub use time::Time;
pub use wake::Wake;
