//! A thread at a buffer that is full, or empty, stays away from it for a while before it gets in line.

use crate::chan::Raw;
use crate::sync::BUFFER;
use crate::wait::Side;
use core::mem;

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
pub(super) fn linger(channel: &Raw, side: Side) {
    look_on(channel.capacity(), side, |pauses| {
        for _ in 0..pauses {
            core::hint::spin_loop();
        }
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
    use super::look_on;
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

    #[test]
    fn thread_at_a_small_buffer_hardly_lingers() {
        assert_eq!(pauses(7, Put, &[]), []);
        assert_eq!(pauses(0, Take, &[]), []);
        assert_eq!(pauses(8, Put, &[8, 6, 4]), [0, 4, 4]);
        assert_eq!(pauses(8, Take, &[0, 4]), [0, 4]);
    }
}
