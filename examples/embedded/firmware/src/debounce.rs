//! A button whose contacts bounce, and the processes that make presses of its edges.

use crate::clock::Clock;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use csp_core::rt::Timer;
use csp_core::{StaticChannel, StaticReceiver, StaticSender, select};

/// How often the button is pressed before it breaks.
pub const PRESSES: u32 = 50;

/// An edge counts when no other has come for so long.
pub const QUIET: Duration = Duration::from_millis(20);

/// From the handler: the level after each edge.
pub static EDGES: StaticChannel<bool, 8> = StaticChannel::new();
/// The number of each press; a rendezvous.
pub static PRESSED: StaticChannel<u32, 0> = StaticChannel::new();

/// Edges that the handler has put, and those for which there was no room.
static PUT: AtomicU32 = AtomicU32::new(0);
static REFUSED: AtomicU32 = AtomicU32::new(0);

/// What the interrupt handler does at each tick: sees whether the level has changed.
pub fn sample() {
    match edge(Clock.ticks()) {
        Some(Some(level)) => {
            let count = match EDGES.try_put(level) {
                Ok(()) => &PUT,
                Err(_) => &REFUSED,
            };
            // Only the handler writes, so it need not exchange.
            count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
        Some(None) => _ = EDGES.close(),
        None => {}
    }
}

/// What happens to the button at that tick: its new level, or its end (`Some(None)`), or nothing.
pub fn edge(tick: u32) -> Option<Option<bool>> {
    if tick == PERIOD * PRESSES {
        return Some(None);
    }
    let level_now = level(tick);
    (tick < PERIOD * PRESSES && level_now != level(tick - 1)).then_some(Some(level_now))
}

const PERIOD: u32 = 100;

/// The button's level: each press bounces for seven ticks when it begins and when it ends.
fn level(tick: u32) -> bool {
    // Not two presses bounce alike.
    let noise = (tick.wrapping_mul(0x9E37_79B9) >> 16) & 1 == 1;
    match tick % PERIOD {
        10..17 | 50..57 => noise,
        17..50 => true,
        _ => false,
    }
}

/// Makes presses of edges, until there are no more edges. Says how many edges there were.
pub async fn debounce(
    edges: StaticReceiver<'static, bool>,
    pressed: StaticSender<'static, u32>,
) -> u32 {
    let (mut taken, mut presses, mut stable) = (0, 0, false);
    while let Some(mut level) = edges.take().await {
        taken += 1;
        loop {
            select! {
                edge = edges.take() => match edge {
                    Some(edge) => (taken, level) = (taken + 1, edge),
                    None => break,
                },
                _ = Clock.sleep(QUIET) => break,
            }
        }
        if level != stable {
            stable = level;
            if stable {
                presses += 1;
                pressed.put(presses).await.expect("open until we close it");
            }
        }
    }
    pressed.close();
    taken
}

/// Counts the presses.
pub async fn count(pressed: StaticReceiver<'static, u32>) -> u32 {
    let mut count = 0;
    while let Some(number) = pressed.take().await {
        count += 1;
        assert_eq!(number, count, "presses come in order");
    }
    count
}

/// Whether all is as the button has it.
pub fn check(edges: u32, presses: u32) -> bool {
    let (put, refused) = (PUT.load(Ordering::Relaxed), REFUSED.load(Ordering::Relaxed));
    // A press without bouncing would have two edges.
    presses == PRESSES && edges == put && refused == 0 && edges > 3 * PRESSES
}
