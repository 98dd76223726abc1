//! Channels and select in a program for x86-64 Linux that has nothing but itself: no libc, no
//! allocator. That it links shows that they need neither.

#![no_std]
#![no_main]

use core::arch::{asm, global_asm};
use core::future::Future;
use core::panic::PanicInfo;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use csp_core::{Closed, StaticChannel, TryPutError, TryTakeError, select};

static MEETING: StaticChannel<u32, 0> = StaticChannel::new();
static STORE: StaticChannel<u32, 2> = StaticChannel::new();

// The stack comes aligned for a jump, not for a call.
global_asm!(".globl _start", "_start:", "xor ebp, ebp", "call {run}", "ud2", run = sym run);

extern "C" fn run() -> ! {
    for (number, check) in (1..).zip([rendezvous, buffered, closing, selecting]) {
        if !check() {
            exit(number);
        }
    }
    exit(0)
}

fn exit(status: i32) -> ! {
    // SAFETY: exit_group, which does not come back.
    unsafe { asm!("syscall", in("rax") 231, in("rdi") status, options(noreturn)) }
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn rendezvous() -> bool {
    let mut take = pin!(MEETING.take());
    let refused = MEETING.try_put(1) == Err(TryPutError::Full(1));
    let waits = poll(take.as_mut()).is_pending();
    let put = poll(pin!(MEETING.put(2))) == Poll::Ready(Ok(()));
    refused && waits && put && poll(take) == Poll::Ready(Some(2))
}

fn buffered() -> bool {
    let stored = STORE.try_put(1).is_ok() && STORE.try_put(2).is_ok();
    let full = STORE.try_put(3) == Err(TryPutError::Full(3));
    stored && full && STORE.try_take() == Ok(1) && STORE.try_take() == Ok(2)
}

fn closing() -> bool {
    let mut put = pin!(MEETING.put(4));
    let waits = poll(put.as_mut()).is_pending();
    let closed = MEETING.close() && poll(put) == Poll::Ready(Err(Closed(4)));
    let ended = MEETING.try_take() == Err(TryTakeError::Closed);
    waits && closed && ended && MEETING.reopen()
}

fn selecting() -> bool {
    let mut place = Some(5);
    let mut select = pin!(async {
        select! {
            result = MEETING.put_from(&mut place) => result.map_or(0, |()| 1),
            value = STORE.take() => value.unwrap_or(0),
        }
    });
    let waits = poll(select.as_mut()).is_pending();
    let stored = STORE.try_put(6).is_ok();
    // Called for the store, it takes from there; the put has not happened.
    waits && stored && poll(select) == Poll::Ready(6) && MEETING.try_take().is_err()
}

#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    exit(101)
}

/// The compiled `core` names it; nothing unwinds here.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
