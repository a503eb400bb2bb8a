//! The parts that pages are made of; none of them knows a database from a chain.

#[cfg(feature = "ssr")]
mod chart;
mod copy;
#[cfg(feature = "ssr")]
mod fields;
mod icon;
#[cfg(feature = "ssr")]
mod icons;
#[cfg(feature = "ssr")]
mod inputs;
#[cfg(feature = "ssr")]
mod page_links;
#[cfg(feature = "ssr")]
mod parts;

#[cfg(feature = "ssr")]
pub use chart::{BarChart, Series};
pub use copy::CopyButton;
#[cfg(feature = "ssr")]
pub use fields::{CheckBox, Choice, Hidden, SelectField, TextField};
pub use icon::Icon;
#[cfg(feature = "ssr")]
pub use icons::Icons;
#[cfg(feature = "ssr")]
pub use inputs::{FileField, NumberField, TextArea};
#[cfg(feature = "ssr")]
pub use page_links::{PageLinks, pages_around};
#[cfg(feature = "ssr")]
pub use parts::{Confirm, Copyable, Disclosure, Empty, Menu, NoticeBox, Tone, Unfold};
