/work/main/examples/embedded/bare/target/thumbv7m-none-eabi/release/deps/csp_core-1880a63f0a68ca1b.d: /work/main/csp-core/src/lib.rs /work/main/csp-core/src/buffer.rs /work/main/csp-core/src/chan.rs /work/main/csp-core/src/chan/core.rs /work/main/csp-core/src/chan/fixed.rs /work/main/csp-core/src/chan/future.rs /work/main/csp-core/src/chan/held.rs /work/main/csp-core/src/chan/raw.rs /work/main/csp-core/src/chan/view.rs /work/main/csp-core/src/coop.rs /work/main/csp-core/src/error.rs /work/main/csp-core/src/rt.rs /work/main/csp-core/src/select.rs /work/main/csp-core/src/select/arm.rs /work/main/csp-core/src/select/engine.rs /work/main/csp-core/src/select/once.rs /work/main/csp-core/src/select/random.rs /work/main/csp-core/src/select/syntax.rs /work/main/csp-core/src/sync.rs /work/main/csp-core/src/sync/spin.rs /work/main/csp-core/src/wait.rs /work/main/csp-core/src/wait/claim.rs /work/main/csp-core/src/wait/queue.rs /work/main/csp-core/src/wait/wakes.rs /work/main/csp-core/src/rt/threads.rs

/work/main/examples/embedded/bare/target/thumbv7m-none-eabi/release/deps/libcsp_core-1880a63f0a68ca1b.rmeta: /work/main/csp-core/src/lib.rs /work/main/csp-core/src/buffer.rs /work/main/csp-core/src/chan.rs /work/main/csp-core/src/chan/core.rs /work/main/csp-core/src/chan/fixed.rs /work/main/csp-core/src/chan/future.rs /work/main/csp-core/src/chan/held.rs /work/main/csp-core/src/chan/raw.rs /work/main/csp-core/src/chan/view.rs /work/main/csp-core/src/coop.rs /work/main/csp-core/src/error.rs /work/main/csp-core/src/rt.rs /work/main/csp-core/src/select.rs /work/main/csp-core/src/select/arm.rs /work/main/csp-core/src/select/engine.rs /work/main/csp-core/src/select/once.rs /work/main/csp-core/src/select/random.rs /work/main/csp-core/src/select/syntax.rs /work/main/csp-core/src/sync.rs /work/main/csp-core/src/sync/spin.rs /work/main/csp-core/src/wait.rs /work/main/csp-core/src/wait/claim.rs /work/main/csp-core/src/wait/queue.rs /work/main/csp-core/src/wait/wakes.rs /work/main/csp-core/src/rt/threads.rs

/work/main/csp-core/src/lib.rs:
/work/main/csp-core/src/buffer.rs:
/work/main/csp-core/src/chan.rs:
/work/main/csp-core/src/chan/core.rs:
/work/main/csp-core/src/chan/fixed.rs:
/work/main/csp-core/src/chan/future.rs:
/work/main/csp-core/src/chan/held.rs:
/work/main/csp-core/src/chan/raw.rs:
/work/main/csp-core/src/chan/view.rs:
/work/main/csp-core/src/coop.rs:
/work/main/csp-core/src/error.rs:
/work/main/csp-core/src/rt.rs:
/work/main/csp-core/src/select.rs:
/work/main/csp-core/src/select/arm.rs:
/work/main/csp-core/src/select/engine.rs:
/work/main/csp-core/src/select/once.rs:
/work/main/csp-core/src/select/random.rs:
/work/main/csp-core/src/select/syntax.rs:
/work/main/csp-core/src/sync.rs:
/work/main/csp-core/src/sync/spin.rs:
/work/main/csp-core/src/wait.rs:
/work/main/csp-core/src/wait/claim.rs:
/work/main/csp-core/src/wait/queue.rs:
/work/main/csp-core/src/wait/wakes.rs:
/work/main/csp-core/src/rt/threads.rs:
