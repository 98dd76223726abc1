//! The lock and its bias, on real threads.

use super::{CHANGES, LOOKS, Lock, STREAK, acquire, barrier, bias, stay_away};
use core::cell::{Cell, UnsafeCell};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

#[derive(Default)]
struct Counter(UnsafeCell<usize>);

// SAFETY: the count is touched under the lock.
unsafe impl Sync for Counter {}

struct Guarded {
    lock: Lock,
    count: Counter,
}

impl Default for Guarded {
    fn default() -> Self {
        Guarded {
            lock: Lock::new(),
            count: Counter::default(),
        }
    }
}

// SAFETY: as for its count; the lock's own cells are under the lock as well.
unsafe impl Sync for Guarded {}

impl Guarded {
    fn add(&self) {
        acquire(&self.lock);
        // SAFETY: under the lock.
        unsafe { *self.count.0.get() += 1 };
        // SAFETY: acquired above.
        unsafe { self.lock.release(|| {}) };
    }
}

/// Takes a lock so many times, and says what its bias is then.
fn turns(lock: &Lock, count: usize) -> usize {
    for _ in 0..count {
        acquire(lock);
        // SAFETY: acquired above.
        unsafe { lock.release(|| {}) };
    }
    lock.bias()
}

fn turns_of_another(lock: &Guarded, count: usize) -> usize {
    thread::scope(|scope| scope.spawn(|| turns(&lock.lock, count)).join().unwrap())
}

/// The turn that makes a candidate, those of its streak, and the one that grants.
const TO_BIAS: usize = STREAK as usize + 2;

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn bias_is_granted_after_a_streak_and_never_again_once_it_is_revoked() {
    let guarded = Guarded::default();
    let candidate = turns(&guarded.lock, TO_BIAS - 1);
    assert!(!bias::is_granted(candidate));
    let granted = turns(&guarded.lock, 1);
    if !barrier::EXISTS || !barrier::is_to_be_had() {
        assert_eq!(granted, bias::NONE);
        return;
    }
    assert_eq!(granted, candidate + 1);
    assert_eq!(turns(&guarded.lock, 10), granted);
    assert_eq!(turns_of_another(&guarded, 1), bias::NONE);
    assert_eq!(turns(&guarded.lock, TO_BIAS), bias::NONE);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn threads_that_take_turns_get_no_bias_in_the_end() {
    let guarded = Guarded::default();
    let first = turns(&guarded.lock, TO_BIAS - 1);
    if !barrier::EXISTS {
        assert_eq!(first, bias::NONE);
        return;
    }
    // Each change begins the streak anew.
    for _ in 1..CHANGES / 2 {
        assert_ne!(turns_of_another(&guarded, 1), first);
        assert_eq!(turns(&guarded.lock, TO_BIAS - 1), first);
    }
    assert_ne!(turns_of_another(&guarded, 1), bias::NONE);
    assert_eq!(turns(&guarded.lock, 1), bias::NONE);
    assert_eq!(turns(&guarded.lock, TO_BIAS), bias::NONE);
}

/// A thread that has had the lock to itself is in the middle of its work when another comes.
#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn bias_is_revoked_at_any_moment_of_its_owner() {
    const ALONE: usize = STREAK as usize + 10;
    const SHARED: usize = 20;
    const LOCKS: usize = if cfg!(miri) { 1 } else { 300 };

    let locks: std::vec::Vec<_> = (0..LOCKS).map(|_| Guarded::default()).collect();
    let (at, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut wrong = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            for (index, guarded) in locks.iter().enumerate() {
                while at.load(Ordering::Acquire) <= index {
                    thread::yield_now();
                }
                (0..SHARED).for_each(|_| guarded.add());
                done.store(true, Ordering::Release);
            }
        });
        for (index, guarded) in locks.iter().enumerate() {
            (0..ALONE).for_each(|_| guarded.add());
            at.store(index + 1, Ordering::Release);
            let mut added = ALONE;
            while !done.swap(false, Ordering::Acquire) {
                (0..50).for_each(|_| guarded.add());
                added += 50;
            }
            // SAFETY: the other thread has done with it.
            wrong += usize::from(unsafe { *guarded.count.0.get() } != added + SHARED);
        }
    });
    assert_eq!(wrong, 0, "of {LOCKS} locks");
}

#[test]
fn who_stays_away_comes_back_when_the_others_do_not_get_on() {
    let looks = |gets_on_until| {
        let looks = Cell::new(0_usize);
        stay_away(|| looks.replace(looks.get() + 1).min(gets_on_until));
        looks.get()
    };
    assert_eq!([0, 1, 5].map(looks), [2, 3, 7]);
    assert_eq!(looks(usize::MAX), 1 + LOOKS as usize);
}
