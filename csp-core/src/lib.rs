//! Go's channels and select for async Rust: on any executor, without `std` or a heap if need be.
//!
//! CSP, Hoare's *Communicating Sequential Processes*, is programs made of processes that share
//! nothing and talk over channels. A process here is any `async fn`; this crate has the channels
//! and the choice between them.
//!
//! # Channels
//!
//! A channel of capacity 0 is a rendezvous: a put waits until somebody takes. One of capacity *n*
//! stores *n* values, then puts wait.
//!
//! ```
//! use csp_core::{block_on, channel};
//!
//! block_on(async {
//!     let (tx, rx) = channel(1);
//!     tx.put("a value").await?;
//!     assert_eq!(rx.take().await, Some("a value"));
//!     drop(rx);
//!     // Nobody is left to take it: the value comes back.
//!     let closed = tx.put("another").await.unwrap_err();
//!     assert_eq!(closed.into_inner(), "another");
//! #   Ok::<(), csp_core::Closed<&str>>(())
//! })
//! # .unwrap();
//! ```
//!
//! [`channel`](channel()) gives a [`Sender`] and a [`Receiver`]; [`Channel`] is both ends in one
//! handle, as in Go; [`LocalChannel`] is the same for one thread, without a lock; [`StaticChannel`]
//! lives in a `static`, without a heap. `put` and `take` wait, `try_put` and `try_take` do not, and
//! `put_blocking` and `take_blocking` wait in a thread; `put_all`, `take_many` and `drain` move many
//! values under one lock. Whatever is cancelled, closed or refused: a value is with its putter, in
//! the channel, or with one taker. It is never lost and never there twice.
//!
//! # Select
//!
//! [`select!`] waits for several operations at once, puts and takes alike. Exactly one of them
//! commits; the others have never happened.
//!
//! ```
//! use csp_core::{Channel, block_on, select};
//!
//! block_on(async {
//!     let (here, there) = (Channel::new(1), Channel::new(1));
//!     here.put(1).await?;
//!     for _ in 0..2 {
//!         select! {
//!             value = here.take() => println!("took {value:?}"),
//!             result = there.put(2) => println!("put: {result:?}"),
//!         }
//!     }
//!     assert!(here.is_empty() && there.is_full());
//! #   Ok::<(), csp_core::Closed<i32>>(())
//! })
//! # .unwrap();
//! ```
//!
//! [`Select`] is the same for a set of arms that is built at run time.
//!
//! # Processes and time
//!
//! Starting processes and waiting for a while are a runtime's business. The adapters `csp-tokio`,
//! `csp-smol` and `csp-async-std` add `go`, `wait`, `timeout`, `tick` and `channelify`, the same
//! names in each, and bring this crate with them. They are the functions of [`rt`], which can be
//! had on any executor by implementing two small traits.
//!
//! # Without `std`, without a heap
//!
//! | features | has |
//! |---|---|
//! | `std` (default) | everything |
//! | `alloc` | all but blocking calls and panics as values |
//! | none | [`StaticChannel`] and [`select!`] |
//!
//! `critical-section` makes the lock one that interrupt handlers may meet, and `defmt` formats the
//! public types. How to use it on a microcontroller, and what it costs there: [`embedded`].
//!
//! ```
//! use csp_core::{StaticChannel, TryPutError};
//!
//! static EVENTS: StaticChannel<u8, 2> = StaticChannel::new();
//!
//! EVENTS.try_put(1).unwrap();
//! EVENTS.try_put(2).unwrap();
//! assert_eq!(EVENTS.try_put(3), Err(TryPutError::Full(3)));
//! assert_eq!(EVENTS.try_take(), Ok(1));
//! ```
//!
//! # Words from elsewhere
//!
//! | here | Go | core.async | tokio |
//! |---|---|---|---|
//! | `channel(n)` | `make(chan T, n)` | `(chan n)` | `mpsc::channel(n)` |
//! | `tx.put(v).await` | `c <- v` | `(>! c v)` | `tx.send(v).await` |
//! | `rx.take().await` | `<-c` | `(<! c)` | `rx.recv().await` |
//! | `tx.reserve().await` | – | – | `tx.reserve().await` |
//! | `select! { … }` | `select { … }` | `(alt! …)` | `select!`, takes only |
//! | `put_blocking`, `take_blocking` | – | `>!!`, `<!!` | `blocking_send`, `blocking_recv` |
//! | `close()`, or drop the last end | `close(c)` | `close!` | drop the last end |
#![no_std]
#![cfg_attr(not(feature = "std"), allow(rustdoc::broken_intra_doc_links))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod answer;
mod buffer;
mod chan;
mod coop;
#[cfg(all(test, feature = "alloc", not(csp_loom)))]
mod counts;
#[cfg(doc)]
pub mod embedded {
    #![doc = include_str!("../docs/embedded.md")]
}
mod error;
#[cfg(feature = "defmt")]
mod formats;
mod hint;
#[cfg(all(test, csp_loom))]
mod models;
pub mod rt;
pub mod select;
mod sync;
mod wait;

#[cfg(feature = "std")]
mod blocking;

#[cfg(feature = "std")]
pub use blocking::block_on;
#[cfg(feature = "alloc")]
pub use chan::TakeMany;
pub use chan::{AnyThread, OneThread, Threads};
#[cfg(feature = "alloc")]
pub use chan::{Channel, Receiver, Sender, WeakChannel, WeakReceiver, WeakSender, channel};
#[cfg(feature = "alloc")]
pub use chan::{
    LocalChannel, LocalReceiver, LocalSender, WeakLocalChannel, WeakLocalReceiver, WeakLocalSender,
    local_channel,
};
pub use chan::{
    Permit, Put, PutAll, PutFrom, Reserve, Rest, StaticChannel, StaticReceiver, StaticSender, Take,
    WaitClosed,
};
pub use error::{
    Closed, PutTimeoutError, ReserveError, TakeTimeoutError, TryPutError, TryReserveError,
    TryTakeError,
};
#[cfg(feature = "alloc")]
pub use select::Select;
