//! Primes from a chain of processes, each of which sifts out the multiples of one prime.
//!
//! The first number that comes through the whole chain is the next prime, and gets a sieve of its
//! own at the end. When nobody takes primes any more, the chain comes down by itself: a put fails
//! as its receiver is gone, the process ends, and with it goes the receiver it had.
//!
//! ```text
//! cargo run --release --example prime_sieve -- [--count N] [--runtime tokio|smol|async-std]
//! ```

use csp_core::rt::{Runtime, go};
use csp_core::{Receiver, Sender, channel};
use examples::{Arguments, run, say};

async fn count_from_two(to: Sender<u64>) {
    for number in 2.. {
        if to.put(number).await.is_err() {
            return;
        }
    }
}

async fn sieve(prime: u64, from: Receiver<u64>, to: Sender<u64>) {
    while let Some(number) = from.take().await {
        if number % prime != 0 && to.put(number).await.is_err() {
            return;
        }
    }
}

async fn prime_sieve<R: Runtime>(rt: R, count: u64) {
    let (tx, mut primes) = channel(0);
    go(&rt, count_from_two(tx));
    for _ in 0..count {
        let prime = primes.take().await.expect("there is always another prime");
        say!("{prime}");
        let (tx, rx) = channel(0);
        go(&rt, sieve(prime, primes, tx));
        primes = rx;
    }
}

fn main() {
    let mut count = 100;
    let runtime = Arguments::new("prime_sieve [--count N]")
        .option("count", &mut count)
        .parse();
    run!(runtime, |rt| prime_sieve(rt, count))
}
