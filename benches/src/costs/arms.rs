//! What a round of a select costs, depending on how many arms it has.
//!
//! In each round it finds nothing and waits, a value comes for one arm, chosen at random, and it is
//! polled again.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Instant;

use csp_core::{Receiver, Select, Sender, channel};
use futures_util::StreamExt;
use futures_util::stream::{SelectAll, Stream};

use super::{Contender, medians, now, poll};
use crate::go::Program;
use crate::options::Options;
use crate::peers::{self, AsyncChannel, Asyncband, Crossfire, Flume, GO, OURS, Peer, Taken};
use crate::results::Cost;
use crate::row::Capacity;

const ARMS: [usize; 6] = [2, 8, 32, 64, 256, 1_024];

/// What is measured.
pub(crate) const ROUND: &str = "round of a select over so many";

/// The column of our set that is made once.
pub(crate) const KEPT: &str = "csp kept set";

/// The column of the peers' streams in a set that is made once.
pub(crate) const STREAMS: &str = "async-channel SelectAll";

pub(super) fn run(options: &Options, go: Option<&Program>) -> Vec<Cost> {
    let mut go = go.and_then(|go| go.serve(1).ok());
    let mut costs = Vec::new();
    for arms in ARMS {
        // Of what takes long, fewer.
        let rounds = 20_000 / arms;
        let contenders = vec![
            Contender::new(KEPT, || Some(kept(arms, 20_000))),
            Contender::new(OURS, || Some(fresh(arms, rounds))),
            peer::<Flume>(arms, rounds),
            peer::<AsyncChannel>(arms, rounds),
            peer::<Crossfire>(arms, rounds),
            peer::<Asyncband>(arms, rounds),
            Contender::new(STREAMS, || streams(arms, 20_000)),
            Contender::new(GO, || {
                let answer = go.as_mut()?.ask(&format!("arms {arms} {rounds}"))?;
                answer.first().copied()
            }),
        ];
        for (library, value) in medians(options, contenders) {
            costs.push(Cost {
                part: "arms".into(),
                case: ROUND.into(),
                x: Some(arms),
                library: library.to_owned(),
                value,
                unit: "ns".into(),
            });
        }
    }
    costs
}

/// Nanoseconds for each of so many rounds, whose number is handed to `round` with that of an arm.
fn rounds(arms: usize, rounds: usize, mut round: impl FnMut(usize, usize)) -> f64 {
    // A generator good enough to spread over the arms.
    let mut random = 0x9E37_79B9_u32;
    let start = Instant::now();
    for number in 0..rounds {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let arm = (u64::from(random) * arms as u64) >> 32;
        round(number, arm as usize);
    }
    start.elapsed().as_nanos() as f64 / rounds as f64
}

fn ends(arms: usize) -> (Vec<Sender<usize>>, Vec<Receiver<usize>>) {
    (0..arms).map(|_| channel(1)).unzip()
}

/// Our set, made once.
fn kept(arms: usize, times: usize) -> f64 {
    let (txs, rxs) = ends(arms);
    let mut set = Select::new();
    let keys: Vec<_> = rxs.iter().map(|rx| set.add(rx.take())).collect();
    rounds(arms, times, |number, arm| {
        {
            let mut wait = pin!(set.wait());
            assert!(poll(wait.as_mut()).is_pending(), "all are empty");
            txs[arm].try_put(number).expect("there is room");
            assert_eq!(poll(wait), Poll::Ready(Some(arm)));
        }
        assert_eq!(set.output(keys[arm]), Some(Some(number)));
    })
}

/// Our set, made anew in each round.
fn fresh(arms: usize, times: usize) -> f64 {
    let (txs, rxs) = ends(arms);
    rounds(arms, times, |number, arm| {
        let mut set = Select::new();
        let keys: Vec<_> = rxs.iter().map(|rx| set.add(rx.take())).collect();
        {
            let mut wait = pin!(set.wait());
            assert!(poll(wait.as_mut()).is_pending(), "all are empty");
            txs[arm].try_put(number).expect("there is room");
            assert_eq!(poll(wait), Poll::Ready(Some(arm)));
        }
        assert_eq!(set.output(keys[arm]), Some(Some(number)));
    })
}

fn peer<P: Peer>(arms: usize, times: usize) -> Contender<'static> {
    Contender::new(P::LIBRARY, move || takes::<P>(arms, times))
}

/// A list of takes, made anew in each round, of which the first that is ready wins: what
/// `futures::future::select_all` does.
fn takes<P: Peer>(arms: usize, times: usize) -> Option<f64> {
    let pairs: Option<Vec<_>> = (0..arms)
        .map(|_| peers::pair::<P, usize>(Capacity::Room(1)))
        .collect();
    let (mut txs, mut rxs): (Vec<_>, Vec<_>) = pairs?.into_iter().unzip();
    Some(rounds(arms, times, |number, arm| {
        let mut takes: Vec<_> = rxs.iter_mut().map(|rx| Box::pin(P::take(rx))).collect();
        let mut select = pin!(poll_fn(|cx| {
            let mut ready = takes
                .iter_mut()
                .filter_map(|take| match take.as_mut().poll(cx) {
                    Poll::Ready(taken) => Some(taken.value()),
                    Poll::Pending => None,
                });
            ready.next().map_or(Poll::Pending, Poll::Ready)
        }));
        assert!(poll(select.as_mut()).is_pending(), "all are empty");
        assert!(now(P::put(&mut txs[arm], number)).is_ok());
        assert_eq!(poll(select), Poll::Ready(Some(number)));
    }))
}

/// A peer's receivers as streams, in a set made once.
fn streams(arms: usize, times: usize) -> Option<f64> {
    let (txs, rxs): (Vec<_>, Vec<_>) = (0..arms).map(|_| async_channel::bounded(1)).unzip();
    // It asks for streams that need not be pinned.
    type Boxed = Pin<Box<dyn Stream<Item = usize>>>;
    let mut set: SelectAll<Boxed> = rxs.into_iter().map(|rx| Box::pin(rx) as Boxed).collect();
    Some(rounds(arms, times, |number, arm| {
        assert!(poll(pin!(set.next())).is_pending(), "all are empty");
        txs[arm].try_send(number).expect("there is room");
        assert_eq!(poll(pin!(set.next())), Poll::Ready(Some(number)));
    }))
}
