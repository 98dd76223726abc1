//! A hundred thousand processes in a row, each adding one to the number that comes by.
//!
//! All of them wait at once, each on a rendezvous channel of its own: processes and channels are
//! cheap. Then a number enters on the right, and comes out on the left.
//!
//! ```text
//! cargo run --release --example daisy_chain -- [--processes N] [--runtime tokio|smol|async-std]
//! ```

use csp_core::rt::{Runtime, go};
use csp_core::{Receiver, Sender, channel};
use examples::{Arguments, run, say};

async fn add_one(to: Sender<u64>, from: Receiver<u64>) {
    let number = from.take().await.expect("the right neighbour puts");
    to.put(number + 1).await.expect("the left neighbour takes");
}

async fn daisy_chain<R: Runtime>(rt: R, processes: u64) {
    let (mut left, leftmost) = channel(0);
    for _ in 0..processes {
        let (to_me, right) = channel(0);
        go(&rt, add_one(left, right));
        left = to_me;
    }
    go(&rt, async move { left.put(1).await });
    say!(
        "{}",
        leftmost.take().await.expect("the number comes through")
    );
}

fn main() {
    let mut processes = 100_000;
    let runtime = Arguments::new("daisy_chain [--processes N]")
        .option("processes", &mut processes)
        .parse();
    run!(runtime, |rt| daisy_chain(rt, processes))
}
