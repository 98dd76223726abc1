//! What lies below: a lock and nothing else, and a channel without a lock.

use std::hint;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use csp_core::{channel, local_channel};
use tokio::runtime;
use tokio::task::{LocalSet, spawn_local};

use super::{Contender, medians};
use crate::go::Program;
use crate::options::Options;
use crate::results::Cost;
use crate::shapes::rate_since;

/// The rate of one producer and one consumer, on ends of whichever type.
macro_rules! one_to_one {
    ($ends:expr, $messages:ident) => {{
        let (tx, rx) = $ends;
        let producer = async move {
            for number in 0..$messages {
                assert!(tx.put(number).await.is_ok(), "the receiver is alive");
            }
        };
        let consumer = async move {
            let mut taken = 0;
            while rx.take().await.is_some() {
                taken += 1;
            }
            taken
        };
        rate($messages, producer, consumer)
    }};
}

pub(super) fn run(options: &Options, _go: Option<&Program>) -> Vec<Cost> {
    let messages = options.messages;
    let contenders = vec![
        Contender::new(FLOOR, || Some(locks(messages))),
        Contender::new(SHARED, || Some(one_to_one!(channel(100), messages))),
        Contender::new(LOCAL, || Some(one_to_one!(local_channel(100), messages))),
    ];
    let figures = medians(options, contenders);
    let costs = figures.into_iter().map(|(library, value)| Cost {
        part: "floor".into(),
        case: ONE_TO_ONE.into(),
        x: None,
        library: library.to_owned(),
        value,
        unit: "M msg/s".into(),
    });
    costs.collect()
}

/// What is measured.
pub(crate) const ONE_TO_ONE: &str = "1x1/100 on one thread";

/// The columns.
pub(crate) const FLOOR: &str = "two lock pairs";
pub(crate) const SHARED: &str = "csp channel";
pub(crate) const LOCAL: &str = "csp local channel";

/// The rate of messages that each cost two uncontended lock pairs, one for its put and one for its
/// take.
fn locks(messages: usize) -> f64 {
    let lock = AtomicBool::new(false);
    // Shown to the optimiser as shared, so that it keeps every operation.
    let lock = hint::black_box(&lock);
    let start = Instant::now();
    for _ in 0..messages {
        lock_pair(lock);
        lock_pair(lock);
    }
    rate_since(start, messages)
}

fn lock_pair(lock: &AtomicBool) {
    while lock.swap(true, Ordering::Acquire) {
        hint::spin_loop();
    }
    lock.store(false, Ordering::Release);
}

/// The rate of two tasks of one thread, of which the second says how much it took.
fn rate(
    messages: usize,
    producer: impl Future<Output = ()> + 'static,
    consumer: impl Future<Output = usize> + 'static,
) -> f64 {
    let runtime = runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime starts");
    LocalSet::new().block_on(&runtime, async {
        let start = Instant::now();
        let producer = spawn_local(producer);
        let taken = spawn_local(consumer).await.expect("no task panics");
        producer.await.expect("no task panics");
        assert_eq!(taken, messages, "every value is taken once");
        rate_since(start, messages)
    })
}
