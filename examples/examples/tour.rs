//! One minute through everything: channels, select, time, processes.
//!
//! Run it and read it side by side; each step prints what it does.
//!
//! ```text
//! cargo run --release --example tour -- [--runtime tokio|smol|async-std]
//! ```
//!
//! It runs on any of three runtimes, hence the `rt` everywhere. With an adapter such as `csp-tokio`
//! one writes `go(…)`, `timeout(…)`, `channelify(…)`.

use csp_core::rt::{Process, Runtime, channelify, go, timeout};
use csp_core::{Channel, Receiver, Sender, channel, select};
use examples::{Arguments, RuntimeName, run, say};
use std::collections::VecDeque;
use std::fmt::{Debug, Display};
use std::panic;
use std::thread;
use std::time::Duration;

async fn tour<R: Runtime>(rt: R, name: RuntimeName) {
    say!("A tour of csp, on {name}");

    step("Rendezvous: a put waits until somebody takes");
    let (tx, rx) = channel(0);
    let refused = tx.try_put("soup").expect_err("nobody takes yet");
    show("nobody takes: try_put gives back", refused.into_inner());
    go(&rt, async move {
        for dish in ["soup", "bread", "plums"] {
            tx.put(dish).await.expect("somebody is hungry");
        }
    });
    while let Some(dish) = rx.take().await {
        show("a process puts, we take", dish);
    }
    show("it has ended, and its sender with it", rx.take().await);

    step("Buffer: room for exactly so many");
    let shelf = Channel::new(2);
    for jar in ["honey", "jam", "salt"] {
        show(format!("try_put({jar:?})"), shelf.try_put(jar).is_ok());
    }
    show("stored", shelf.len());

    step("Close: what is stored can still be taken, nothing more be put");
    shelf.close();
    let refused = shelf.put("salt").await.expect_err("it is closed");
    show("it is closed: put gives back", refused.into_inner());
    for _ in 0..3 {
        show("take()", shelf.take().await);
    }

    step("Select: a put and a take at once, whichever can go first");
    let (tx, entrance) = channel(0);
    let (exit, rx) = channel(0);
    go(&rt, queue(entrance, exit));
    for person in 1..=4 {
        tx.put(person).await.expect("the queue is open");
    }
    drop(tx);
    let mut came_out = Vec::new();
    while let Some(person) = rx.take().await {
        came_out.push(person);
    }
    show("four went in before one came out", came_out);

    step("Default: not waiting at all");
    let (letters, letterbox) = channel::<&str>(1);
    for _ in 0..2 {
        select! {
            letter = letterbox.take() => show("in the letterbox", letter),
            default => {
                show("in the letterbox", format_args!("nothing; here comes the postman"));
                letters.put("a letter").await.expect("the letterbox is open");
            }
        }
    }

    step("Timeout: the clock is one more channel");
    let too_late = timeout(&rt, Duration::from_millis(50));
    select! {
        letter = letterbox.take() => show("waited, and got", letter),
        _ = too_late.take() => show("waited 50 ms, and got", format_args!("nothing")),
    }

    step("Channelify: any future as a channel");
    let answer = channelify(&rt, async { 6 * 7 });
    show("take()", answer.take().await);
    show("take()", answer.take().await);

    step("Processes: a panic arrives as a value, where it is waited for");
    let report = panic::take_hook();
    panic::set_hook(Box::new(|_| {})); // it would report the panic on stderr as well
    let cook: Process<u32> = go(&rt, async { panic!("the milk boiled over") });
    let baker = go(&rt, async { 12 });
    show("the cook", cook.await);
    show("the baker", baker.await);
    panic::set_hook(report);

    step("Threads: the same channels without a runtime");
    let (tx, rx) = channel(0);
    let thread = thread::spawn(move || tx.put_blocking("a word from a plain thread"));
    show("take()", rx.take().await);
    thread.join().expect("no panic").expect("we took it");

    say!("\nThe same on another runtime: --runtime tokio, smol or async-std");
}

/// A queue without limit between two channels: it takes what comes, and puts what it has.
async fn queue(entrance: Receiver<u32>, exit: Sender<u32>) {
    let mut waiting = VecDeque::new();
    let mut open = true;
    let mut next = None;
    while open || next.is_some() {
        select! {
            person = entrance.take(), if open => match person {
                Some(person) => waiting.push_back(person),
                None => open = false,
            },
            // The value stays in `next` unless this very put is the one that happens.
            put = exit.put_from(&mut next) => {
                if put.is_err() {
                    return;
                }
            }
        }
        next = next.or_else(|| waiting.pop_front());
    }
}

fn step(title: &str) {
    say!("\n{title}");
}

fn show(what: impl Display, result: impl Debug) {
    say!("    {what:<42} {result:?}");
}

fn main() {
    let name = Arguments::new("tour").parse();
    run!(name, |rt| tour(rt, name))
}
