//! Channels that are closed while they are in use.

use super::books::End;
use super::{Books, FEW, Handle, Random, Rx, Tx, Watched, end_of, have_it_alone, storm_size};
use crate::Tested;
use crate::tools::yield_now;
use csp_core::rt::go;
use csp_core::{channel, select};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Hand-over places of a channel on the heap.
const PLACES: usize = 4;

/// How a channel comes to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    ByTheSender,
    ByTheReceiver,
    LastSenders,
    LastReceivers,
}

/// One short-lived channel after the other. All processes end, whatever they wait for; and who was
/// told that a value is put was told the truth.
pub async fn channels_closed_by_either_end_or_by_its_drop<R: Tested>(rt: R) {
    let books = Books::new(storm_size(FEW));
    let mut random = Random::new(7);
    let mut channels = 0;
    while books.made() < storm_size(FEW) {
        for way in [
            Way::ByTheSender,
            Way::ByTheReceiver,
            Way::LastSenders,
            Way::LastReceivers,
        ] {
            let capacity = [0, 1, 8][random.below(3)];
            one(&rt, &books, way, capacity, &mut random).await;
            channels += 1;
        }
    }
    books.audit();
    println!("{channels} channels: {}", books.line());
}

async fn one<R: Tested>(
    rt: &R,
    books: &Arc<Books>,
    way: Way,
    capacity: usize,
    random: &mut Random,
) {
    let (tx, rx) = channel(capacity);
    let (tx, rx) = (Handle::new(tx), Handle::new(rx));
    if random.below(2) == 0 {
        have_it_alone(&rx);
    }
    let put = Arc::new(AtomicUsize::new(0));
    let before = [End::Taken, End::WithChannel].map(|end| books.count(end));
    // Senders that go are as good as values that run out.
    let most = if way == Way::LastSenders {
        10
    } else {
        usize::MAX
    };
    let putters = (0..2).map(|_| {
        let (tx, books, put) = (tx.clone(), books.clone(), put.clone());
        go(rt, Watched::new(putter(tx, books, put, most)))
    });
    let putters: Vec<_> = putters.collect();
    let takers: Vec<_> = (0..3).map(|n| go(rt, taker(rx.clone(), n))).collect();
    let told = [tx.clone(), tx.clone()].map(|tx| go(rt, async move { tx.closed().await }));
    if way == Way::LastSenders {
        // Who waits for the close by a sender is one.
        told.iter().for_each(|process| process.abort());
    }
    for _ in 0..random.below(30) {
        yield_now().await;
    }
    let receiver = match way {
        Way::ByTheSender => {
            tx.close();
            Some(rx)
        }
        Way::ByTheReceiver => {
            rx.close();
            Some(rx)
        }
        Way::LastSenders => Some(rx),
        Way::LastReceivers => {
            drop(rx);
            takers.iter().for_each(|taker| taker.abort());
            None
        }
    };
    drop(tx);
    for process in putters {
        assert!(end_of(process).await, "a putter ends by itself");
    }
    for process in takers {
        let ended = end_of(process).await;
        assert!(ended || way == Way::LastReceivers, "a taker ends by itself");
    }
    for process in told {
        let ended = end_of(process).await;
        assert!(ended || way == Way::LastSenders, "all are told");
    }
    drop(receiver);
    let after = [End::Taken, End::WithChannel].map(|end| books.count(end));
    let [taken, dropped] = [0, 1].map(|n| after[n] - before[n]);
    assert_eq!(
        put.load(SeqCst),
        taken + dropped,
        "puts that were done, {way:?}"
    );
    let room = if way == Way::LastReceivers {
        capacity + PLACES
    } else {
        0
    };
    assert!(
        dropped <= room,
        "{dropped} dropped at capacity {capacity}, {way:?}"
    );
}

async fn putter(tx: Tx, books: Arc<Books>, put: Arc<AtomicUsize>, most: usize) {
    for n in 0..most {
        let Some(token) = books.token() else { return };
        let mut place = Some(token);
        match n % 3 {
            0 => {
                let result = tx.put(place.take().expect("there it is")).await;
                place = result.err().map(|closed| closed.into_inner());
            }
            // Closed as the put is, either arm may say so.
            1 => select! {
                _ = tx.put_from(&mut place) => {}
                _ = tx.closed() => {}
            },
            _ => drop(tx.put_from(&mut place).await),
        }
        match place {
            None => put.fetch_add(1, SeqCst),
            Some(token) => return token.returned(),
        };
    }
}

async fn taker(rx: Rx, n: usize) {
    loop {
        let taken = match n {
            0 => select! { v = rx.take() => v, v = &*rx => v },
            _ => rx.take().await,
        };
        match taken {
            Some(token) => token.taken(),
            None => return,
        }
    }
}
