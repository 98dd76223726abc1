//! What a thread does before it gets in line: it looks for a while whether it need not.

use crate::chan::Raw;
use crate::sync::BUFFER;
use crate::wait::Side;
use core::cell::Cell;
use core::mem;

std::thread_local! {
    /// Whether this thread has put since it took last.
    static ASKED: Cell<bool> = const { Cell::new(false) };

    /// How many of its next waits for an answer go without a look.
    static WITHOUT: Cell<u32> = const { Cell::new(0) };
}

/// This thread has put a value, for all that is known a question.
#[inline]
pub(super) fn has_put() {
    ASKED.set(true);
}

/// This thread has taken a value.
#[inline]
pub(super) fn has_taken() {
    ASKED.set(false);
}

/// Before a put gets in line.
pub(super) fn before_put(channel: &Raw) {
    linger(channel, Side::Put);
}

/// Before a take gets in line.
pub(super) fn before_take(channel: &Raw) {
    linger(channel, Side::Take);
    // On a rendezvous nothing comes by itself.
    if ASKED.get() && !channel.is_rendezvous() {
        WITHOUT.set(await_answer(WITHOUT.get(), || {
            pause(ANSWER_PAUSES);
            channel.items_now() > 0
        }));
    }
}

fn pause(times: usize) {
    for _ in 0..times {
        core::hint::spin_loop();
    }
}

/// Pauses before each look for an answer.
const ANSWER_PAUSES: usize = 4;

/// How often a thread looks for it.
const ANSWER_LOOKS: usize = if cfg!(any(csp_loom, csp_shuttle)) {
    0
} else {
    10
};

/// So many waits go without a look after one that looked in vain: the other side takes its time, or
/// what looks like questions and answers are the values that come through a stage of a pipeline.
const WAITS_WITHOUT: u32 = 20;

/// Looks for the answer to a question, which comes by itself, and mostly sooner than a thread has got in
/// line and been called. (A thread that only takes had better not: while it is in line the other side
/// gets several values done.) `without`: how many waits are still to go without a look; gives how many
/// there are then.
fn await_answer(without: u32, mut is_there: impl FnMut() -> bool) -> u32 {
    if without > 0 {
        return without - 1;
    }
    for _ in 0..ANSWER_LOOKS {
        if is_there() {
            return 0;
        }
    }
    WAITS_WITHOUT
}

/// Pauses before the first look: so few that whoever waits for the answer to one question hardly waits
/// longer.
const FIRST_PAUSES: usize = 8;

/// At most so many pauses before each further look, which takes the cache line away from those who are
/// at it.
const MOST_PAUSES: usize = 32;

/// How often a thread looks before it gets in line.
const LOOKS: usize = if cfg!(any(csp_loom, csp_shuttle)) {
    0
} else {
    4
};

/// Stays away from a buffer that is full, or empty, while partners on other processors move value after
/// value, until it is half empty, or half full.
///
/// Else both sides go on in step: each value costs a wait and a wake, and the channel's memory goes to
/// and fro between the processors. This way a buffer of 100 carries a third more.
fn linger(channel: &Raw, side: Side) {
    look_on(channel.capacity(), side, |pauses| {
        pause(pauses);
        channel.items_now()
    });
}

/// `linger`, at a buffer of that capacity, of which `look` says how many values are in it after so many
/// pauses.
fn look_on(capacity: usize, side: Side, mut look: impl FnMut(usize) -> usize) {
    if capacity < BUFFER {
        return;
    }
    let half = capacity.min(128) / 2;
    let mut items = look(0);
    let mut pauses = FIRST_PAUSES.min(half);
    for _ in 0..LOOKS {
        let before = mem::replace(&mut items, look(pauses));
        pauses = MOST_PAUSES.min(half);
        let is_half_way = match side {
            Side::Put => items <= capacity - half,
            Side::Take | Side::Close => items >= half,
        };
        // One value may be all that the partner had to say.
        if is_half_way || items.abs_diff(before) < 2 {
            return;
        }
    }
}

