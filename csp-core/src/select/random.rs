//! A small generator, so that of several ready arms each has its chance.

/// A number below `bound`, each about equally likely. Not for secrets.
#[cfg(any(feature = "alloc", test))]
#[inline]
pub(super) fn below(bound: usize) -> usize {
    share(state::next, bound)
}

/// Where a select stands in the program, as far as it is told from others.
pub type Site = u8;

/// So many sites are told apart.
const SITES: usize = 64;

/// The site at that line and column.
pub const fn site(line: u32, column: u32) -> Site {
    let mixed = line.wrapping_mul(RATIO) ^ column.wrapping_mul(RATIO).rotate_left(16);
    (mixed.wrapping_mul(RATIO) >> (u32::BITS - SITES.ilog2())) as Site
}

/// Which of `count` arms a select at that site looks at first: below `count`.
///
/// Each about equally often, but not by chance: each time it lies a golden section further around the
/// circle of all arms, so that none is first long in a row, and none waits long for its turn (Weyl,
/// "Über die Gleichverteilung von Zahlen mod. Eins", 1916; Knuth, "The Art of Computer Programming",
/// 6.4). A processor learns to foresee the branches that follow from it. With random numbers a select
/// over 8 arms that are ready takes half as long again.
///
/// Chance has its part: after 63 times it goes on from anywhere, lest this order meet with one in which
/// arms come to be ready. And each site goes around by itself: else what an inner select chooses would
/// follow from the choice that led there.
#[inline]
pub(super) fn first(site: Site, count: usize) -> usize {
    share(|| state::go_on(site), count)
}

/// The part of all numbers, of so many equal ones, in which that number lies. It is not asked for if
/// there is no choice.
#[inline]
fn share(number: impl FnOnce() -> u32, parts: usize) -> usize {
    if parts < 2 {
        return 0;
    }
    // Multiply and shift: no division.
    ((u64::from(number()) * parts as u64) >> 32) as usize
}

/// The golden section of all numbers of 32 bits.
const RATIO: u32 = 0x9E37_79B9;

/// One step of Marsaglia's xorshift ("Xorshift RNGs", 2003), 32 bits. Never 0 from a seed that is
/// not 0.
#[inline]
fn step(mut x: u32) -> u32 {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    x
}

/// Seeds the generator by which selects choose among ready arms, so that a run can be repeated or,
/// where there is no `std`, differs from the last. With `std` each thread has its own generator.
/// Any seed will do.
///
/// # Examples
/// ```
/// csp_core::select::seed(42);
/// ```
pub fn seed(seed: u64) {
    state::set(((seed ^ (seed >> 32)) as u32 ^ START).max(1));
}

/// Where the generator stands that nobody has seeded.
const START: u32 = 0x6C07_8965;

#[cfg(feature = "std")]
mod state {
    use super::{RATIO, SITES, Site};
    use core::cell::Cell;
    use core::hash::BuildHasher;
    use std::collections::hash_map::RandomState;

    std::thread_local! {
        /// 0: not seeded yet.
        static STATE: Cell<u32> = const { Cell::new(0) };

        /// Where each site is on its way around. The last bits count how often it has gone on: at 0 it
        /// goes on from anywhere.
        static PLACES: [Cell<u32>; SITES] = const { [const { Cell::new(0) }; SITES] };
    }

    /// The bits that count.
    const COUNTED: u32 = 63;
    pub(super) const STEP: u32 = RATIO & !COUNTED | 1;

    #[inline]
    pub(super) fn go_on(site: Site) -> u32 {
        PLACES.with(|places| {
            let place = &places[usize::from(site) % places.len()];
            let mut at = place.get();
            if at & COUNTED == 0 {
                at = anywhere();
            }
            place.set(at.wrapping_add(STEP));
            at
        })
    }

    #[cold]
    fn anywhere() -> u32 {
        next() & !COUNTED | 1
    }

    #[inline]
    pub(super) fn next() -> u32 {
        let mut x = STATE.get();
        if x == 0 {
            x = fresh();
        }
        x = super::step(x);
        STATE.set(x);
        // The low bits of a xorshift are its weakest: spread the whole word.
        x.wrapping_mul(RATIO)
    }

    #[cold]
    fn fresh() -> u32 {
        (RandomState::new().hash_one(0_u8) as u32).max(1)
    }

    pub(super) fn set(x: u32) {
        STATE.set(x);
        PLACES.with(|places| places.iter().for_each(|place| place.set(0)));
    }
}

#[cfg(not(feature = "std"))]
mod state {
    use super::{RATIO, Site};
    use core::sync::atomic::{AtomicU32, Ordering};

    static STATE: AtomicU32 = AtomicU32::new(super::START);

    /// A load and a store, not an exchange, which some microcontrollers lack: two at once may get
    /// the same number, which does no harm.
    pub(super) fn next() -> u32 {
        let x = super::step(STATE.load(Ordering::Relaxed));
        STATE.store(x, Ordering::Relaxed);
        x.wrapping_mul(RATIO)
    }

    /// By chance alone: small machines have little memory, and foresee little.
    pub(super) fn go_on(_: Site) -> u32 {
        next()
    }

    pub(super) fn set(x: u32) {
        STATE.store(x, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
