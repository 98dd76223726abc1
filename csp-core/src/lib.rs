//! Go's channels and select for async Rust.
#![cfg_attr(not(any(feature = "std", test)), no_std)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod buffer;
mod chan;
mod coop;
mod error;
#[cfg(feature = "alloc")]
pub mod rt;
pub mod select;
mod sync;
mod wait;

#[cfg(feature = "std")]
mod blocking;

#[cfg(feature = "std")]
pub use blocking::block_on;
#[cfg(feature = "alloc")]
pub use chan::{Channel, Receiver, Sender, WeakChannel, WeakReceiver, WeakSender, channel};
pub use chan::{Put, PutFrom, StaticChannel, Take, WaitClosed};
pub use error::{Closed, PutTimeoutError, TakeTimeoutError, TryPutError, TryTakeError};
#[cfg(feature = "alloc")]
pub use select::Select;
