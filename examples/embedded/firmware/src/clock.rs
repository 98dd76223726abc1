//! A clock over the SysTick timer, as a HAL would have it: what a select waits for beside channels.

use crate::handler;
use core::cell::RefCell;
use core::future::Future;
use core::ops::Sub;
use core::pin::Pin;
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use critical_section::Mutex;
use csp_core::rt::Timer;

/// How many may sleep at once without being polled at every tick.
const SLEEPERS: usize = 4;

static NOW: AtomicU32 = AtomicU32::new(0);
/// Who sleeps, and until when.
type Sleepers = [Option<(u32, Waker)>; SLEEPERS];
static WAITING: Mutex<RefCell<Sleepers>> = Mutex::new(RefCell::new([const { None }; SLEEPERS]));

/// The clock, which counts a tick as a millisecond whatever it lasts.
#[derive(Clone, Copy, Debug)]
pub struct Clock;

/// A point in time: so many ticks after the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticks(u32);

impl Sub for Ticks {
    type Output = Duration;

    fn sub(self, earlier: Ticks) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0).into())
    }
}

impl Clock {
    /// Starts the ticks, with so many of the processor's cycles from one to the next. The handler of
    /// `SysTick` has to call [`tick`].
    pub(crate) fn start(self, mut timer: SYST, cycles: u32) {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(cycles - 1);
        timer.clear_current();
        timer.enable_counter();
        timer.enable_interrupt();
    }

    /// How many ticks have gone by.
    pub fn ticks(self) -> u32 {
        NOW.load(Ordering::Relaxed)
    }
}

impl Timer for Clock {
    type Sleep = Sleep;
    type Instant = Ticks;

    fn sleep(&self, duration: Duration) -> Sleep {
        let ticks = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
        Sleep {
            // One more, because the tick that runs has begun.
            due: self.ticks().saturating_add(ticks).saturating_add(1),
        }
    }

    fn now(&self) -> Ticks {
        Ticks(self.ticks())
    }
}

/// A tick has gone by: wakes those whose time has come, and looks after the handler of channels.
pub fn tick() {
    let now = Clock.ticks() + 1;
    NOW.store(now, Ordering::Relaxed);
    handler::watch(now);
    for place in 0..SLEEPERS {
        let due = critical_section::with(|section| {
            WAITING.borrow_ref_mut(section)[place].take_if(|(due, _)| *due <= now)
        });
        if let Some((_, waker)) = due {
            waker.wake();
        }
    }
}

/// Waits for a point in time.
#[derive(Debug)]
pub struct Sleep {
    due: u32,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if Clock.ticks() >= self.due {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        let refused = critical_section::with(|section| {
            let mut waiting = WAITING.borrow_ref_mut(section);
            // The place of an earlier poll, or a free one. A sleep that was dropped leaves its
            // place taken until its time has come, which costs a wake.
            let ours = waiting.iter().position(|place| {
                place
                    .as_ref()
                    .is_some_and(|(due, other)| *due == self.due && other.will_wake(&waker))
            });
            match ours.or_else(|| waiting.iter().position(Option::is_none)) {
                Some(place) => {
                    waiting[place] = Some((self.due, waker));
                    None
                }
                None => Some(waker),
            }
        });
        if let Some(waker) = refused {
            // All places are taken: look again and again.
            waker.wake();
        }
        Poll::Pending
    }
}
