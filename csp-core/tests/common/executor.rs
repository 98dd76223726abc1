//! An executor for one thread: runs what is woken, first come, first served.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

/// Runs futures until none of them can go on.
#[derive(Default)]
pub struct Executor<'a> {
    tasks: Vec<Option<Process<'a>>>,
    queue: Queue,
    polls: usize,
}

type Queue = Arc<Mutex<VecDeque<usize>>>;

struct Process<'a> {
    future: Pin<Box<dyn Future<Output = ()> + 'a>>,
    ticket: Arc<Ticket>,
}

/// A process's waker: puts it into the queue, once.
struct Ticket {
    index: usize,
    is_queued: AtomicBool,
    queue: Queue,
}

impl Wake for Ticket {
    fn wake(self: Arc<Self>) {
        if !self.is_queued.swap(true, SeqCst) {
            self.queue.lock().unwrap().push_back(self.index);
        }
    }
}

impl<'a> Executor<'a> {
    pub fn new() -> Self {
        Executor::default()
    }

    /// Adds a process, to be polled in its turn.
    pub fn go(&mut self, future: impl Future<Output = ()> + 'a) {
        let ticket = Arc::new(Ticket {
            index: self.tasks.len(),
            is_queued: AtomicBool::new(false),
            queue: self.queue.clone(),
        });
        ticket.clone().wake();
        self.tasks.push(Some(Process {
            future: Box::pin(future),
            ticket,
        }));
    }

    /// Runs until every process is done or waits; says how many wait.
    #[track_caller]
    pub fn run(&mut self) -> usize {
        loop {
            let Some(index) = self.queue.lock().unwrap().pop_front() else {
                return self.tasks.iter().flatten().count();
            };
            self.polls += 1;
            assert!(
                self.polls < 10_000_000,
                "the processes wake each other for ever"
            );
            let Some(process) = &mut self.tasks[index] else {
                continue;
            };
            process.ticket.is_queued.store(false, SeqCst);
            let waker = Waker::from(process.ticket.clone());
            let mut cx = Context::from_waker(&waker);
            if process.future.as_mut().poll(&mut cx).is_ready() {
                self.tasks[index] = None;
            }
        }
    }

    /// How many polls it took.
    pub fn polls(&self) -> usize {
        self.polls
    }
}
