//! After a channel has been made, nothing it does allocates: waiters live in the futures. Only a ring
//! that is meant to grow does so, in the steps and to the bytes that it should.

mod common;

use common::{AnyChannel, each_kind, poll_once};
use csp_core::{Channel, LocalChannel, Select, StaticChannel, channel, select};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::Poll;

/// How often all is done; in an interpreter once.
const TIMES: usize = if cfg!(miri) { 1 } else { 10 };

/// The system's allocator, which counts this thread's allocations, and the bytes that it has.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

fn count(bytes: usize) {
    // Not in a thread that is about to end.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
    let _ = BYTES.try_with(|count| count.set(count.get().wrapping_add(bytes)));
}

fn uncount(bytes: usize) {
    let _ = BYTES.try_with(|count| count.set(count.get().wrapping_sub(bytes)));
}

// SAFETY: all is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        uncount(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        uncount(layout.size());
        count(size);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs that and says how often it allocated.
fn allocations(body: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    body();
    ALLOCATIONS.get() - before
}

/// Runs that and says how many bytes of what it allocated are still there.
fn bytes_left<T>(body: impl FnOnce() -> T) -> (usize, T) {
    let before = BYTES.get();
    let result = body();
    (BYTES.get().wrapping_sub(before), result)
}

#[track_caller]
fn ready<T>(future: impl Future<Output = T>) -> T {
    match poll_once(pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("should be ready"),
    }
}

#[test]
fn allocations_are_counted() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
    let (bytes, boxed) = bytes_left(|| Box::new([0_u8; 123]));
    assert_eq!(bytes, 123);
    assert_eq!(bytes_left(|| drop(boxed)).0.wrapping_neg(), 123);
}

/// Each operation, at once and parked, completed and cancelled. The channel is empty and open.
fn use_all(ch: &dyn AnyChannel<u64>) {
    for n in 0..ch.capacity() as u64 {
        ready(ch.put(n)).unwrap();
        assert!(ch.len() > n as usize);
    }
    let mut place = Some(1);
    {
        let mut put = pin!(ch.put(2));
        let mut put_from = pin!(ch.put_from(&mut place));
        assert!(poll_once(put.as_mut()).is_pending());
        assert!(poll_once(put_from.as_mut()).is_pending());
        {
            let mut cancelled = pin!(ch.put(3));
            assert!(poll_once(cancelled.as_mut()).is_pending());
        }
        while ch.try_take().is_ok() {}
        assert!(poll_once(put).is_ready() && poll_once(put_from).is_ready());
    }
    let mut closed = pin!(ch.closed());
    assert!(poll_once(closed.as_mut()).is_pending());
    let mut take = pin!(ch.take());
    for _ in 0..10 * TIMES {
        assert!(poll_once(take.as_mut()).is_pending());
    }
    assert!(ch.try_put(4).is_ok());
    assert_eq!(poll_once(take), Poll::Ready(Some(4)));
}

/// Each sort of channel by itself, because the tests' common face of them boxes what it gives.
#[test]
fn permits_allocate_nothing_waiting_or_not() {
    macro_rules! reserve_all_ways {
        ($ch:expr) => {
            let ch = $ch;
            let count = allocations(|| {
                let permit = ready(ch.reserve()).unwrap();
                assert!(ch.try_reserve().is_err());
                let mut reserve = pin!(ch.reserve());
                {
                    let mut cancelled = pin!(ch.reserve());
                    assert!(poll_once(cancelled.as_mut()).is_pending());
                    assert!(poll_once(reserve.as_mut()).is_pending());
                }
                drop(permit);
                let Poll::Ready(Ok(permit)) = poll_once(reserve) else {
                    unreachable!("the room is free");
                };
                permit.put(1).unwrap();
                assert_eq!(ch.try_take(), Ok(1));
            });
            assert_eq!(count, 0);
        };
    }
    reserve_all_ways!(Channel::new(1));
    reserve_all_ways!(LocalChannel::new(1));
    reserve_all_ways!(StaticChannel::<u64, 1>::new());
}

