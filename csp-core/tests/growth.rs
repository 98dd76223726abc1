//! Channels whose ring grows, on values so large that it soon goes on in further blocks: nothing is
//! lost, repeated or out of order while it does so, nor while it gives them back.

mod common;

use common::{AnyChannel, Ledger, Random, Value, now, poll_once};
use csp_core::{Channel, LocalChannel, TryPutError, TryTakeError, channel};
use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::thread;

/// Eight of them are a block.
#[repr(C)]
struct Large {
    value: Value,
    _between: MaybeUninit<[u64; 511]>, // which an interpreter does not look at
    last: u64,
}

impl Large {
    fn new(ledger: &Ledger, id: u32) -> Self {
        Large {
            value: ledger.value(id),
            _between: MaybeUninit::uninit(),
            last: id.into(),
        }
    }

    fn id(&self) -> u32 {
        assert_eq!(self.last, self.value.id.into());
        self.value.id
    }
}

/// An interpreter would take minutes for more.
const MIRI: bool = cfg!(miri);

/// More than a mebibyte, so that the ring grows.
const CAPACITY: usize = 300;

fn each_that_grows(body: impl Fn(&dyn AnyChannel<Large>, &Ledger)) {
    type New = fn() -> Box<dyn AnyChannel<Large>>;
    let channels: [New; 4] = [
        || Box::new(Channel::new(CAPACITY)),
        || Box::new(Channel::unbounded()),
        || Box::new(LocalChannel::new(CAPACITY)),
        || Box::new(LocalChannel::unbounded()),
    ];
    for make in &channels[..if MIRI { 2 } else { 4 }] {
        let ledger = Ledger::new();
        let ch = make();
        body(&*ch, &ledger);
        drop(ch);
        ledger.assert_settled();
    }
}

/// Puts that many, one after the other or all together, and gives their identities.
fn put(ch: &dyn AnyChannel<Large>, ledger: &Ledger, from: u32, count: usize, how: usize) {
    let values = (from..).take(count).map(|id| Large::new(ledger, id));
    match how {
        0 => values.for_each(|value| assert!(ch.try_put(value).is_ok())),
        1 => assert!(now(ch.put_all(values.collect())).is_ok()),
        _ => {
            // Room first, in part more than is used.
            let permits: Vec<_> = (0..count + how % 4)
                .map_while(|_| ch.try_reserve().ok())
                .collect();
            for (permit, value) in permits.into_iter().zip(values) {
                assert!(permit.put(value).is_ok());
            }
        }
    }
}

fn take(ch: &dyn AnyChannel<Large>, count: usize, how: usize) -> Vec<u32> {
    if count == 0 {
        return Vec::new();
    }
    let mut taken = Vec::new();
    match how {
        0 => taken.extend((0..count).map(|_| ch.try_take().unwrap())),
        _ => {
            while taken.len() < count {
                let most = count - taken.len();
                now(ch.take_many(&mut taken, most));
            }
        }
    }
    taken.iter().map(Large::id).collect()
}

#[test]
fn bursts_of_any_length_come_out_in_order() {
    let rounds = if MIRI { 4 } else { 400 };
    each_that_grows(|ch, ledger| {
        let mut random = Random::new(7);
        let mut stored = VecDeque::new();
        let mut next = 0;
        for round in 0..rounds {
            // Mostly within a few blocks; now and then as far as it goes, and down to nothing.
            let most = if random.below(8) == 0 { CAPACITY } else { 30 };
            let most = if MIRI { 40 } else { most };
            let count = random.below(most + 1).min(CAPACITY - stored.len());
            put(ch, ledger, next, count, random.below(6));
            stored.extend((next..).take(count));
            next += count as u32;
            assert_eq!(ch.len(), stored.len());

            let few = random.below(most + 1).min(stored.len());
            let count = if round % 16 == 0 { stored.len() } else { few };
            let expected: Vec<_> = stored.drain(..count).collect();
            assert_eq!(take(ch, count, random.below(2)), expected);
            assert_eq!(ch.len(), stored.len());
            if stored.is_empty() {
                assert_eq!(ch.try_take().err(), Some(TryTakeError::Empty));
            }
        }
    });
}

#[test]
fn the_oldest_value_may_lie_anywhere_in_the_ring_when_that_goes_on_in_blocks() {
    for head in (0..8).step_by(if MIRI { 5 } else { 1 }) {
        for stored in (0..5).step_by(if MIRI { 2 } else { 1 }) {
            each_that_grows(|ch, ledger| {
                // Four and the places make eight, the length of a block.
                put(ch, ledger, 0, 4, 0);
                take(ch, 4, 0);
                for id in 4..4 + head {
                    put(ch, ledger, id, 1, 0);
                    take(ch, 1, 0);
                }
                let first = 4 + head;
                put(ch, ledger, first, stored, 0);
                put(ch, ledger, first + stored as u32, 20, 1);
                let count = stored + 20;
                assert_eq!(take(ch, count, 0), Vec::from_iter((first..).take(count)));
            });
        }
    }
}

