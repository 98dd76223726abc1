//! The behaviour every adapter must show, on a multi-threaded runtime.

use tokio::runtime::Builder;

csp_conformance::suite!(csp_tokio::Tokio, |test| {
    let mut builder = Builder::new_multi_thread();
    builder
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
        .block_on(test)
});
