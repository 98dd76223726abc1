//! A channel: one small lock around a ring, two queues of waiters and a count of calls.
//!
//! # The rule that keeps every value
//! A put may be completed by its partner; a take completes only in its own poll. A parked taker is
//! only *called*: its waker is woken, and the value waits in the ring, or, on a rendezvous, in a
//! hand-over place that the ring has for it. So no value ever sits in a taker: a take that is
//! dropped loses nothing, order is exact, and nothing has to be moved back.
//!
//! # Invariants (hold whenever the lock is free)
//! A lock in halves (`halves`) is free when nobody holds either.
//!
//! "Waits" means linked and not claimed; `items` counts the values in the ring, `calls` the takers
//! called that have not looked yet, `places` the room beyond the capacity for what is promised to
//! them, `permits` the room that is reserved. Who waits to reserve is a putter without a value.
//!
//! 1. A putter waits ⇒ `items + permits ≥ capacity`, and no put goes past it: whoever takes, or
//!    gives a permit back, moves the oldest waiting values into the room, or reserves it for those
//!    who wait for that, in the same critical section. On a rendezvous, where there are no permits,
//!    the values in the hand-over places are older than those that wait with their putters.
//! 2. A taker waits ⇒ `items` (on a rendezvous with the waiting putters) `≤ calls`. So every growth
//!    of `items`, the refill included, calls a taker; every call is used by a take, found void by
//!    its taker under the lock, or passed on by its drop (`Held::announce`). A biased select that
//!    ends its call to look at other arms first owes that until it has (`Engine::owed`).
//! 3. A node is linked exactly while its state says so. Others touch it only under the lock, and
//!    their last touch is the store of its next state.
//! 4. Putters and takers wait together only through a select that has both, or while a called
//!    taker has not looked yet. What is said of waiters here holds of all that are linked, also of
//!    the arms of a set that is awake (`select/rounds.rs`): whoever meets one unlinks it.
//! 5. No waker, destructor, clone of a waker, allocation or other user code runs under the lock. A
//!    value moves under it at most once.
//! 6. `items + permits ≤ capacity + places`, `permits ≤ capacity`, and `len() ≤ capacity`: what is
//!    promised to called takers is not counted, as Go serves a parked receiver past the buffer.
//! 7. A value is with its putter, in the ring, or returned by one take or one failed put.
//!
//! After Go's `runtime/chan.go`, which keeps one lock as well, but writes the value into the parked
//! receiver: there a receiver cannot be cancelled.

mod batch;
#[cfg(feature = "alloc")]
mod channel;
mod core;
mod fixed;
mod future;
#[cfg(feature = "std")]
mod halves;
mod held;
#[cfg(feature = "alloc")]
mod local;
#[cfg(all(test, csp_loom))]
mod models;
mod permit;
mod raw;
#[cfg(feature = "alloc")]
mod receiver;
#[cfg(feature = "alloc")]
mod sender;
#[cfg(feature = "alloc")]
mod shared;
mod threads;
mod view;

pub(crate) use self::core::Core;
pub(crate) use self::held::Held;
pub(crate) use self::raw::Raw;
#[cfg(feature = "alloc")]
pub use batch::TakeMany;
pub use batch::{PutAll, Rest};
#[cfg(feature = "alloc")]
pub use channel::{Channel, WeakChannel, channel};
pub use fixed::StaticChannel;
pub use future::{Put, PutFrom, Take, WaitClosed};
#[cfg(feature = "alloc")]
pub use local::{
    LocalChannel, LocalReceiver, LocalSender, WeakLocalChannel, WeakLocalReceiver, WeakLocalSender,
    local_channel,
};
pub use permit::{Permit, Reserve};
#[cfg(feature = "alloc")]
pub use receiver::{Receiver, WeakReceiver};
#[cfg(feature = "alloc")]
pub use sender::{Sender, WeakSender};
pub(crate) use threads::Whichever;
pub use threads::{AnyThread, OneThread, Threads};
pub use view::{StaticReceiver, StaticSender};
