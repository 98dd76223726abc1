//! What the example programs share: their arguments, their output, and the runtime they run on.
//!
//! Each example is an `async fn` over any [`Runtime`](csp_core::rt::Runtime), and its `main` runs it
//! on the one that `--runtime` names. A program that has settled for a runtime needs none of this:
//! it depends on `csp-tokio`, `csp-smol` or `csp-async-std`, and calls its `go`, `timeout`, … instead
//! of those of `csp_core::rt`.
#![forbid(unsafe_code)]

mod arguments;
mod output;
mod runtime;

pub use arguments::{Arguments, bad_input};
pub use csp_async_std::AsyncStd;
pub use csp_smol::Smol;
pub use csp_tokio::Tokio;
pub use output::{complain, give_up, say};
pub use runtime::{RuntimeName, on_async_std, on_smol, on_tokio};

/// The README's program, which the doc tests run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
