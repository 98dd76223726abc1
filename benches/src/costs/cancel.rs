//! What it costs to give up a take, depending on how many others wait on the channel.

use std::pin::pin;
use std::time::{Duration, Instant};

use super::{Contender, medians, poll};
use crate::go::Program;
use crate::options::Options;
use crate::peers::{AsyncChannel, Asyncband, Crossfire, Flume, Kanal, Ours, Peer};
use crate::results::Cost;
use crate::row::Capacity;

/// What is measured.
pub(crate) const GIVES_UP: &str = "take that gives up behind so many";

const WAITING: [usize; 6] = [1, 10, 100, 1_000, 10_000, 100_000];

pub(super) fn run(options: &Options, _go: Option<&Program>) -> Vec<Cost> {
    let mut costs = Vec::new();
    for waiting in WAITING {
        let contenders = vec![
            contender::<Ours>(waiting),
            contender::<Kanal>(waiting),
            contender::<Flume>(waiting),
            contender::<AsyncChannel>(waiting),
            contender::<Crossfire>(waiting),
            contender::<Asyncband>(waiting),
        ];
        for (library, value) in medians(options, contenders) {
            costs.push(Cost {
                part: "cancel".into(),
                case: GIVES_UP.into(),
                x: Some(waiting),
                library: library.to_owned(),
                value,
                unit: "ns".into(),
            });
        }
    }
    costs
}

fn contender<P: Peer>(waiting: usize) -> Contender<'static> {
    Contender::new(P::LIBRARY, move || {
        // It is empty, so its capacity does not matter.
        let rendezvous = P::open(Capacity::Room(0), 1, waiting + 1);
        let (txs, mut rxs) = rendezvous.or_else(|| P::open(Capacity::Room(1), 1, waiting + 1))?;
        let mut last = rxs.pop()?;
        let mut others: Vec<_> = rxs
            .iter_mut()
            .map(|rx| Box::pin(P::take::<usize>(rx)))
            .collect();
        for other in &mut others {
            assert!(poll(other.as_mut()).is_pending(), "the channel is empty");
        }

        // Some take a million times as long as others: so many that they last a while, in lots so
        // large that the clock is of no weight.
        let (mut times, mut elapsed) = (0, Duration::ZERO);
        let start = Instant::now();
        while times < 2_000 && elapsed < Duration::from_millis(5) {
            for _ in 0..20 {
                let take = pin!(P::take(&mut last));
                assert!(poll(take).is_pending(), "the channel is empty");
            }
            times += 20;
            elapsed = start.elapsed();
        }
        let cost = elapsed.as_nanos() as f64 / f64::from(times);
        // Closing takes them all off the list: some would look through it for each that leaves.
        drop(txs);
        Some(cost)
    })
}
