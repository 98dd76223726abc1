//! Storms: very many values among processes that give up, are aborted, panic, or go with their
//! runtime, at random. Every value's end is in the books.
//!
//! An adapter's `tests/storms.rs` is as short as its `tests/conformance.rs`, with
//! [`storms!`](crate::storms). `CSP_STORM=1000000` says of how many values a storm is made.

// csp-core's own storms keep the same books.
#[path = "../../csp-core/tests/common/books.rs"]
#[allow(dead_code)]
mod books;
#[path = "../../csp-core/tests/common/random.rs"]
#[allow(dead_code)]
mod random;

pub mod abort;
pub mod cancel;
pub mod close;
pub mod hostile;
pub mod local;
pub mod runtime;

use crate::Tested;
use crate::tools::yield_now;
use books::{Books, Handle, Token, Watched, storm_size};
use csp_core::rt::{Process, Stopped, go};
use csp_core::{Receiver, Sender};
use random::Random;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

type Tx = Handle<Sender<Token>>;
type Rx = Handle<Receiver<Token>>;

/// Makes a `#[test]` of each storm: `storms!(adapter::Runtime, block_on)`.
#[macro_export]
macro_rules! storms {
    ($adapter:ident :: $runtime:ident, $block_on:expr) => {
        fn block_on<F: ::std::future::Future>(test: F) -> F::Output {
            ($block_on)(test)
        }
        $crate::tests! { $adapter::$runtime, cancel {
            selects_that_run_out_of_time_on_a_rendezvous
            selects_that_run_out_of_time_with_room_for_one
            selects_that_run_out_of_time_with_room_for_eight
        }}
        $crate::tests! { $adapter::$runtime, abort {
            processes_aborted_on_a_rendezvous
            processes_aborted_with_room_for_one
            processes_aborted_with_room_for_eight
        }}
        $crate::tests! { $adapter::$runtime, close {
            channels_closed_by_either_end_or_by_its_drop
        }}
        $crate::tests! { $adapter::$runtime, hostile {
            values_whose_destructors_panic_or_put
        }}
        $crate::tests! { $adapter::$runtime, local {
            local_runtimes_dropped_while_others_wake_their_processes
        }}
    };
}

/// A small number of values, if nothing else is asked for.
const FEW: usize = 20_000;

/// Has the channel to itself for so long that its lock is biased towards this thread when others come.
fn have_it_alone(rx: &Rx) {
    (0..1100).for_each(|_| assert!(rx.try_take().is_err(), "nobody has put"));
}

/// Half of the processes run inside the test's own future, so that two threads are at work on a
/// runtime of one thread too.
#[derive(Default)]
struct Crowd {
    started: usize,
    outside: Vec<Process<()>>,
    inside: Vec<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Crowd {
    fn start<R: Tested>(&mut self, rt: &R, process: impl Future<Output = ()> + Send + 'static) {
        if self.started % 2 == 0 {
            self.outside.push(go(rt, process));
        } else {
            self.inside.push(Box::pin(process));
        }
        self.started += 1;
    }

    /// Waits until all have ended.
    async fn end(self) {
        crate::tools::together(self.inside).await;
        for process in self.outside {
            process.await.unwrap();
        }
    }
}

/// What a select's patience is: mostly not even a turn, sometimes a timer.
async fn pause<R: Tested>(rt: &R, random: &mut Random) {
    match random.below(40) {
        0 => {
            rt.sleep(Duration::from_micros(random.below(200) as u64))
                .await
        }
        1 => {
            csp_core::rt::timeout(rt, Duration::from_micros(random.below(200) as u64))
                .take()
                .await;
        }
        turns => {
            for _ in 0..turns % 4 {
                yield_now().await;
            }
        }
    }
}

/// Waits for a process that may have been aborted, or have panicked as a storm does; says whether it
/// came to its own end.
async fn end_of(process: Process<()>) -> bool {
    match process.await {
        Ok(()) => true,
        Err(Stopped::Cancelled) => false,
        Err(Stopped::Panicked(payload)) => {
            let payload = payload.into_inner();
            assert!(books::is_expected(&*payload), "{payload:?}");
            false
        }
    }
}
