//! Puts and takes that give up.

use super::books::End;
use super::{Books, Crowd, FEW, Handle, Random, Rx, Token, Tx, Watched, pause, storm_size};
use crate::Tested;
use csp_core::{Select, channel, select};
use std::sync::Arc;

const PUTTERS: u64 = 3;
const TAKERS: u64 = 3;

/// Capacity 0.
pub async fn selects_that_run_out_of_time_on_a_rendezvous<R: Tested>(rt: R) {
    storm(rt, 0).await;
}

/// Capacity 1.
pub async fn selects_that_run_out_of_time_with_room_for_one<R: Tested>(rt: R) {
    storm(rt, 1).await;
}

/// Capacity 8.
pub async fn selects_that_run_out_of_time_with_room_for_eight<R: Tested>(rt: R) {
    storm(rt, 8).await;
}

/// Over two channels, so that selects have something to choose from.
async fn storm<R: Tested>(rt: R, capacity: usize) {
    let books = Books::new(storm_size(FEW));
    let (tx, rx): (Vec<_>, Vec<_>) = (0..2)
        .map(|_| channel(capacity))
        .map(|(tx, rx)| (Handle::new(tx), Handle::new(rx)))
        .unzip();
    let mut crowd = Crowd::default();
    for n in 0..PUTTERS {
        crowd.start(&rt, putter(rt.clone(), tx.clone(), books.clone(), n));
    }
    for n in 0..TAKERS {
        crowd.start(&rt, taker(rt.clone(), rx.clone(), PUTTERS + n));
    }
    drop(tx);
    crowd.end().await;
    drop(rx);
    books.audit();
    assert_eq!(books.count(End::WithChannel), 0, "all is taken to the end");
    println!("capacity {capacity}: {}", books.line());
}

async fn putter<R: Tested>(rt: R, tx: Vec<Tx>, books: Arc<Books>, seed: u64) {
    let mut random = Random::new(seed);
    // What has not been put yet.
    let mut here = None;
    let mut there = None;
    loop {
        here = here.or_else(|| books.token());
        there = there.or_else(|| books.token());
        if here.is_none() && there.is_none() {
            return;
        }
        match random.below(5) {
            // Two puts, of which at most one happens.
            0..2 => select! {
                r = tx[0].put_from(&mut here) => r.unwrap(),
                r = tx[1].put_from(&mut there) => r.unwrap(),
                _ = pause(&rt, &mut random) => {}
            },
            2 => match here.take() {
                Some(token) => here = put_of_a_set(&rt, &tx, token, &mut random).await,
                None => continue,
            },
            // One whose value goes with it.
            3 => match there.take() {
                Some(token) => select! {
                    r = Watched::new(tx[0].put(token)) => r.unwrap(),
                    _ = pause(&rt, &mut random) => {}
                },
                None => continue,
            },
            _ => {
                let given_up = [here.take(), there.take()];
                given_up.into_iter().flatten().for_each(Token::returned);
            }
        }
    }
}

/// Gives the value back if time was over.
async fn put_of_a_set<R: Tested>(
    rt: &R,
    tx: &[Tx],
    token: Token,
    random: &mut Random,
) -> Option<Token> {
    let mut set = Select::new();
    let put = set.add(tx[random.below(2)].put(token));
    let time = set.add_future(pause(rt, random));
    let fired = set.wait().await;
    if fired == Some(time.index()) {
        return set.take_back(put);
    }
    set.output(put).expect("else it was put").unwrap();
    None
}

async fn taker<R: Tested>(rt: R, rx: Vec<Rx>, seed: u64) {
    let mut random = Random::new(seed);
    let mut open = [true; 2];
    while open != [false; 2] {
        let (from, taken) = match random.below(3) {
            0 => select! {
                v = rx[0].take(), if open[0] => (0, v),
                v = rx[1].take(), if open[1] => (1, v),
                _ = pause(&rt, &mut random) => continue,
            },
            1 => {
                take_by_a_set(&rt, &rx, &mut open, &mut random).await;
                continue;
            }
            _ => {
                let from = usize::from(!open[0]);
                select! {
                    v = Watched::new(rx[from].take()) => (from, v),
                    _ = pause(&rt, &mut random) => continue,
                }
            }
        };
        match taken {
            Some(token) => token.taken(),
            None => open[from] = false,
        }
    }
}

/// Several rounds of one set, until a channel has ended or patience has.
async fn take_by_a_set<R: Tested>(rt: &R, rx: &[Rx], open: &mut [bool; 2], random: &mut Random) {
    let mut set = Select::new();
    let takes = [0, 1].map(|n| open[n].then(|| set.add(rx[n].take())));
    for _ in 0..8 {
        let (rt, mut of_its_own) = (rt.clone(), Random::new(random.below(1 << 20) as u64));
        let time = set.add_future(async move { pause(&rt, &mut of_its_own).await });
        let fired = set.wait().await;
        if set.output(time).is_some() {
            assert_eq!(fired, Some(time.index()));
            return;
        }
        // The arm that has not fired goes, its borrow with it.
        set.remove(time);
        let mut committed = 0;
        for (n, take) in takes.iter().enumerate() {
            let taken = take.and_then(|take| set.output(take));
            committed += usize::from(taken.is_some());
            match taken {
                Some(Some(token)) => token.taken(),
                Some(None) => open[n] = false,
                None => {}
            }
        }
        assert_eq!(committed, 1, "one arm commits");
        if *open != takes.map(|take| take.is_some()) {
            return;
        }
    }
}
