//! Storms on this runtime; `ci/storms.sh` runs them with a million values each.

use csp_tokio::rt::Spawn;
use std::future::Future;
use tokio::runtime::{Builder, Handle, Runtime};

fn two_threads() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).enable_time().build().unwrap()
}

csp_conformance::storms!(csp_tokio::Tokio, |test| two_threads().block_on(test));

/// A runtime that is not entered.
struct On(Handle);

impl Spawn for On {
    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, fut: F) {
        self.0.spawn(fut);
    }
}

#[test]
fn runtimes_dropped_while_threads_wait_for_their_processes() {
    csp_conformance::runtime::runtimes_dropped_while_threads_wait_for_their_processes(|| {
        let runtime = two_threads();
        (On(runtime.handle().clone()), runtime)
    });
}