#[test]
fn a_ring_full_of_values_for_takers_who_were_called_goes_on_in_blocks() {
    each_that_grows(|ch, ledger| {
        put(ch, ledger, 0, 4, 0);
        take(ch, 4, 0);
        let mut takes: Vec<_> = (0..4).map(|_| Box::pin(ch.take())).collect();
        for take in &mut takes {
            assert!(poll_once(take.as_mut()).is_pending());
        }
        // Eight, of which four lie in the places of those takers, and then more.
        put(ch, ledger, 4, 20, 0);
        for (taker, id) in takes.into_iter().zip(4..) {
            assert_eq!(now(taker).unwrap().id(), id);
        }
        assert_eq!(take(ch, 16, 0), Vec::from_iter(8..24));
    });
}

#[test]
fn a_channel_filled_to_its_capacity_refuses_more_and_serves_who_waits() {
    let ledger = Ledger::new();
    let ch = Channel::new(CAPACITY);
    for from in (0..2000).step_by(if MIRI { 2000 } else { 1000 }) {
        put(&ch, &ledger, from, CAPACITY, 0);
        let refused = ch.try_put(Large::new(&ledger, from + 999));
        assert!(matches!(refused, Err(TryPutError::Full(value)) if value.id() == from + 999));
        assert_eq!(ch.len(), CAPACITY);
        let mut puts: Vec<_> = (from + CAPACITY as u32..)
            .take(20)
            .map(|id| Box::pin(ch.put(Large::new(&ledger, id))))
            .collect();
        for put in &mut puts {
            assert!(poll_once(put.as_mut()).is_pending());
        }
        assert_eq!(take(&ch, 320, 0), Vec::from_iter(from..from + 320));
        assert_eq!(ch.try_take().err(), Some(TryTakeError::Empty));
    }
    drop(ch);
    ledger.assert_settled();
}

#[test]
fn an_empty_channel_keeps_the_room_that_is_promised() {
    each_that_grows(|ch, ledger| {
        let permits: Vec<_> = (0..100).map(|_| ch.try_reserve().unwrap()).collect();
        assert_eq!(ch.try_take().err(), Some(TryTakeError::Empty));
        for (id, permit) in permits.into_iter().enumerate() {
            assert!(permit.put(Large::new(ledger, id as u32)).is_ok());
        }
        assert_eq!(take(ch, 100, 0), Vec::from_iter(0..100));
        assert_eq!(ch.try_take().err(), Some(TryTakeError::Empty));
        put(ch, ledger, 100, 100, 0);
        assert_eq!(take(ch, 100, 1), Vec::from_iter(100..200));
    });
}

#[test]
fn values_in_many_blocks_come_after_a_close_and_are_dropped_with_the_channel() {
    each_that_grows(|ch, ledger| {
        put(ch, ledger, 0, 50, 0);
        let permit = ch.try_reserve().unwrap();
        assert!(ch.close());
        assert!(permit.put(Large::new(ledger, 50)).is_ok());
        assert_eq!(take(ch, 30, 1), Vec::from_iter(0..30));
        assert_eq!(ledger.alive(), 21);
    });
    each_that_grows(|ch, ledger| {
        put(ch, ledger, 0, 50, 1);
        ch.close();
        assert_eq!(take(ch, 50, 0), Vec::from_iter(0..50));
        assert_eq!(ch.try_take().err(), Some(TryTakeError::Closed));
    });
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn threads_share_a_ring_that_grows_and_shrinks() {
    let each = if MIRI { 12 } else { 3_000 };
    for capacity in [CAPACITY, usize::MAX] {
        let ledger = Ledger::new();
        let (tx, rx) = channel(capacity);
        let taken = thread::scope(|scope| {
            for writer in 0..2 {
                let (tx, ledger) = (tx.clone(), &ledger);
                scope.spawn(move || {
                    for id in (writer * each..).take(each as usize) {
                        tx.put_blocking(Large::new(ledger, id)).unwrap();
                    }
                });
            }
            drop(tx);
            let readers: Vec<_> = (0..2)
                .map(|_| {
                    let rx = rx.clone();
                    scope.spawn(move || {
                        let ids: Vec<u32> =
                            std::iter::from_fn(|| Some(rx.take_blocking()?.id())).collect();
                        for writer in 0..2 {
                            let own = writer * each..(writer + 1) * each;
                            let of_one = ids.iter().filter(|id| own.contains(id));
                            assert!(of_one.is_sorted());
                        }
                        ids
                    })
                })
                .collect();
            let ids = readers.into_iter().map(|reader| reader.join().unwrap());
            ids.flatten().collect::<Vec<_>>()
        });
        let mut taken = taken;
        taken.sort_unstable();
        assert!(taken.into_iter().eq(0..2 * each));
        drop(rx);
        ledger.assert_settled();
    }
}
