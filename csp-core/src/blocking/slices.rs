//! Time slices that a waiting thread gives away before it parks.
//!
//! A partner may wait for this very processor, and a slice that nobody wants is given back in less time
//! than it takes to sleep and be woken. But a slice should get to a thread that has something to do. Where
//! more threads wait in this way than there are processors, it mostly gets to another one that waits, and
//! who has been woken stands in line behind them all; so the others park at once. (With eight threads on
//! two processors a channel of capacity 1 carries three times as much.)

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::OnceLock;
use std::thread;

/// Time slices given away before the thread parks.
const YIELDS: u32 = if cfg!(any(csp_loom, csp_shuttle)) {
    0
} else {
    40
};

/// The threads of this process that give their slices away now.
static YIELDING: AtomicUsize = AtomicUsize::new(0);

/// Gives time slices away until that is so, or there have been enough of them; says whether it is so.
pub(super) fn give_away_until(is_over: impl FnMut() -> bool) -> bool {
    give_away(&YIELDING, most_yielding(), is_over)
}

/// `give_away_until`, as one of at most `most` that `yielding` counts.
fn give_away(yielding: &AtomicUsize, most: usize, mut is_over: impl FnMut() -> bool) -> bool {
    let Some(_place) = Place::among(yielding, most) else {
        return false;
    };
    for _ in 0..YIELDS {
        if is_over() {
            return true;
        }
        thread::yield_now();
    }
    false
}

/// How many threads do so at once, at most: one more than there are processors.
fn most_yielding() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    let processors =
        PROCESSORS.get_or_init(|| thread::available_parallelism().map_or(1, Into::into));
    processors + 1
}

/// A thread that is counted, until this goes.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    /// One more, if there are fewer than `most`.
    fn among(count: &'a AtomicUsize, most: usize) -> Option<Self> {
        let place = Place(count);
        // Nothing else is read or written by what it says.
        let before = count.fetch_add(1, Ordering::Relaxed);
        (before < most).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(all(test, not(any(csp_loom, csp_shuttle))))]
mod tests {
    use super::{Place, YIELDS, give_away};
    use core::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn no_more_threads_give_slices_away_than_there_are_places() {
        let count = AtomicUsize::new(0);
        let first = Place::among(&count, 2);
        let second = Place::among(&count, 2);
        assert!(first.is_some() && second.is_some());
        let mut looks = 0;
        assert!(!give_away(&count, 2, || {
            looks += 1;
            true
        }));
        assert_eq!(looks, 0);
        drop(first);
        assert!(give_away(&count, 2, || true));
        drop(second);
        assert_eq!(count.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn slices_are_given_away_until_it_is_over_or_enough() {
        let looks_of = |last| {
            let mut looks = 0;
            let is_over = give_away(&AtomicUsize::new(0), 1, || {
                looks += 1;
                looks == last
            });
            (is_over, looks)
        };
        assert_eq!(looks_of(3), (true, 3));
        assert_eq!(looks_of(u32::MAX), (false, YIELDS));
    }
}
