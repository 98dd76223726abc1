//! Many values under one lock.

use super::Core;
#[cfg(feature = "alloc")]
use super::value_in;
use crate::chan::held::Locked;
use crate::chan::threads::Threads;
use crate::wait::Wakes;
use core::ptr;
use core::task::Waker;

/// How many waiting putters one lock serves at most, which leaves places in the batch of wakes for
/// the takers that have to be called for their values.
#[cfg(feature = "alloc")]
const SERVED: usize = Wakes::ROOM / 2 - 1;

/// Values on their way into a channel, the first one first.
pub(crate) trait Source<T> {
    /// Takes the first one out. Runs under the lock.
    fn pop(&mut self) -> Option<T>;
    fn is_empty(&self) -> bool;
}

/// Where values that are taken go.
#[cfg(feature = "alloc")]
pub(crate) trait Sink<T> {
    /// Whether one more fits.
    fn has_room(&self) -> bool;
    /// Adds one; there is room. Runs under the lock.
    fn push(&mut self, value: T);
}

/// Why a batch of puts ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PutEnd {
    /// All are put, or more can be: go on.
    More,
    /// There is no room for the next one.
    Full,
    Closed,
}

/// Why a batch of takes ended.
#[cfg(feature = "alloc")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TakeEnd {
    /// There is more, for which the sink has no room or this lock no time.
    More,
    Empty,
    /// Closed and empty.
    Closed,
}

impl<T, L: Threads> Core<T, L> {
    /// How many more values seem to fit at once, at least one: a hint, without the lock.
    pub(crate) fn room_to_see(&self) -> usize {
        let raw = &self.raw;
        let room = if !raw.putters.seems_empty() {
            1
        } else if raw.capacity > 0 {
            raw.room_beside(raw.items_now())
        } else if raw.takers.seems_empty() {
            1
        } else {
            raw.places()
        };
        room.max(1)
    }

    /// How many values seem to be there, at least one: a hint, without the lock.
    #[cfg(feature = "alloc")]
    pub(crate) fn items_to_see(&self) -> usize {
        let waiting = if self.raw.putters.seems_empty() {
            0
        } else {
            SERVED
        };
        (self.raw.items_now() + waiting).max(1)
    }

    /// Puts values for as long as there is room, under one lock. Takers are called for them, and
    /// those who wait to put come first.
    pub(crate) fn put_many(&self, source: &mut impl Source<T>) -> PutEnd {
        let mut wakes = Wakes::new();
        let locked = self.lock();
        if locked.is_closed() {
            return PutEnd::Closed;
        }
        let end = loop {
            if source.is_empty() || wakes.is_full() {
                break PutEnd::More;
            }
            let called = if locked.can_store() {
                None
            } else {
                match self.call_for_hand_over(&locked) {
                    None => break PutEnd::Full,
                    called => called,
                }
            };
            let mut place = source.pop();
            debug_assert!(place.is_some());
            // SAFETY: our own place, filled, since the source is not empty; and there is room.
            unsafe { self.push(*locked, locked.items(), &mut place) };
            if let Some(waker) = called.or_else(|| locked.call_for_items()) {
                wakes.push(waker);
            }
        };
        #[cfg(feature = "alloc")]
        if end == PutEnd::Full && locked.may_grow() {
            self.grow(locked);
            wakes.wake();
            return PutEnd::More;
        }
        drop(locked);
        wakes.wake();
        end
    }

    /// Calls a taker for a value that a rendezvous can hand over at once.
    fn call_for_hand_over(&self, locked: &Locked<'_, L>) -> Option<Waker> {
        let can_hand_over = locked.has_free_place()
            && (self.raw.putters.is_empty() || locked.can_hand_over(ptr::null()));
        if can_hand_over {
            locked.call_taker()
        } else {
            None
        }
    }

    /// Takes what is there and fits into the sink, under one lock, and serves the putters that wait
    /// for the room. `called`: by a taker that has been called, whose call ends.
    #[cfg(feature = "alloc")]
    pub(crate) fn take_many(&self, sink: &mut impl Sink<T>, called: bool) -> TakeEnd {
        let mut wakes = Wakes::new();
        let mut served = 0;
        let locked = self.lock();
        if called {
            locked.end_call();
        }
        let end = loop {
            // Whoever waits has to get the room of each value that is taken.
            if !sink.has_room() || served >= SERVED {
                let nothing_more = locked.items() == 0 && self.raw.putters.is_empty();
                break if nothing_more {
                    TakeEnd::Empty
                } else {
                    TakeEnd::More
                };
            }
            let mut place = None;
            if locked.items() > 0 {
                // SAFETY: there is an item.
                unsafe { self.pop_to(*locked, &mut place) };
            } else {
                let mut putter = None;
                // Elsewhere putters may wait for room that permits hold.
                if locked.is_rendezvous() {
                    putter = self.claim_putter(*locked, |value| {
                        // SAFETY: the value is ours to move.
                        place = Some(unsafe { value_in(value).read() });
                    });
                } else if self.serve_one(&locked, &mut wakes) {
                    // Those who reserve got the room before, and no value came of it.
                    served += 1;
                    continue;
                }
                match putter {
                    Some(putter) => {
                        wakes.push(putter);
                        served += 1;
                    }
                    None if locked.has_ended() => break TakeEnd::Closed,
                    None => break TakeEnd::Empty,
                }
            }
            served += usize::from(self.serve_one(&locked, &mut wakes));
            if let Some(value) = place {
                sink.push(value);
            }
        };
        while served < SERVED && self.serve_one(&locked, &mut wakes) {
            served += 1;
        }
        locked.announce(&mut wakes);
        drop(locked);
        wakes.wake();
        end
    }

    /// Moves the oldest waiting value into the room that there is; says whether it did.
    #[cfg(feature = "alloc")]
    fn serve_one(&self, locked: &Locked<'_, L>, wakes: &mut Wakes) -> bool {
        if self.raw.putters.is_empty() || !self.raw.has_room(locked.items()) {
            return false;
        }
        let putter = self.refill(**locked);
        let served = putter.is_some();
        if let Some(putter) = putter {
            wakes.push(putter);
        }
        served
    }
}
