//! Two players and a ball: two processes that take turns over two rendezvous channels.
//!
//! A rendezvous hands a value from one process to the other and stores nothing, so there is always
//! one player who has the ball. The game ends when a player keeps it and leaves: the channels close
//! as their ends are dropped, and the other player finds nothing more to take.
//!
//! ```text
//! cargo run --release --example ping_pong -- [--hits N] [--runtime tokio|smol|async-std]
//! ```

use csp_core::rt::{Runtime, go};
use csp_core::{Receiver, Sender, channel};
use examples::{Arguments, run, say};
use std::num::NonZero;

struct Ball {
    hits: u32,
}

async fn player(name: &'static str, from: Receiver<Ball>, to: Sender<Ball>, enough: u32) {
    while let Some(mut ball) = from.take().await {
        ball.hits += 1;
        say!("{name} {}", ball.hits);
        if ball.hits == enough || to.put(ball).await.is_err() {
            return;
        }
    }
}

async fn ping_pong<R: Runtime>(rt: R, hits: u32) {
    let (to_ping, ping_takes) = channel(0);
    let (to_pong, pong_takes) = channel(0);
    let ping = go(&rt, player("ping", ping_takes, to_pong, hits));
    let pong = go(&rt, player("pong", pong_takes, to_ping.clone(), hits));

    to_ping.put(Ball { hits: 0 }).await.expect("ping is there");
    drop(to_ping); // or the channel would stay open for our sake
    ping.await.expect("ping plays to the end");
    pong.await.expect("pong plays to the end");
}

fn main() {
    let mut hits = NonZero::new(10).expect("10 is not 0");
    let runtime = Arguments::new("ping_pong [--hits N]")
        .option("hits", &mut hits)
        .parse();
    run!(runtime, |rt| ping_pong(rt, hits.get()))
}