/// Batches that wait and that do not: the only memory is the caller's, which was there before.
#[test]
fn batches_allocate_nothing_where_the_buffer_has_room() {
    each_kind(0, 100, |ch| {
        let values: Vec<u64> = (0..10).collect();
        let mut buffer = Vec::with_capacity(64);
        let count = allocations(|| {
            {
                let mut all = pin!(ch.put_all(values));
                while poll_once(all.as_mut()).is_pending() {
                    assert!(ready(ch.take_many(&mut buffer, 20)) > 0);
                }
            }
            while buffer.len() < 10 {
                assert!(ready(ch.take_many(&mut buffer, 20)) > 0);
            }
            {
                let mut many = pin!(ch.take_many(&mut buffer, 20));
                assert!(poll_once(many.as_mut()).is_pending());
                ch.try_put(10).unwrap();
                assert!(poll_once(many.as_mut()).is_ready());
            }
            assert!(buffer.drain(..).eq(0..11));
        });
        assert_eq!(count, 0);
    });
}

#[test]
#[cfg_attr(csp_halved, ignore = "the other half is allocated, too")]
fn channels_allocate_only_when_they_are_made() {
    for capacity in [0, 1, 2, 10 * TIMES] {
        let ch = Channel::new(capacity);
        let count = allocations(|| {
            (0..TIMES).for_each(|_| use_all(&ch));
            let (tx, rx) = ch.clone().split();
            drop((tx.downgrade(), rx.downgrade(), tx.clone()));
            ch.close();
            assert_eq!(ready(ch.take()), None);
        });
        assert_eq!(count, 0, "at capacity {capacity}");
    }
    assert!(allocations(|| drop(channel::<u64>(100))) <= 2);
}

#[test]
fn local_channels_allocate_only_when_they_are_made() {
    for capacity in [0, 1, 2, 10 * TIMES] {
        let ch = LocalChannel::new(capacity);
        let count = allocations(|| {
            (0..TIMES).for_each(|_| use_all(&ch));
            let (tx, rx) = ch.clone().split();
            drop((tx.downgrade(), rx.downgrade(), tx.clone()));
            ch.close();
            assert_eq!(ready(ch.take()), None);
        });
        assert_eq!(count, 0, "at capacity {capacity}");
    }
}

#[test]
fn static_channels_never_allocate() {
    let count = allocations(|| {
        use_all(&StaticChannel::<_, 0>::new());
        use_all(&StaticChannel::<_, 1>::new());
        use_all(&StaticChannel::<_, 7>::new());
    });
    assert_eq!(count, 0);
}

#[test]
#[cfg_attr(miri, ignore = "counts too far for an interpreter")]
fn unbounded_channel_allocates_only_when_it_grows() {
    let ch = Channel::unbounded();
    (0..100_000_u64).for_each(|n| ch.try_put(n).unwrap());
    let count = allocations(|| {
        for n in 0..100_000 {
            assert_eq!(ch.try_take(), Ok(n));
            ready(ch.put(n)).unwrap();
        }
    });
    assert_eq!(count, 0);
}

/// A ring of a mebibyte is there from the beginning.
#[test]
#[cfg_attr(miri, ignore = "counts too far for an interpreter")]
fn ring_of_a_mebibyte_is_allocated_whole() {
    let ch = Channel::new(100_000);
    let count = allocations(|| (0..100_000_u64).for_each(|n| ch.try_put(n).unwrap()));
    assert_eq!(count, 0);
    assert!(ch.try_put(0).is_err());
}

/// At how many values the ring of a channel of `T` grows until it has room for `capacity`, by how many
/// allocations each, and how many bytes it has in the end beyond what the values take.
fn growths<T: Copy>(value: T, capacity: usize) -> (Vec<(usize, usize)>, usize) {
    // Besides the ring's places for the values, which are the same for each channel.
    let (fixed, small) = bytes_left(|| Channel::<T>::new(1));
    drop(small);
    let fixed = fixed - size_of::<T>();

    let mut at = Vec::with_capacity(1000);
    let (bytes, ch) = bytes_left(|| {
        let ch = Channel::new(capacity);
        for n in 0..capacity {
            match allocations(|| assert!(ch.try_put(value).is_ok())) {
                0 => {}
                count => at.push((n, count)),
            }
        }
        ch
    });
    assert!(ch.try_put(value).is_err());
    assert_eq!(bytes_left(|| drop(ch)).0.wrapping_neg(), bytes);
    (at, bytes - fixed - capacity * size_of::<T>())
}

