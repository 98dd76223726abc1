//! Two talkers, one listener: a process that merges two channels into one with `select!`.
//!
//! Each talker's words arrive in their order; whose word is next depends on who is ready. A channel
//! that has closed leaves the select by becoming `None`, and when both have, the merged one closes.
//!
//! ```text
//! cargo run --release --example fan_in -- [--words N] [--runtime tokio|smol|async-std]
//! ```

use csp_core::rt::{Runtime, go};
use csp_core::{Receiver, Sender, channel, select};
use examples::{Arguments, run, say};
use std::time::Duration;

async fn talk<R: Runtime>(rt: R, name: &'static str, words: u32, to: Sender<String>) {
    for word in 1..=words {
        if to.put(format!("{name} says {word}")).await.is_err() {
            return; // nobody listens
        }
        rt.sleep(Duration::from_millis(fastrand::u64(..10))).await;
    }
}

async fn fan_in<T>(left: Receiver<T>, right: Receiver<T>, to: Sender<T>) {
    let (mut left, mut right) = (Some(left), Some(right));
    while left.is_some() || right.is_some() {
        // An arm that is `None` never fires.
        let value = select! {
            value = left.as_ref() => match value {
                Some(value) => value,
                None => {
                    left = None;
                    continue;
                }
            },
            value = right.as_ref() => match value {
                Some(value) => value,
                None => {
                    right = None;
                    continue;
                }
            },
        };
        if to.put(value).await.is_err() {
            return;
        }
    }
}

async fn listen<R: Runtime>(rt: R, words: u32) {
    let (ann_says, ann) = channel(0);
    let (joe_says, joe) = channel(0);
    let (merged, both) = channel(0);
    go(&rt, talk(rt.clone(), "ann", words, ann_says));
    go(&rt, talk(rt.clone(), "joe", words, joe_says));
    go(&rt, fan_in(ann, joe, merged));

    while let Some(words) = both.take().await {
        say!("{words}");
    }
    say!("both have gone");
}

fn main() {
    let mut words = 5;
    let runtime = Arguments::new("fan_in [--words N]")
        .option("words", &mut words)
        .parse();
    run!(runtime, |rt| listen(rt, words))
}
