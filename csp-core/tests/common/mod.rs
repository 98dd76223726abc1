//! What the tests share: futures polled by hand, values that count their drops, books for
//! storms of them, all kinds of channels behind one trait, and a small executor.
#![allow(dead_code, reason = "each test program uses its own part of this")]

mod books;
mod executor;
mod kinds;
mod task;
mod value;

#[allow(unused_imports)]
pub use self::{
    books::{Books, End, Handle, Token, Watched, within},
    executor::Executor,
    kinds::{AnyChannel, SharedChannel, each_kind, heap, local},
    task::{Task, now, poll_once},
    value::{Ledger, Value},
};

/// Runs what is expected to panic and gives what it panicked with.
pub fn panic_of<T>(body: impl FnOnce() -> T) -> String {
    let body = std::panic::AssertUnwindSafe(body);
    let panicked = std::panic::catch_unwind(body).err();
    let payload = panicked.expect("this should have panicked");
    match payload.downcast_ref::<&str>() {
        Some(text) => (*text).to_owned(),
        None => *payload.downcast::<String>().expect("a panic with a text"),
    }
}

/// A xorshift generator: small, and the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        // Spread small seeds; never 0.
        Random(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) as usize) % bound
    }
}
