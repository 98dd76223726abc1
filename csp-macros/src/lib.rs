//! The attribute `#[process]` of the csp adapters.
//!
//! Use it from an adapter (`csp_tokio::process`, `csp_smol::process`, `csp_async_std::process`); there
//! it is documented with examples. The macros here differ only in whose `go` they call.
#![forbid(unsafe_code)]

mod expand;

use proc_macro::TokenStream;

/// Makes an `async fn` start a process, on the runtime named by `crate`.
///
/// `#[process(crate = path)]` takes any path that has a function `go` and a type `Process`, such as a
/// module of yours that binds `csp_core::rt` to your own runtime.
#[proc_macro_attribute]
pub fn process(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::process(args, item, None)
}

/// Makes an `async fn` start a process, with `csp_tokio::go` unless told otherwise.
#[proc_macro_attribute]
pub fn process_tokio(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::process(args, item, Some("::csp_tokio"))
}

/// Makes an `async fn` start a process, with `csp_smol::go` unless told otherwise.
#[proc_macro_attribute]
pub fn process_smol(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::process(args, item, Some("::csp_smol"))
}

/// Makes an `async fn` start a process, with `csp_async_std::go` unless told otherwise.
#[proc_macro_attribute]
pub fn process_async_std(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::process(args, item, Some("::csp_async_std"))
}
