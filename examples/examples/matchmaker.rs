//! Strangers who pair off with no broker: a select that puts to and takes from the same channel.
//!
//! Each arriving process offers its name on the one rendezvous channel and at the same time takes
//! whatever name is offered there. Exactly one of the two happens, and never with itself: whoever
//! takes a name has a partner, and so has whoever's name was taken. At the end the program checks
//! that everybody was paired exactly once; of an odd number, one finds the channel closed.
//!
//! ```text
//! cargo run --release --example matchmaker -- [--processes N] [--runtime tokio|smol|async-std]
//! ```

use csp_core::rt::{Runtime, go};
use csp_core::{Channel, Sender, channel, select};
use examples::{Arguments, run, say};

/// What became of a process.
enum Fate {
    Took { me: usize, partner: usize },
    WasTaken { me: usize },
    Alone,
}

async fn arrive(me: usize, square: Channel<usize>, report: Sender<Fate>) {
    let fate = select! {
        partner = square.take() => match partner {
            Some(partner) => Fate::Took { me, partner },
            None => Fate::Alone,
        },
        put = square.put(me) => match put {
            Ok(()) => Fate::WasTaken { me },
            Err(_closed) => Fate::Alone,
        },
    };
    report.put(fate).await.expect("the main process listens");
}

async fn matchmaker<R: Runtime>(rt: R, processes: usize) {
    let square = Channel::new(0);
    let (report, fates) = channel(0);
    for me in 0..processes {
        go(&rt, arrive(me, square.clone(), report.clone()));
    }
    drop(report); // what is left of it is with the processes, so `fates` closes with the last

    let mut told = 0;
    let mut pairs = 0;
    let mut alone = 0;
    let mut took = vec![0; processes];
    let mut taken = vec![0; processes];
    let mut said_taken = vec![0; processes];
    loop {
        if told == processes / 2 * 2 {
            square.close(); // whoever is still there has nobody to wait for
        }
        match fates.take().await {
            Some(Fate::Took { me, partner }) => {
                pairs += 1;
                took[me] += 1;
                taken[partner] += 1;
            }
            Some(Fate::WasTaken { me }) => said_taken[me] += 1,
            Some(Fate::Alone) => alone += 1,
            None => break,
        }
        told += 1;
    }

    let paired = (0..processes).filter(|&p| took[p] + taken[p] == 1).count();
    assert_eq!(
        taken, said_taken,
        "who was taken knows it, and nobody else says so"
    );
    assert_eq!(paired, 2 * pairs, "everybody in a pair is in exactly one");
    assert_eq!((paired + alone, alone), (processes, processes % 2));
    say!("{processes} processes came to one channel");
    say!("{pairs} pairs, everybody in exactly one of them; {alone} left alone");
}

fn main() {
    let mut processes: u32 = 10_000;
    let runtime = Arguments::new("matchmaker [--processes N]")
        .option("processes", &mut processes)
        .parse();
    run!(runtime, |rt| matchmaker(rt, processes as usize))
}