/// A larger one begins with 4 KiB, hand-over places and all, and grows twice as long until it has more
/// than 32 KiB; then it goes on in blocks as long as that, two at first.
#[test]
#[cfg_attr(miri, ignore = "takes minutes")]
fn larger_ring_grows_in_few_steps_to_its_capacity_and_no_further() {
    let (at, beyond) = growths(0_u64, 1_000_000);
    assert_eq!(at[..4], [(508, 1), (1016, 1), (2032, 1), (4064, 1)]);
    // The chain, what stands for the ring in it, and two blocks; each later one is in two pieces, too.
    assert_eq!(at[4], (8128, 6));
    let blocks = (8128 + 8132..1_000_000).step_by(8132).map(|at| (at, 2));
    assert!(at[5..].iter().copied().eq(blocks));
    let of_blocks = 16 * (at.len() - 2);
    assert!(beyond < 2 * 8132 * 8 + of_blocks, "{beyond}");

    let (at, beyond) = growths([0_u64; 2048], 66);
    assert_eq!(at[0], (1, 6));
    assert!(
        at[1..]
            .iter()
            .copied()
            .eq((6..66).step_by(5).map(|at| (at, 2)))
    );
    assert!(beyond < 2 * 5 * 16384 + 16 * 16 + 64, "{beyond}");
}

/// A ring that a burst has made long gives its blocks back when it is empty, all but one; if they are at
/// most 256 KiB, it keeps them for the next time.
#[test]
#[cfg_attr(miri, ignore = "takes minutes")]
fn empty_channel_gives_the_memory_of_a_burst_back() {
    let ch = Channel::unbounded();
    let burst = |count: u64| {
        (0..count).for_each(|n| ch.try_put(n).unwrap());
        (0..count).for_each(|n| assert_eq!(ch.try_take(), Ok(n)));
        assert!(ch.try_take().is_err());
    };
    let (block, ()) = bytes_left(|| burst(8_000));
    let (bytes, ()) = bytes_left(|| burst(1_000_000));
    assert_eq!(bytes, 0, "beside {block}");

    let (bytes, ()) = bytes_left(|| burst(30_000));
    assert!((1 << 17..=(1 << 18) + 1000).contains(&bytes), "{bytes}");
    assert_eq!(allocations(|| burst(30_000)), 0);
}

#[test]
fn close_of_many_waiters_does_not_allocate() {
    let ch = Channel::<u64>::new(0);
    let mut takers: Vec<_> = (0..100).map(|_| Box::pin(ch.take())).collect();
    let count = allocations(|| {
        assert!(
            takers
                .iter_mut()
                .all(|taker| poll_once(taker.as_mut()).is_pending())
        );
        ch.close();
        assert!(
            takers
                .iter_mut()
                .all(|taker| poll_once(taker.as_mut()).is_ready())
        );
    });
    assert_eq!(count, 0);
}

#[test]
fn select_does_not_allocate() {
    static FIXED: StaticChannel<u64, 1> = StaticChannel::new();
    let (a, b) = (Channel::new(0), Channel::new(0));
    let race = async || {
        let mut place = Some(3);
        select! {
            v = a.take() => v,
            r = b.put(2) => r.ok().map(|()| 0),
            r = b.put_from(&mut place) => r.ok().map(|()| 0),
            v = FIXED.take() => v,
            _ = std::future::pending::<()>() => None,
        }
    };
    let count = allocations(|| {
        for _ in 0..10 * TIMES {
            // Cancelled; called and cancelled; completed by a take and by a put; ready at once.
            assert!(poll_once(pin!(race())).is_pending());
            {
                let mut called = pin!(race());
                assert!(poll_once(called.as_mut()).is_pending());
                FIXED.try_put(1).unwrap();
            }
            assert_eq!(ready(race()), Some(1));
            let mut takes = pin!(race());
            assert!(poll_once(takes.as_mut()).is_pending());
            a.try_put(4).unwrap();
            assert_eq!(poll_once(takes), Poll::Ready(Some(4)));
            let mut puts = pin!(race());
            assert!(poll_once(puts.as_mut()).is_pending());
            assert!(b.try_take().is_ok());
            assert_eq!(poll_once(puts), Poll::Ready(Some(0)));
            ready(async {
                select! { _ = a.take() => unreachable!(), default => {} }
            });
        }
    });
    assert_eq!(count, 0);
}

