//! What Go's own tests show of its channels (`test/chan`, `test/closedchan.go`, `test/chancap.go`),
//! shown of ours. Each comment names the test; where our meaning is another one, it says so.

mod common;

use common::{Executor, Task, each_kind, heap, now};
use csp_core::{Channel, Closed, Receiver, Sender, TryPutError, TryTakeError, channel, select};
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt::Debug;
use std::rc::Rc;

const UNBOUNDED: usize = usize::MAX;

// test/chan/fifo: a buffer keeps the order
#[test]
fn values_come_out_of_a_buffer_in_the_order_in_which_they_went_in() {
    for capacity in [10, UNBOUNDED] {
        let ch = heap(capacity);
        (0..10).for_each(|n| assert_eq!(now(ch.put(n)), Ok(())));
        (0..10).for_each(|n| assert_eq!(now(ch.take()), Some(n)));
    }
}

// test/chan/fifo: so do those who wait
#[test]
fn processes_that_wait_in_a_row_are_released_in_their_order() {
    for capacity in [0, 1] {
        let ch = Channel::new(capacity);
        let order = RefCell::new(Vec::new());
        let mut executor = Executor::new();
        // Each takes its number, and only then may the one behind it look.
        let mut before: Option<Receiver<()>> = None;
        for n in 0..10 {
            let (done, next) = channel(1);
            let turn = before.replace(next);
            let (ch, order) = (&ch, &order);
            executor.go(async move {
                if let Some(turn) = turn {
                    turn.take().await.unwrap();
                }
                assert_eq!(ch.take().await, Some(n));
                order.borrow_mut().push(n);
                done.put(())
                    .await
                    .unwrap_or_else(|_| assert_eq!(n, 9, "the last one's"));
            });
        }
        drop(before);
        executor.go(async {
            for n in 0..10 {
                ch.put(n).await.unwrap();
            }
        });
        assert_eq!(executor.run(), 0);
        assert!(order.take().into_iter().eq(0..10));
    }
}

// test/chan/goroutines
#[test]
fn value_passes_through_ten_thousand_processes() {
    const PROCESSES: u32 = if cfg!(miri) { 30 } else { 10_000 };
    let last = Cell::new(None);
    let (first, mut from) = channel(0);
    let mut executor = Executor::new();
    for _ in 0..PROCESSES {
        let (to, next) = channel(0);
        let from = std::mem::replace(&mut from, next);
        executor.go(async move { to.put(from.take().await.unwrap() + 1).await.unwrap() });
    }
    let cell = &last;
    executor.go(async move { cell.set(from.take().await) });
    assert_eq!(executor.run(), PROCESSES as usize + 1, "all wait");
    executor.go(async move { first.put(0).await.unwrap() });
    assert_eq!(executor.run(), 0);
    assert_eq!(last.get(), Some(PROCESSES));
}

// test/chan/nonblock: each way to try, with nobody there and with somebody
fn tries<T: Clone + PartialEq + Debug>(value: T) {
    async fn select_take<T>(ch: &Channel<T>) -> Option<T> {
        select! { v = ch.take() => v, default => None }
    }
    async fn select_put<T>(ch: &Channel<T>, value: T) -> bool {
        select! { r = ch.put(value) => r.is_ok(), default => false }
    }
    for capacity in [0, 1] {
        let ch = Channel::new(capacity);
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
        assert_eq!(now(select_take(&ch)), None);
        if capacity > 0 {
            assert_eq!(ch.try_put(value.clone()), Ok(()));
            assert_eq!(ch.try_take().as_ref(), Ok(&value));
            assert!(now(select_put(&ch, value.clone())));
        }
        // Full now, or a rendezvous that nobody has come to.
        let full = TryPutError::Full(value.clone());
        assert_eq!(ch.try_put(value.clone()), Err(full));
        assert!(!now(select_put(&ch, value.clone())));
        let stored = std::iter::from_fn(|| now(select_take(&ch))).count();
        assert_eq!(stored, capacity);

        // A partner waits.
        for by_select in [false, true] {
            let mut taker = Task::parked(ch.take());
            match by_select {
                true => assert!(now(select_put(&ch, value.clone()))),
                false => assert_eq!(ch.try_put(value.clone()), Ok(())),
            }
            assert_eq!(taker.woken().as_ref(), Some(&value));

            while ch.try_put(value.clone()).is_ok() {}
            let mut putter = Task::parked(ch.put(value.clone()));
            let taken = match by_select {
                true => now(select_take(&ch)),
                false => ch.try_take().ok(),
            };
            assert_eq!(taken.as_ref(), Some(&value));
            assert_eq!(putter.woken(), Ok(()));
            while ch.try_take().is_ok() {}
        }
    }
}