#[cfg(all(test, not(any(csp_loom, csp_shuttle))))]
mod tests {
    use super::{ANSWER_LOOKS, ASKED, WAITS_WITHOUT, await_answer, look_on};
    use crate::wait::Side::{Put, Take};
    use alloc::vec::Vec;

    /// The pauses of a thread that finds these numbers of values, one at each look.
    fn pauses(capacity: usize, side: super::Side, items: &[usize]) -> Vec<usize> {
        let mut pauses = Vec::new();
        look_on(capacity, side, |number| {
            pauses.push(number);
            items[pauses.len() - 1]
        });
        pauses
    }

    #[test]
    fn thread_lingers_until_the_buffer_is_half_empty_or_half_full() {
        assert_eq!(pauses(100, Put, &[100, 90, 50]), [0, 8, 32]);
        assert_eq!(pauses(100, Put, &[100, 90, 51, 49]), [0, 8, 32, 32]);
        assert_eq!(pauses(100, Take, &[0, 10, 50]), [0, 8, 32]);
        assert_eq!(pauses(100, Take, &[0, 10, 49, 51]), [0, 8, 32, 32]);
        // Of a very large one half is more than can be waited for.
        assert_eq!(pauses(1000, Put, &[1000, 990, 936]), [0, 8, 32]);
        assert_eq!(pauses(usize::MAX, Take, &[0, 10, 64]), [0, 8, 32]);
    }

    #[test]
    fn thread_lingers_only_while_several_values_move() {
        assert_eq!(pauses(100, Put, &[100, 100]), [0, 8]);
        assert_eq!(pauses(100, Put, &[100, 99]), [0, 8]);
        assert_eq!(pauses(100, Take, &[0, 1]), [0, 8]);
        assert_eq!(pauses(100, Take, &[0, 2, 4, 5]), [0, 8, 32, 32]);
        // Others may fill it as fast as it is emptied.
        assert_eq!(pauses(100, Put, &[100, 98, 96, 98, 96]), [0, 8, 32, 32, 32]);
    }

    /// How many looks a wait for an answer takes that comes at this one, and how many waits then go
    /// without.
    fn looks_until(last: usize, without: u32) -> (usize, u32) {
        let mut looks = 0;
        let without = await_answer(without, || {
            looks += 1;
            looks == last
        });
        (looks, without)
    }

    #[test]
    fn who_has_asked_looks_until_the_answer_is_there() {
        assert_eq!(looks_until(3, 0), (3, 0));
        assert_eq!(looks_until(ANSWER_LOOKS, 0), (ANSWER_LOOKS, 0));
    }

    #[test]
    fn who_looked_for_an_answer_in_vain_waits_without_a_look_for_a_while() {
        assert_eq!(looks_until(usize::MAX, 0), (ANSWER_LOOKS, WAITS_WITHOUT));
        assert_eq!(looks_until(1, WAITS_WITHOUT), (0, WAITS_WITHOUT - 1));
        assert_eq!(looks_until(1, 1), (0, 0));
    }

    #[test]
    fn who_has_put_and_not_taken_since_has_asked() {
        let (tx, rx) = crate::channel(2);
        rx.try_take().unwrap_err();
        assert!(!ASKED.get());
        tx.put_blocking(1).unwrap();
        tx.put_blocking(2).unwrap();
        assert!(ASKED.get());
        rx.take_blocking();
        assert!(!ASKED.get());
    }

    #[test]
    fn thread_at_a_small_buffer_hardly_lingers() {
        assert_eq!(pauses(7, Put, &[]), []);
        assert_eq!(pauses(0, Take, &[]), []);
        assert_eq!(pauses(8, Put, &[8, 6, 4]), [0, 4, 4]);
        assert_eq!(pauses(8, Take, &[0, 4]), [0, 4]);
    }
}