// Go: test/chan/select2, a select in a loop leaves nothing behind in the channels that lose
#[test]
fn a_hundred_thousand_selects_over_channels_in_use_allocate_nothing() {
    let (values, never) = (Channel::new(0), Channel::<u64>::new(0));
    let rounds = if cfg!(miri) { 100 } else { 100_000 };
    let count = allocations(|| {
        for n in 0..rounds {
            let mut select = pin!(async {
                select! { v = values.take() => v, v = never.take() => v, r = never.put(n) => r.err().map(|e| e.into_inner()) }
            });
            assert!(poll_once(select.as_mut()).is_pending());
            values.try_put(n).unwrap();
            assert_eq!(poll_once(select), Poll::Ready(Some(n)));
        }
    });
    assert_eq!(count, 0);
}

#[test]
fn set_allocates_when_arms_are_added_and_not_when_it_is_used() {
    static FIXED: StaticChannel<u64, 0> = StaticChannel::new();
    let channels: Vec<_> = (0..10).map(|n| Channel::new(n % 3)).collect();
    let mut set = Select::new();
    let keys: Vec<_> = channels.iter().map(|ch| set.add(ch.take())).collect();
    let put = set.add(FIXED.put(0));
    let mut other = Select::new().biased();
    let count = allocations(|| {
        for _ in 0..TIMES {
            // Asleep, and between rounds; cancelled, and called and cancelled.
            for (n, ch) in (0_u64..).zip(&channels) {
                {
                    let mut wait = pin!(set.wait());
                    assert!(poll_once(wait.as_mut()).is_pending());
                    ch.try_put(n).unwrap();
                    assert_eq!(poll_once(wait), Poll::Ready(Some(n as usize)));
                }
                assert!(poll_once(pin!(set.wait())).is_pending());
                {
                    let mut wait = pin!(set.wait());
                    assert!(poll_once(wait.as_mut()).is_pending());
                    ch.try_put(n).unwrap();
                }
                assert_eq!(ready(set.wait()), Some(n as usize));
                assert_eq!(ch.try_put(n).is_ok(), ch.capacity() > 0);
                assert_eq!(set.try_wait().is_some(), ch.capacity() > 0);
            }
            {
                let mut wait = pin!(set.wait());
                assert!(poll_once(wait.as_mut()).is_pending());
                assert!(FIXED.try_take().is_ok());
                assert_eq!(poll_once(wait), Poll::Ready(Some(put.index())));
            }
            assert!(set.refill(put, 1).is_none() && set.take_back(put).is_some());
            assert!(set.refill(put, 2).is_none());
            assert!(keys.iter().all(|&key| set.output(key).is_some()));
        }
    });
    assert_eq!(count, 0);
    let adding = allocations(|| {
        other.add(FIXED.take());
    });
    assert!(adding > 0);
}

#[track_caller]
fn waits_without_allocating(set: &mut Select<'_>) {
    let count = allocations(|| assert!(poll_once(pin!(set.wait())).is_pending()));
    assert_eq!(count, 0);
}

/// Whatever the number of arms, and whatever becomes of them.
#[test]
fn set_has_room_for_all_its_arms_wherever_they_stand() {
    for arms in (1..=17).step_by(if cfg!(miri) { 8 } else { 1 }) {
        let channels: Vec<_> = (1..arms).map(|_| Channel::<u64>::new(0)).collect();
        let mut set = Select::new();
        let mut futures: Vec<_> = (0..arms)
            .map(|_| set.add_future(std::future::pending::<()>()))
            .collect();
        // All are looked at, and are to be polled again.
        waits_without_allocating(&mut set);
        waits_without_allocating(&mut set);
        // One comes in the place of another.
        assert!(set.remove(futures[0]));
        futures[0] = set.add_future(std::future::pending());
        assert_eq!(futures[0].index(), 0);
        waits_without_allocating(&mut set);
        let takes: Vec<_> = channels.iter().map(|ch| set.add(ch.take())).collect();
        waits_without_allocating(&mut set);
        let removing = allocations(|| {
            futures.iter().for_each(|&key| assert!(set.remove(key)));
            takes.iter().for_each(|&key| assert!(set.remove(key)));
        });
        assert_eq!(removing, 0);
    }
}