// test/chan/nonblock
#[test]
fn tries_succeed_exactly_when_there_is_room_a_value_or_a_partner() {
    tries(7_i32);
    tries(7.0_f64);
    tries(true);
    tries("a text");
    tries(String::from("on the heap"));
    tries([7_u8; 1000]);
    tries(Some(Rc::new(7)));
    tries(());
}

/// Sends 2, 3, 4, …
async fn generate(tx: Sender<u32>) {
    for n in 2.. {
        if tx.put(n).await.is_err() {
            return;
        }
    }
}

/// Passes on what is not a multiple of the prime.
async fn filter(rx: Receiver<u32>, tx: Sender<u32>, prime: u32) {
    while let Some(n) = rx.take().await {
        if n % prime != 0 && tx.put(n).await.is_err() {
            return;
        }
    }
}

const PRIMES: [u32; 25] = [
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
];

/// Runs all until one more process, which takes a value, has it; gives the receiver back with it.
fn next<'a>(executor: &mut Executor<'a>, rx: Receiver<u32>) -> (u32, Receiver<u32>) {
    let taken = Rc::new(Cell::new(None));
    let place = taken.clone();
    executor.go(async move {
        let value = rx.take().await.unwrap();
        place.set(Some((value, rx)));
    });
    executor.run();
    taken.take().expect("all wait for ever")
}

// test/chan/sieve1
#[test]
fn sieve_of_a_process_for_each_prime_finds_the_primes_below_a_hundred() {
    // An interpreter need not go so far.
    let primes = if cfg!(miri) {
        &PRIMES[..6]
    } else {
        &PRIMES[..]
    };
    for capacity in [0, 1, 10] {
        let mut executor = Executor::new();
        let (tx, mut rx) = channel(capacity);
        executor.go(generate(tx));
        for &expected in primes {
            let (prime, unfiltered) = next(&mut executor, rx);
            assert_eq!(prime, expected);
            let (tx, filtered) = channel(capacity);
            executor.go(filter(unfiltered, tx, prime));
            rx = filtered;
        }
        // One end closes, and that goes through to the first.
        drop(rx);
        assert_eq!(executor.run(), 0);
    }
}

/// Sends the odd multiples of a prime that no smaller prime has.
async fn multiples(tx: Sender<u32>, prime: u32) {
    for n in (prime * prime..).step_by(2 * prime as usize) {
        if tx.put(n).await.is_err() {
            return;
        }
    }
}

// test/chan/sieve2
#[test]
fn sieve_that_merges_the_multiples_finds_the_primes_below_a_hundred() {
    let limit = if cfg!(miri) { 30 } else { 100 };
    for capacity in [0, 1, 10] {
        let mut executor = Executor::new();
        let mut primes = vec![2];
        let mut streams = Vec::new();
        let mut composites = BinaryHeap::new();
        for n in (3..limit).step_by(2) {
            let is_prime = composites
                .peek()
                .is_none_or(|&Reverse((least, _))| least > n);
            if is_prime {
                primes.push(n);
                let (tx, rx) = channel(capacity);
                executor.go(multiples(tx, n));
                streams.push(Some(rx));
                composites.push(Reverse((n * n, streams.len() - 1)));
            }
            while let Some(&Reverse((least, stream))) = composites.peek() {
                if least > n {
                    break;
                }
                composites.pop();
                let place: &mut Option<Receiver<u32>> = &mut streams[stream];
                let (taken, rx) = next(&mut executor, place.take().unwrap());
                assert_eq!(taken, least);
                let step = 2 * primes[stream + 1];
                composites.push(Reverse((least + step, stream)));
                *place = Some(rx);
            }
        }
        assert!(primes.iter().eq(PRIMES.iter().filter(|&&n| n < limit)));
        streams.clear();
        assert_eq!(executor.run(), 0);
    }
}

// test/chan/doubleselect
#[test]
fn select_over_four_ways_into_one_channel_sends_each_number_once() {
    const NUMBERS: u32 = if cfg!(miri) { 30 } else { 10_000 };
    let ways: Vec<Channel<u32>> = (0..4).map(|_| Channel::new(0)).collect();
    let merged = Channel::new(0);
    let came = RefCell::new(Vec::new());
    let mut executor = Executor::new();
    let forward = async |way: &Channel<u32>| {
        while let Some(n) = way.take().await {
            merged.put(n).await.unwrap();
        }
    };
    ways.iter().for_each(|way| executor.go(forward(way)));
    executor.go(async {
        for n in 0..NUMBERS {
            select! {
                r = ways[0].put(n) => r,
                r = ways[1].put(n) => r,
                r = ways[2].put(n) => r,
                r = ways[3].put(n) => r,
            }
            .unwrap();
        }
        ways.iter().for_each(|way| assert!(way.close()));
    });
    executor.go(async {
        for _ in 0..NUMBERS {
            let n = merged.take().await.unwrap();
            came.borrow_mut().push(n);
        }
    });
    assert_eq!(executor.run(), 0);
    assert_eq!(merged.try_take(), Err(TryTakeError::Empty), "one too many");
    let mut came = came.take();
    came.sort();
    assert!(came.into_iter().eq(0..NUMBERS));
}

