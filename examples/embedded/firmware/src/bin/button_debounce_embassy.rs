//! The same processes as tasks of embassy's executor.

#![no_std]
#![no_main]

use cortex_m_rt::exception;
use cortex_m_semihosting::hprintln;
use csp_core::StaticChannel;
use embassy_executor::Spawner;
use firmware::clock;
use firmware::debounce::{EDGES, PRESSED, check, count, debounce, sample};
use firmware::{exit, handler};

/// How many edges there were, once there are no more.
static COUNTED: StaticChannel<u32, 1> = StaticChannel::new();

#[exception]
fn SysTick() {
    clock::tick();
    handler::request();
}

#[exception]
fn PendSV() {
    handler::run(sample);
}

#[embassy_executor::task]
async fn debounce_edges() {
    let edges = debounce(EDGES.receiver(), PRESSED.sender()).await;
    COUNTED.try_put(edges).expect("counted once");
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    firmware::start();
    spawner.spawn(debounce_edges().unwrap());
    let presses = count(PRESSED.receiver()).await;
    let edges = COUNTED.take().await.unwrap_or(0);
    hprintln!("{} edges, {} presses", edges, presses);
    exit(check(edges, presses))
}
