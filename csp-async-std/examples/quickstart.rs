//! Two processes and a clock. `cargo run -p csp-async-std --example quickstart`

use csp_async_std::{Receiver, Sender, channel, go, process, select, timeout, wait};
use std::time::Duration;

#[process]
async fn shout(words: Receiver<&'static str>, loud: Sender<String>) {
    while let Some(word) = words.take().await {
        loud.put(word.to_uppercase()).await.expect("main listens");
    }
}

fn main() {
    async_std::task::block_on(async {
        let (tx, words) = channel(0); // a rendezvous: each put meets its take
        let (loud, rx) = channel(0);
        shout(words, loud);
        go(async move {
            for word in ["processes", "talk", "over", "channels"] {
                wait(Duration::from_millis(20)).await;
                tx.put(word).await.expect("shout listens");
            }
        });

        let too_late = timeout(Duration::from_secs(5));
        loop {
            select! {
                word = rx.take() => match word {
                    Some(word) => println!("{word}"),
                    None => break, // both processes have ended
                },
                _ = too_late.take() => panic!("nothing came in time"),
            }
        }
    })
}
