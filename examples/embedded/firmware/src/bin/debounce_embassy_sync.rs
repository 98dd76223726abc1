//! The debounced button on embassy-sync, for comparison. Its channels have no close, so the end is a
//! value of its own; no rendezvous, so the presses have a buffer of one; and its select is over
//! futures, of which the others are dropped, so nothing that has to be put can be in it.

#![no_std]
#![no_main]

use core::cell::Cell;
use cortex_m_rt::{entry, exception};
use cortex_m_semihosting::hprintln;
use critical_section::Mutex;
use csp_core::rt::Timer;
use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;
use firmware::clock::{self, Clock};
use firmware::debounce::{PRESSES, QUIET, edge};
use firmware::{block_on, exit, handler, join};

/// `None`: the end.
static EDGES: Channel<CriticalSectionRawMutex, Option<bool>, 8> = Channel::new();
static PRESSED: Channel<CriticalSectionRawMutex, Option<u32>, 1> = Channel::new();
static PUT: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));

#[exception]
fn SysTick() {
    clock::tick();
    handler::request();
}

#[exception]
fn PendSV() {
    handler::run(|| {
        if let Some(edge) = edge(Clock.ticks())
            && EDGES.try_send(edge).is_ok()
            && edge.is_some()
        {
            critical_section::with(|section| {
                PUT.borrow(section).set(PUT.borrow(section).get() + 1);
            });
        }
    });
}

async fn debounce() -> u32 {
    let (mut taken, mut presses, mut stable) = (0, 0, false);
    let mut open = true;
    while open {
        let Some(mut level) = EDGES.receive().await else {
            break;
        };
        taken += 1;
        loop {
            match select(EDGES.receive(), Clock.sleep(QUIET)).await {
                Either::First(Some(edge)) => (taken, level) = (taken + 1, edge),
                Either::First(None) => {
                    open = false;
                    break;
                }
                Either::Second(()) => break,
            }
        }
        if level != stable {
            stable = level;
            if stable {
                presses += 1;
                PRESSED.send(Some(presses)).await;
            }
        }
    }
    PRESSED.send(None).await;
    taken
}

async fn count() -> u32 {
    let mut count = 0;
    while let Some(number) = PRESSED.receive().await {
        count += 1;
        assert_eq!(number, count, "presses come in order");
    }
    count
}

#[entry]
fn main() -> ! {
    firmware::start();
    let (edges, presses) = block_on(join(debounce(), count()));
    hprintln!("{} edges, {} presses", edges, presses);
    let put = critical_section::with(|section| PUT.borrow(section).get());
    exit(presses == PRESSES && edges == put)
}
