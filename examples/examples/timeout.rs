//! Not waiting for ever: a timeout is a channel, and so one more arm of a select.
//!
//! Made inside a loop it limits each step; made before the loop it limits the whole.
//!
//! ```text
//! cargo run --release --example timeout -- [--runtime tokio|smol|async-std]
//! ```

use csp_core::rt::{Runtime, go, timeout};
use csp_core::{Receiver, Sender, channel, select};
use examples::{Arguments, run, say};
use std::time::Duration;

const MOMENT: Duration = Duration::from_millis(50);
const AGE: Duration = Duration::from_secs(60);

/// Answers `questions` as long as anybody asks, except for one kind.
async fn oracle(questions: Receiver<&'static str>, answers: Sender<&'static str>) {
    while let Some(question) = questions.take().await {
        let answer = match question {
            "what is six times seven?" => "42",
            "what will tomorrow bring?" => continue, // no answer, ever
            _ => "ask again later",
        };
        if answers.put(answer).await.is_err() {
            return;
        }
    }
}

/// Says the same for ever.
async fn bore(to: Sender<&'static str>) {
    while to.put("and another thing …").await.is_ok() {}
}

async fn patience<R: Runtime>(rt: R) {
    let (ask, questions) = channel(0);
    let (answers, hear) = channel(0);
    go(&rt, oracle(questions, answers));

    for (question, patience) in [
        ("what is six times seven?", AGE),
        ("what will tomorrow bring?", MOMENT),
        ("and the day after?", AGE),
    ] {
        ask.put(question).await.expect("the oracle listens");
        let too_late = timeout(&rt, patience); // for this question
        select! {
            answer = hear.take() => say!("{question} {}", answer.expect("the oracle lives")),
            _ = too_late.take() => say!("{question} (no answer in {patience:?})"),
        }
    }

    let (words, heard) = channel(0);
    go(&rt, bore(words));
    let enough = timeout(&rt, MOMENT); // for the whole conversation
    loop {
        select! {
            _ = heard.take() => {},
            _ = enough.take() => break,
        }
    }
    say!("{MOMENT:?} of the bore are enough");
}

fn main() {
    let runtime = Arguments::new("timeout").parse();
    run!(runtime, |rt| patience(rt))
}
