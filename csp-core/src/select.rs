//! Select: of any puts, takes and other futures, exactly one commits.
//!
//! The [`select!`](crate::select!) macro is how it is usually written; it only spells
//! [`SelectOnce`], which can be built by hand. [`Select`] is the set that is built at run time.
//!
//! # The protocol (Go's, with one compare-exchange instead of one lock per goroutine)
//! 1. Look: from the arm on whose turn it is (`select/random.rs`; biased: from the first), try each
//!    alone, one lock each. Whoever finds something is done and has published nothing.
//! 2. Otherwise lock the channels of all arms, in one order (of their addresses), and look again. If
//!    something is there, unlock and go to 1. If not, that was one instant at which no arm was
//!    ready: `default` fires, or all arms are linked and the select sleeps.
//! 3. A partner, holding the lock of one arm's channel, claims the sleeper by one compare-exchange
//!    (`wait/claim.rs`): it completes a put arm, or calls the select to look at a take arm.
//! 4. Awake, the select commits to one arm and takes the nodes of the others back. If it leaves by
//!    another arm than the one it was called for, it passes the call on.
//!
//! A [`Select`] that is used again and again does not take its nodes back, and looks only at what has
//! changed: `select/rounds.rs` says how, and why it misses nothing. The header, the claim and what
//! is done under a channel's lock are the same for both.
//!
//! After Go's `runtime/select.go`. Locking the arms one by one instead, without step 2's instant,
//! needs claims on both sides, undoing and looking again.

mod arm;
mod engine;
#[cfg(all(test, csp_loom))]
mod models;
mod once;
mod random;
#[cfg(feature = "alloc")]
mod rounds;
#[cfg(feature = "alloc")]
mod set;
mod syntax;

pub use arm::{Arm, FutureArm, IntoArm, PutArm, PutFromArm, TakeArm};
pub use once::{Arms, Either, Never, NoArms, OneMore, SelectDefault, SelectOnce};
pub use random::seed;
#[cfg(feature = "alloc")]
pub use set::{Key, Select, Wait};
#[doc(hidden)]
pub use syntax::spell;
