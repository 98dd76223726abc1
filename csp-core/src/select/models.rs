//! Loom models of select: every schedule of two or three threads. Run by `ci/loom.sh`.
//!
//! Each keeps its channels to its end, as those of `chan/models.rs` do.

mod commit;
mod cross;
mod leave;
mod local;
mod rounds;
mod set;
