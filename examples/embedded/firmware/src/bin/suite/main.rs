//! The channels' tests on the target: what needs nothing but a channel (`alone`), what takes an
//! interrupt handler at the other end (`handler`), and the same of heap channels (`heap`).

#![no_std]
#![no_main]

mod alone;
mod handler;
#[cfg(feature = "heap")]
mod heap;

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use cortex_m_rt::{entry, exception};
use cortex_m_semihosting::hprintln;
use firmware::clock;

/// A test, with the name that it goes by.
type Test = (&'static str, fn());

#[exception]
fn SysTick() {
    clock::tick();
    handler::act_at_once();
    firmware::handler::request();
}

#[exception]
fn PendSV() {
    firmware::handler::run(handler::act);
}

/// One poll, by nobody who could be woken.
fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The output of a future that has to be ready.
#[track_caller]
fn ready<T>(polled: Poll<T>) -> T {
    match polled {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("should be ready, but waits"),
    }
}

#[entry]
fn main() -> ! {
    firmware::start();
    let suites = [
        alone::TESTS,
        handler::TESTS,
        #[cfg(feature = "heap")]
        heap::TESTS,
    ];
    let mut passed = 0;
    for (name, test) in suites.into_iter().flatten() {
        test();
        hprintln!("ok: {}", name);
        passed += 1;
    }
    hprintln!("{} tests passed", passed);
    firmware::exit(passed > 0)
}
