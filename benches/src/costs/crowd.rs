//! More threads than cores: how long a put or take lasts when the thread that holds the lock may be
//! the one that does not run.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Instant;

use crate::go::Program;
use crate::options::Options;
use crate::peers::{AsyncChannel, Asyncband, Crossfire, Flume, Kanal, Ours, Peer, Taken};
use crate::results::{Cost, percentile};
use crate::row::Capacity;
use crate::runtimes::{Runtime, Tokio};
use crate::threads::{self, Blocking};

/// So many put, and as many take.
const SIDE: usize = 8;

/// So many values does each of them put.
const EACH: usize = 2_000;

const CAPACITY: Capacity = Capacity::Room(100);

type Run = fn(&Tokio) -> Option<Vec<u32>>;

pub(super) fn run(options: &Options, _go: Option<&Program>) -> Vec<Cost> {
    let on_threads: [(&str, Run); 3] = [
        (threads::Ours::LIBRARY, |_| blocking::<threads::Ours>()),
        (threads::Crossbeam::LIBRARY, |_| {
            blocking::<threads::Crossbeam>()
        }),
        (Locked::LIBRARY, |_| blocking::<Locked>()),
    ];
    let on_tokio: [(&str, Run); 6] = [
        (Ours::LIBRARY, tasks::<Ours>),
        (Kanal::LIBRARY, tasks::<Kanal>),
        (Flume::LIBRARY, tasks::<Flume>),
        (AsyncChannel::LIBRARY, tasks::<AsyncChannel>),
        (Crossfire::LIBRARY, tasks::<Crossfire>),
        (Asyncband::LIBRARY, tasks::<Asyncband>),
    ];
    let tokio = Tokio::workers(2 * SIDE);
    let mut costs = Vec::new();
    measure(options, &tokio, "threads16", &on_threads, &mut costs);
    measure(options, &tokio, "tokio16", &on_tokio, &mut costs);
    costs
}

fn measure(
    options: &Options,
    tokio: &Tokio,
    place: &str,
    contenders: &[(&'static str, Run)],
    costs: &mut Vec<Cost>,
) {
    let mut samples = vec![Vec::new(); contenders.len()];
    for round in 0..=options.rounds {
        for ((library, run), samples) in contenders.iter().zip(&mut samples) {
            if !options.wants(library) {
                continue;
            }
            let durations = run(tokio).unwrap_or_default();
            if round > 0 {
                samples.extend(durations);
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
                part: "crowd".into(),
                case: format!("{place} 8x8/100 {percent}"),
                x: None,
                library: (*library).to_owned(),
                value: percentile(&samples, part),
                unit: "ns".into(),
            });
        }
    }
}

fn since(start: Instant) -> u32 {
    u32::try_from(start.elapsed().as_nanos()).unwrap_or(u32::MAX)
}

/// The durations of all puts and takes, in nanoseconds.
fn blocking<B: Blocking>() -> Option<Vec<u32>> {
    let (tx, rxs) = B::open(CAPACITY, SIDE)?;
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for tx in vec![tx; SIDE] {
            threads.push(scope.spawn(move || {
                let mut durations = Vec::with_capacity(EACH);
                for number in 0..EACH {
                    let start = Instant::now();
                    assert!(B::put(&tx, number), "the receivers are alive");
                    durations.push(since(start));
                }
                durations
            }));
        }
        for rx in rxs {
            threads.push(scope.spawn(move || {
                let mut durations = Vec::with_capacity(2 * EACH);
                loop {
                    let start = Instant::now();
                    if B::take(&rx).is_none() {
                        return durations;
                    }
                    durations.push(since(start));
                }
            }));
        }
        let threads = threads.into_iter();
        let durations = threads.flat_map(|thread| thread.join().expect("no thread panics"));
        Some(durations.collect())
    })
}

fn tasks<P: Peer>(tokio: &Tokio) -> Option<Vec<u32>> {
    let (txs, rxs) = P::open::<usize>(CAPACITY, SIDE, SIDE)?;
    Some(tokio.block_on(async {
        let putters: Vec<_> = txs
            .into_iter()
            .map(|tx| tokio.spawn(put::<P>(tx)))
            .collect();
        let takers: Vec<_> = rxs
            .into_iter()
            .map(|rx| tokio.spawn(take::<P>(rx)))
            .collect();
        let mut durations = Vec::new();
        for putter in putters {
            durations.extend(putter.await);
        }
        for taker in takers {
            durations.extend(taker.await);
        }
        durations
    }))
}

async fn put<P: Peer>(mut tx: P::Tx<usize>) -> Vec<u32> {
    let mut durations = Vec::with_capacity(EACH);
    for number in 0..EACH {
        let start = Instant::now();
        assert!(P::put(&mut tx, number).await.is_ok());
        durations.push(since(start));
    }
    durations
}

async fn take<P: Peer>(mut rx: P::Rx<usize>) -> Vec<u32> {
    let mut durations = Vec::with_capacity(2 * EACH);
    loop {
        let start = Instant::now();
        if P::take(&mut rx).await.value().is_none() {
            return durations;
        }
        durations.push(since(start));
    }
}

/// A queue behind a lock that the system knows of, for comparison: who waits for it sleeps, and
/// nobody spins.
struct Locked;

#[derive(Clone)]
struct End(Arc<Queue>);

/// The end that closes the queue when the last of it goes.
#[derive(Clone)]
struct PuttingEnd {
    queue: End,
    /// How many there are.
    count: Arc<()>,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    has_room: Condvar,
    has_values: Condvar,
}

#[derive(Default)]
struct State {
    values: VecDeque<usize>,
    capacity: usize,
    closed: bool,
}

impl Blocking for Locked {
    const LIBRARY: &'static str = "mutex";

    type Tx = PuttingEnd;
    type Rx = End;

    fn open(capacity: Capacity, consumers: usize) -> Option<(PuttingEnd, Vec<End>)> {
        let Capacity::Room(capacity @ 1..) = capacity else {
            return None;
        };
        let state = State {
            capacity,
            ..State::default()
        };
        let queue = End(Arc::new(Queue {
            state: Mutex::new(state),
            ..Queue::default()
        }));
        let tx = PuttingEnd {
            queue: queue.clone(),
            count: Arc::new(()),
        };
        Some((tx, vec![queue; consumers]))
    }

    fn put(tx: &PuttingEnd, value: usize) -> bool {
        let queue = &tx.queue.0;
        let state = queue.state.lock().expect("nothing panics under it");
        let full = |state: &mut State| state.values.len() == state.capacity;
        let mut state = queue
            .has_room
            .wait_while(state, full)
            .expect("nothing panics under it");
        state.values.push_back(value);
        drop(state);
        queue.has_values.notify_one();
        true
    }

    fn take(rx: &End) -> Option<usize> {
        let state = rx.0.state.lock().expect("nothing panics under it");
        let empty = |state: &mut State| state.values.is_empty() && !state.closed;
        let mut state =
            rx.0.has_values
                .wait_while(state, empty)
                .expect("nothing panics under it");
        let value = state.values.pop_front();
        drop(state);
        rx.0.has_room.notify_one();
        value
    }
}

impl Drop for PuttingEnd {
    fn drop(&mut self) {
        // Whether it is the last is asked under the lock, where two cannot both find it is not.
        let mut state = self.queue.0.state.lock().expect("nothing panics under it");
        let count = std::mem::replace(&mut self.count, Arc::new(()));
        state.closed = Arc::into_inner(count).is_some();
        drop(state);
        self.queue.0.has_values.notify_all();
    }
}