// test/chan/zerosize
#[test]
fn channels_of_nothing_are_made_with_any_capacity() {
    #[derive(PartialEq, Debug)]
    struct Nothing {
        none: [u64; 0],
    }
    for capacity in [0, 1, 1 << 20, UNBOUNDED] {
        let ch = heap(capacity);
        let mut taker = Task::parked(ch.take());
        assert_eq!(ch.try_put(Nothing { none: [] }), Ok(()));
        assert_eq!(taker.woken(), Some(Nothing { none: [] }));
    }
}

// test/chan/sendstmt
#[test]
fn any_expression_can_be_put() {
    let (flags, numbers) = (Channel::new(1), Channel::new(1));
    let (a, b) = (1, 2);
    now(async {
        select! { r = flags.put(a == b || b == 2) => r.unwrap() }
        assert_eq!(flags.take().await, Some(true));
        select! { r = numbers.put((a + b * 3) << 1) => r.unwrap() }
        assert_eq!(numbers.take().await, Some(14));
        select! { r = numbers.put(if a < b { 5 } else { 6 }) => r.unwrap() }
        select! {
            r = flags.put(match numbers.take().await { Some(n) => n == 5, None => false }) => r.unwrap(),
        }
        assert_eq!(flags.take().await, Some(true));
        let calls = Channel::new(1);
        select! { r = calls.put(|n: i32| -> i32 { n + 1 }) => r.unwrap() }
        assert_eq!(calls.take().await.map(|call| call(1)), Some(2));
    });
}

// test/closedchan.go. There a send on a closed channel panics, and so does a second close; here the
// put gives its value back, and the close says that it did nothing.
#[test]
fn closed_channel_is_always_ready_and_says_so_in_every_way() {
    each_kind(0, 100, |ch| {
        let stored = ch.capacity().min(2);
        (0..stored).for_each(|n| ch.try_put(n).unwrap());
        assert!(ch.close());
        for n in 0..stored {
            assert_eq!(now(ch.take()), Some(n));
        }
        for _ in 0..10 {
            assert_eq!(now(ch.take()), None);
            assert_eq!(ch.try_take(), Err(TryTakeError::Closed));
            assert_eq!(now(ch.put(7)), Err(Closed(7)));
            assert_eq!(ch.try_put(7), Err(TryPutError::Closed(7)));
            let mut place = Some(7);
            assert_eq!(now(ch.put_from(&mut place)), Err(Closed(())));
            assert_eq!(place, Some(7));
            assert!(!ch.close());
            now(ch.closed());
        }
    });
}

// test/closedchan.go
#[test]
fn closed_channel_is_an_arm_that_is_ready_beside_one_that_is_not() {
    for capacity in [0, 1] {
        let (closed, idle) = (Channel::new(capacity), Channel::<u32>::new(0));
        closed.close();
        for _ in 0..if cfg!(miri) { 20 } else { 100 } {
            now(async {
                select! { v = closed.take() => assert_eq!(v, None), _ = idle.take() => unreachable!() }
                select! { _ = idle.take() => unreachable!(), r = closed.put(7) => assert_eq!(r, Err(Closed(7))) }
                select! { v = closed.take() => assert_eq!(v, None), default => unreachable!() }
                select! { r = closed.put(7) => assert_eq!(r, Err(Closed(7))), default => unreachable!() }
            });
        }
    }
}

// test/chancap.go. There a size that is negative or beyond the memory panics; here one is no number,
// and the other costs nothing until it is used.
#[test]
fn capacity_and_length_are_what_they_are_said_to_be() {
    let ch = Channel::new(10);
    assert_eq!((ch.len(), ch.capacity()), (0, 10));
    (0..3).for_each(|n| ch.try_put(n).unwrap());
    assert_eq!((ch.len(), ch.capacity()), (3, 10));
    let ch = Channel::<u32>::new(0);
    assert_eq!((ch.len(), ch.capacity()), (0, 0));
    for capacity in [1 << 20, 1 << 40, usize::MAX - 1, usize::MAX] {
        let ch = Channel::<[u8; 1024]>::new(capacity);
        assert_eq!((ch.len(), ch.capacity()), (0, capacity));
        assert!(ch.try_put([0; 1024]).is_ok());
        assert_eq!(ch.len(), 1);
    }
}
