//! The operations whose instructions `ci/instructions.sh` counts under callgrind.
//!
//! `instructions NAME N` does the operation of that name N times, on one thread; `instructions`
//! alone lists the names. Counted are N times and 2 N times, and the difference is divided by N: so
//! what comes before and after cancels out. The waker does nothing, so that what is counted is ours
//! alone, and the choices of select are seeded.

use std::future::Future;
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::task::{Context, Poll, Waker};

use csp_core::{Channel, Receiver, Select, Sender, channel, select};

/// An operation, done so many times.
type Operation = fn(usize);

/// Each with its name, under which its figure is stored.
const OPERATIONS: [(&str, Operation); 18] = [
    ("put_take", put_take),
    ("try_put_try_take", try_put_try_take),
    ("unbounded_put_take", unbounded_put_take),
    ("kibi_put_take", kibi_put_take),
    ("blocking_put_take", blocking_put_take),
    ("rendezvous_taker_waits", rendezvous_taker_waits),
    ("rendezvous_putter_waits", rendezvous_putter_waits),
    ("buffered_taker_waits", buffered_taker_waits),
    ("buffered_putter_waits", buffered_putter_waits),
    ("cancel_take", cancel_take),
    ("cancel_put", cancel_put),
    ("select2_ready", select2_ready),
    ("select2_parks", select2_parks),
    ("select8_parks", select8_parks),
    ("select8_default", select8_default),
    ("set8_round", set8_round),
    ("set64_round", set64_round),
    ("open_close", open_close),
];

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(name) = args.next() else {
        for (name, _) in OPERATIONS {
            println!("{name}");
        }
        return ExitCode::SUCCESS;
    };
    let operation = OPERATIONS.iter().find(|(other, _)| *other == name);
    let times = args.next().and_then(|times| times.parse().ok());
    let (Some((_, operation)), Some(times)) = (operation, times) else {
        eprintln!("usage: instructions [NAME TIMES]");
        return ExitCode::from(2);
    };
    csp_core::select::seed(1);
    operation(times);
    ExitCode::SUCCESS
}

