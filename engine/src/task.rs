//! Work in the background: each task takes no input, reads the store and moves it one step; done
//! periodically and on demand by the same code.

mod alerts;
mod driver;
mod reseal;
mod tidy;
mod wake_due;

pub use driver::TaskStatus;
