//! How many bytes a channel takes, and somebody who waits on one.

use std::mem::size_of_val;
use std::pin::Pin;

use super::{now, poll};
use crate::allocator::Counted;
use crate::go::Program;
use crate::options::Options;
use crate::peers::{self, AsyncChannel, Asyncband, Crossfire, Flume, Kanal, Ours, Peer, TokioMpsc};
use crate::results::Cost;
use crate::row::Capacity;

/// So many are measured together: what grows in steps is shared among them.
const MANY: usize = 1_000;

type Measure = fn() -> Option<f64>;

pub(super) fn run(options: &Options, _go: Option<&Program>) -> Vec<Cost> {
    let mut costs = Vec::new();
    of::<Ours>(options, &mut costs);
    of::<Kanal>(options, &mut costs);
    of::<Flume>(options, &mut costs);
    of::<AsyncChannel>(options, &mut costs);
    of::<Crossfire>(options, &mut costs);
    of::<Asyncband>(options, &mut costs);
    of::<TokioMpsc>(options, &mut costs);
    costs
}

fn of<P: Peer>(options: &Options, costs: &mut Vec<Cost>) {
    if !options.wants(P::LIBRARY) {
        return;
    }
    let cases: [(&str, Measure); 6] = [
        ("idle channel of capacity 0 with both ends", || {
            channel::<P>(0)
        }),
        ("idle channel of capacity 1 with both ends", || {
            channel::<P>(1)
        }),
        ("idle channel of capacity 100 with both ends", || {
            channel::<P>(100)
        }),
        ("parked put", put::<P>),
        ("parked take", take::<P>),
        ("parked select over 8 with its ends", select::<P>),
    ];
    for (case, measure) in cases {
        costs.extend(measure().map(|value| Cost {
            part: "memory".into(),
            case: case.into(),
            x: None,
            library: P::LIBRARY.to_owned(),
            value,
            unit: "bytes".into(),
        }));
    }
}

/// What it allocates, and the handles.
fn channel<P: Peer>(room: usize) -> Option<f64> {
    let mut channels = Vec::with_capacity(MANY);
    let counted = Counted::start();
    for _ in 0..MANY {
        channels.extend(peers::pair::<P, usize>(Capacity::Room(room)));
    }
    let bytes = counted.bytes();
    Some(bytes as f64 / MANY as f64 + size_of_val(channels.first()?) as f64)
}

/// The future, and what it allocates to wait.
fn parked<F: Future>(mut futures: Vec<Pin<Box<F>>>) -> Option<f64> {
    let counted = Counted::start();
    for future in &mut futures {
        assert!(poll(future.as_mut()).is_pending(), "no room, and no value");
    }
    let bytes = counted.bytes();
    Some(bytes as f64 / futures.len() as f64 + size_of_val(&**futures.first()?) as f64)
}

fn put<P: Peer>() -> Option<f64> {
    // With one producer that first fills it: some can only tell so that a channel is full.
    let (mut txs, rxs) = match P::open(Capacity::Room(0), MANY, 1) {
        Some(rendezvous) => rendezvous,
        None => {
            let (mut txs, rxs) = P::open(Capacity::Room(1), MANY, 1)?;
            assert!(now(P::put(txs.first_mut()?, 0)).is_ok(), "there is room");
            (txs, rxs)
        }
    };
    let bytes = parked(
        txs.iter_mut()
            .map(|tx| Box::pin(P::put(tx, 0usize)))
            .collect(),
    );
    drop(rxs);
    bytes
}

fn take<P: Peer>() -> Option<f64> {
    // One that has a single consumer has a single parked take.
    let many = [MANY, 1];
    let (_txs, mut rxs) = many.into_iter().find_map(|many| {
        let rendezvous = P::open::<usize>(Capacity::Room(0), 1, many);
        rendezvous.or_else(|| P::open(Capacity::Room(1), 1, many))
    })?;
    parked(rxs.iter_mut().map(|rx| Box::pin(P::take(rx))).collect())
}

fn select<P: Peer>() -> Option<f64> {
    if !P::SELECTS {
        return None;
    }
    let mut channels: Vec<_> = (0..MANY)
        .map(|_| {
            let pairs: Option<Vec<_>> = (0..8)
                .map(|_| {
                    let rendezvous = peers::pair::<P, usize>(Capacity::Room(0));
                    rendezvous.or_else(|| peers::pair::<P, usize>(Capacity::Room(1)))
                })
                .collect();
            let (txs, rxs): (Vec<_>, Vec<_>) = pairs?.into_iter().unzip();
            Some((txs, <[_; 8]>::try_from(rxs).ok()?))
        })
        .collect::<Option<_>>()?;
    let (txs, rxs): (Vec<_>, Vec<_>) = channels.drain(..).unzip();
    let selects = rxs.into_iter().map(|rxs| Box::pin(P::take_from_8(rxs, 1)));
    let bytes = parked(selects.collect());
    drop(txs);
    bytes
}