/// Polls once with a waker that does nothing.
#[inline]
fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// What a future gives that need not wait.
#[inline]
fn now<F: Future>(future: F) -> F::Output {
    match poll(pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

/// Eight bytes, which the optimiser does not know.
#[inline]
fn value(number: usize) -> usize {
    std::hint::black_box(number)
}

fn put_take(times: usize) {
    let (tx, rx) = channel(100);
    for number in 0..times {
        now(tx.put(value(number))).unwrap();
        assert_eq!(now(rx.take()), Some(number));
    }
}

fn try_put_try_take(times: usize) {
    let (tx, rx) = channel(100);
    for number in 0..times {
        tx.try_put(value(number)).unwrap();
        assert_eq!(rx.try_take(), Ok(number));
    }
}

fn unbounded_put_take(times: usize) {
    let (tx, rx) = Channel::unbounded().split();
    for number in 0..times {
        now(tx.put(value(number))).unwrap();
        assert_eq!(now(rx.take()), Some(number));
    }
}

fn kibi_put_take(times: usize) {
    let (tx, rx) = channel(100);
    for number in 0..times {
        now(tx.put([value(number); 128])).unwrap();
        assert_eq!(now(rx.take()).map(|kibi| kibi[127]), Some(number));
    }
}

fn blocking_put_take(times: usize) {
    let (tx, rx) = channel(100);
    for number in 0..times {
        tx.put_blocking(value(number)).unwrap();
        assert_eq!(rx.take_blocking(), Some(number));
    }
}

/// A take waits, a put meets it, and it is polled again.
fn rendezvous_taker_waits(times: usize) {
    taker_waits(channel(0), times);
}

fn buffered_taker_waits(times: usize) {
    taker_waits(channel(100), times);
}

fn taker_waits((tx, rx): (Sender<usize>, Receiver<usize>), times: usize) {
    for number in 0..times {
        let mut take = pin!(rx.take());
        assert!(poll(take.as_mut()).is_pending());
        now(tx.put(value(number))).unwrap();
        assert_eq!(poll(take), Poll::Ready(Some(number)));
    }
}

/// A put waits, a take meets it, and it is polled again.
fn rendezvous_putter_waits(times: usize) {
    putter_waits(channel(0), times, 0);
}

fn buffered_putter_waits(times: usize) {
    putter_waits(channel(1), times, 1);
}

fn putter_waits((tx, rx): (Sender<usize>, Receiver<usize>), times: usize, stored: usize) {
    for number in 0..stored {
        now(tx.put(number)).unwrap();
    }
    for number in 0..times {
        let mut put = pin!(tx.put(value(number + stored)));
        assert!(poll(put.as_mut()).is_pending());
        assert_eq!(now(rx.take()), Some(number));
        assert_eq!(poll(put), Poll::Ready(Ok(())));
    }
}

/// A take waits behind a hundred others, and gives up.
fn cancel_take(times: usize) {
    let (_tx, rx) = channel::<usize>(0);
    let mut others: Vec<_> = (0..100).map(|_| Box::pin(rx.take())).collect();
    for other in &mut others {
        assert!(poll(other.as_mut()).is_pending());
    }
    for _ in 0..times {
        assert!(poll(pin!(rx.take())).is_pending());
    }
}

fn cancel_put(times: usize) {
    let (tx, _rx) = channel(0);
    let mut others: Vec<_> = (0..100).map(|number| Box::pin(tx.put(number))).collect();
    for other in &mut others {
        assert!(poll(other.as_mut()).is_pending());
    }
    for number in 0..times {
        assert!(poll(pin!(tx.put(value(number)))).is_pending());
    }
}

fn select2_ready(times: usize) {
    let (_idle, a) = channel::<usize>(100);
    let (tx, b) = channel(100);
    for number in 0..times {
        now(tx.put(value(number))).unwrap();
        let taken = now(async {
            select! {
                taken = a.take() => taken,
                taken = b.take() => taken,
            }
        });
        assert_eq!(taken, Some(number));
    }
}

/// A select finds nothing and waits; a put comes for one of its arms.
fn select2_parks(times: usize) {
    let (_idle, a) = channel::<usize>(0);
    let (tx, b) = channel(0);
    for number in 0..times {
        let mut select = pin!(async {
            select! {
                taken = a.take() => taken,
                taken = b.take() => taken,
            }
        });
        assert!(poll(select.as_mut()).is_pending());
        now(tx.put(value(number))).unwrap();
        assert_eq!(poll(select), Poll::Ready(Some(number)));
    }
}

/// As many channels as a select of eight arms has.
fn eight() -> (Vec<Sender<usize>>, [Receiver<usize>; 8]) {
    let (txs, rxs): (Vec<_>, Vec<_>) = (0..8).map(|_| channel(0)).unzip();
    (txs, rxs.try_into().expect("eight of them"))
}

fn select8_parks(times: usize) {
    let (txs, [a, b, c, d, e, f, g, h]) = eight();
    for number in 0..times {
        let mut select = pin!(async {
            select! {
                taken = a.take() => taken,
                taken = b.take() => taken,
                taken = c.take() => taken,
                taken = d.take() => taken,
                taken = e.take() => taken,
                taken = f.take() => taken,
                taken = g.take() => taken,
                taken = h.take() => taken,
            }
        });
        assert!(poll(select.as_mut()).is_pending());
        now(txs[number % 8].put(value(number))).unwrap();
        assert_eq!(poll(select), Poll::Ready(Some(number)));
    }
}

fn select8_default(times: usize) {
    let (_txs, [a, b, c, d, e, f, g, h]) = eight();
    for _ in 0..times {
        let taken = now(async {
            select! {
                taken = a.take() => taken,
                taken = b.take() => taken,
                taken = c.take() => taken,
                taken = d.take() => taken,
                taken = e.take() => taken,
                taken = f.take() => taken,
                taken = g.take() => taken,
                taken = h.take() => taken,
                default => Some(8),
            }
        });
        assert_eq!(taken, Some(8));
    }
}

/// A set of takes waits; a put comes for one of them.
fn set8_round(times: usize) {
    set_round(8, times);
}

fn set64_round(times: usize) {
    set_round(64, times);
}

fn set_round(arms: usize, times: usize) {
    let (txs, rxs): (Vec<_>, Vec<_>) = (0..arms).map(|_| channel(0)).unzip();
    let mut set = Select::new();
    let keys: Vec<_> = rxs.iter().map(|rx| set.add(rx.take())).collect();
    for number in 0..times {
        let arm = number % arms;
        {
            let mut wait = pin!(set.wait());
            assert!(poll(wait.as_mut()).is_pending());
            now(txs[arm].put(value(number))).unwrap();
            assert_eq!(poll(wait), Poll::Ready(Some(arm)));
        }
        assert_eq!(set.output(keys[arm]), Some(Some(number)));
    }
}

fn open_close(times: usize) {
    for number in 0..times {
        let (tx, rx) = channel(1);
        tx.try_put(value(number)).unwrap();
        drop(tx);
        assert_eq!(rx.try_take(), Ok(number));
    }
}
