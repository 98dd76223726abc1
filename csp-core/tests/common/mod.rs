//! What the tests share: futures polled by hand, values that count their drops, books for
//! storms of them, all kinds of channels behind one trait, and a small executor.
#![allow(dead_code, reason = "each test program uses its own part of this")]

mod books;
mod executor;
mod kinds;
mod random;
mod task;
mod value;

#[allow(unused_imports)]
pub use self::{
    books::{
        Books, End, Handle, Token, Watched, expect_panics, is_expected, panic_as_expected,
        storm_size, within,
    },
    executor::Executor,
    kinds::{
        AnyChannel, AnyPermit, AnyPutAll, AnyReserve, AnyTakeMany, OneOf, SharedChannel,
        all_permits, each_kind, heap, local,
    },
    random::Random,
    task::{Task, now, poll_once, waker},
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

/// Runs a body, and says what it was when that panics.
pub fn named<T>(name: String, body: impl FnOnce() -> T) -> T {
    struct Named(String);
    impl Drop for Named {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("{}", self.0);
            }
        }
    }
    let _named = Named(name);
    body()
}
