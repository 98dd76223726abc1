//! How long a token takes to go there and back.

use std::time::Instant;

use crate::go::Program;
use crate::options::Options;
use crate::peers::{
    self, AsyncChannel, Asyncband, Crossfire, Flume, Kanal, Ours, Peer, Taken, TokioMpsc,
};
use crate::results::{Cost, percentile};
use crate::row::Capacity;
use crate::runtimes::{Runtime, Tokio};

const TRIPS: usize = 10_000;

type Trip = fn(&Tokio, Capacity, usize) -> Option<Vec<u32>>;

pub(super) fn run(options: &Options, _go: Option<&Program>) -> Vec<Cost> {
    let contenders: [(&str, Trip); 7] = [
        (Ours::LIBRARY, trips::<Ours>),
        (Kanal::LIBRARY, trips::<Kanal>),
        (Flume::LIBRARY, trips::<Flume>),
        (AsyncChannel::LIBRARY, trips::<AsyncChannel>),
        (Crossfire::LIBRARY, trips::<Crossfire>),
        (Asyncband::LIBRARY, trips::<Asyncband>),
        (TokioMpsc::LIBRARY, trips::<TokioMpsc>),
    ];
    let runtimes = [
        ("tokio1", Tokio::current_thread()),
        ("tokio2", Tokio::workers(2)),
    ];
    let mut costs = Vec::new();
    for (name, runtime) in &runtimes {
        for room in [0, 1] {
            let mut samples = vec![Vec::new(); contenders.len()];
            for round in 0..=options.rounds {
                for ((library, trips), samples) in contenders.iter().zip(&mut samples) {
                    if !options.wants(library) {
                        continue;
                    }
                    let trips = trips(runtime, Capacity::Room(room), TRIPS);
                    if round > 0 {
                        samples.extend(trips.unwrap_or_default());
                    }
                }
            }
            for ((library, _), mut samples) in contenders.iter().zip(samples) {
                if samples.is_empty() {
                    continue;
                }
                samples.sort_unstable();
                for (percent, part) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
                    costs.push(Cost {
                        part: "latency".into(),
                        case: format!("{name} pingpong/{room} {percent}"),
                        x: None,
                        library: (*library).to_owned(),
                        value: percentile(&samples, part),
                        unit: "ns".into(),
                    });
                }
            }
        }
    }
    costs
}

/// The durations of so many trips there and back, in nanoseconds.
fn trips<P: Peer>(runtime: &Tokio, capacity: Capacity, trips: usize) -> Option<Vec<u32>> {
    let (mut there_tx, mut there_rx) = peers::pair::<P, usize>(capacity)?;
    let (mut back_tx, mut back_rx) = peers::pair::<P, usize>(capacity)?;
    Some(runtime.block_on(async {
        let ping = runtime.spawn(async move {
            let mut durations = Vec::with_capacity(trips);
            let mut start = Instant::now();
            for trip in 0..trips {
                assert!(P::put(&mut there_tx, trip).await.is_ok());
                assert_eq!(P::take(&mut back_rx).await.value(), Some(trip));
                let end = Instant::now();
                let nanoseconds = end.duration_since(start).as_nanos();
                durations.push(u32::try_from(nanoseconds).unwrap_or(u32::MAX));
                start = end;
            }
            durations
        });
        let pong = runtime.spawn(async move {
            while let Some(token) = P::take(&mut there_rx).await.value() {
                assert!(P::put(&mut back_tx, token).await.is_ok());
            }
        });
        let durations = ping.await;
        pong.await;
        durations
    }))
}
