//! Loom models of channels: every schedule of two or three threads. Run by `ci/loom.sh`.
//!
//! Where somebody might sleep for ever, the model keeps the channel to its end: the close by the
//! last drop would wake the sleeper.

mod batches;
mod cancel;
mod close;
mod ends;
mod halves;
mod order;
mod parking;
mod permits;
