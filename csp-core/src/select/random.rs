//! A small generator, so that of several ready arms each has its chance.

/// A number below `bound`, each about equally likely. Not for secrets.
#[inline]
pub(super) fn below(bound: usize) -> usize {
    if bound < 2 {
        return 0;
    }
    // Multiply and shift: no division.
    ((u64::from(state::next()) * bound as u64) >> 32) as usize
}

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
    use core::cell::Cell;
    use core::hash::BuildHasher;
    use std::collections::hash_map::RandomState;

    std::thread_local! {
        /// 0: not seeded yet.
        static STATE: Cell<u32> = const { Cell::new(0) };
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
        x.wrapping_mul(0x9E37_79B9)
    }

    #[cold]
    fn fresh() -> u32 {
        (RandomState::new().hash_one(0_u8) as u32).max(1)
    }

    pub(super) fn set(x: u32) {
        STATE.set(x);
    }
}

#[cfg(not(feature = "std"))]
mod state {
    use core::sync::atomic::{AtomicU32, Ordering};

    static STATE: AtomicU32 = AtomicU32::new(super::START);

    /// A load and a store, not an exchange, which some microcontrollers lack: two at once may get
    /// the same number, which does no harm.
    pub(super) fn next() -> u32 {
        let x = super::step(STATE.load(Ordering::Relaxed));
        STATE.store(x, Ordering::Relaxed);
        x.wrapping_mul(0x9E37_79B9)
    }

    pub(super) fn set(x: u32) {
        STATE.store(x, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    #[cfg_attr(miri, ignore = "counts too far for an interpreter")]
    fn every_number_below_the_bound_comes_about_equally_often() {
        const ROUNDS: usize = 64_000;
        for bound in [1, 2, 3, 8] {
            let mut seen = [0_usize; 8];
            for _ in 0..ROUNDS {
                seen[below(bound)] += 1;
            }
            let expected = ROUNDS / bound;
            for count in &seen[..bound] {
                assert!(count.abs_diff(expected) < expected / 10, "{seen:?}");
            }
            assert!(seen[bound..].iter().all(|&count| count == 0));
        }
    }
}
