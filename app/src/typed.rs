//! What is said of a field while somebody fills it in.
//!
//! The server is asked, and forgets at once: the dictionaries that tell strong passwords are larger
//! than everything else that a page loads, and a secret is read there by what will read it later.

mod code;
mod days;
mod strength;
#[cfg(feature = "hydrate")]
mod watch;

pub use code::{CodePreview, CodeWords, Preview};
pub use days::DaysSlider;
pub use strength::{Strength, StrengthMeter};
