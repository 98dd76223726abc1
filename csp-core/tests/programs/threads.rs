//! Programs of several threads: real ones, or those of shuttle, which tries their schedules.

use super::actions::Action;
use super::alone;
use super::choices::Choices;
use super::log::{Event, Side};
use super::operations;
use super::world::{Kind, World};
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

#[cfg(csp_shuttle)]
use shuttle::{sync, thread};
#[cfg(not(csp_shuttle))]
use std::{sync, thread};
use sync::{Condvar, Mutex, MutexGuard};

/// What each task does, one step after the other.
#[derive(Debug)]
pub struct Program {
    kinds: Vec<Kind>,
    /// What is put before the tasks start, where there is room.
    first: Vec<usize>,
    tasks: Vec<Vec<Step>>,
    /// Whoever waits for ever is told that the channels are closed, or else dropped.
    closes: bool,
    select_seed: u64,
}

#[derive(Debug)]
struct Step {
    action: Action,
    /// How often it is polled although nobody has woken it.
    hurries: usize,
    then: Then,
    /// Each poll brings another waker.
    renews: bool,
}

/// How long an operation is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    Waits,
    /// It is dropped.
    Drops,
    /// It is dropped when it has been woken.
    DropsWoken,
}

impl Program {
    pub fn new(choices: &mut dyn Choices) -> Self {
        let kinds: Vec<Kind> = (0..1 + choices.below(3))
            .map(|_| match choices.below(8) {
                0..3 => Kind::Heap(0),
                3 => Kind::Static(0),
                4 | 5 => Kind::Heap(1),
                6 => Kind::Static(1),
                _ => Kind::Heap(2),
            })
            .collect();
        let first = (0..choices.below(3)).map(|_| choices.below(kinds.len()));
        let first = first.collect();
        let tasks = (0..2 + choices.below(5)).map(|_| {
            let steps = 0..1 + choices.below(4);
            steps.map(|_| Step::new(choices, kinds.len())).collect()
        });
        Program {
            first,
            tasks: tasks.collect(),
            closes: choices.below(2) == 0,
            select_seed: choices.below(256) as u64,
            kinds,
        }
    }
}

impl Step {
    fn new(choices: &mut dyn Choices, channels: usize) -> Self {
        let action = Action::new(choices, channels);
        Step {
            action,
            hurries: choices.below(6).saturating_sub(3),
            then: match choices.below(4) {
                0 => Then::Drops,
                1 => Then::DropsWoken,
                _ => Then::Waits,
            },
            renews: choices.below(4) == 0,
        }
    }
}

/// Who runs, who waits, and who is gone.
struct Monitor {
    seats: Mutex<Seats>,
    changed: Condvar,
}

struct Seats {
    seats: Vec<Seat>,
    /// Nobody waits any longer.
    stops: bool,
}

#[derive(Clone, Copy, Default)]
struct Seat {
    waits: bool,
    is_woken: bool,
    is_gone: bool,
    /// Which waker wakes it; those before do not any more.
    waker: usize,
}

struct TaskWaker {
    monitor: Arc<Monitor>,
    task: usize,
    number: usize,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut seats = self.monitor.seats();
        let seat = &mut seats.seats[self.task];
        seat.is_woken |= seat.waker == self.number;
        self.monitor.changed.notify_all();
    }
}

impl Monitor {
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap()
    }

    /// A task is about to poll.
    fn waker(self: &Arc<Self>, task: usize, is_new: bool) -> Waker {
        let mut seats = self.seats();
        let seat = &mut seats.seats[task];
        seat.waker += usize::from(is_new);
        seat.is_woken = false;
        let number = seat.waker;
        drop(seats);
        Waker::from(Arc::new(TaskWaker {
            monitor: self.clone(),
            task,
            number,
        }))
    }

    /// A task waits until it is woken, or told that nobody waits any longer: `false`.
    fn sleep(&self, task: usize) -> bool {
        let mut seats = self.seats();
        seats.seats[task].waits = true;
        self.changed.notify_all();
        while !seats.seats[task].is_woken && !seats.stops {
            seats = self.changed.wait(seats).unwrap();
        }
        seats.seats[task].waits = false;
        seats.seats[task].is_woken
    }

    /// Waits until nobody runs; says whether there are some who wait.
    fn quiet(&self) -> bool {
        let mut seats = self.seats();
        let runs = |seat: &Seat| !seat.is_gone && (!seat.waits || seat.is_woken);
        while seats.seats.iter().any(runs) {
            seats = self.changed.wait(seats).unwrap();
        }
        seats.seats.iter().any(|seat| !seat.is_gone)
    }

    /// Lets those who wait drop what they wait for.
    fn stop(&self) {
        self.seats().stops = true;
        self.changed.notify_all();
    }
}

/// A task that goes, also by a panic.
struct Goes<'a>(&'a Monitor, usize);

impl Drop for Goes<'_> {
    fn drop(&mut self) {
        if let Ok(mut seats) = self.0.seats.lock() {
            seats.seats[self.1].is_gone = true;
        }
        self.0.changed.notify_all();
    }
}

/// Runs a program once; the error says what it did that cannot be.
pub fn run(program: &Program) -> Result<(), String> {
    let world = World::new(&program.kinds, false);
    for &channel in &program.first {
        operations::try_put(&world.handle(Side::Put, channel).expect("never dropped"));
    }
    csp_core::select::seed(program.select_seed);
    let monitor = Arc::new(Monitor {
        seats: Mutex::new(Seats {
            seats: vec![Seat::default(); program.tasks.len()],
            stops: false,
        }),
        changed: Condvar::new(),
    });
    thread::scope(|scope| {
        for (task, steps) in program.tasks.iter().enumerate() {
            let (world, monitor) = (&world, &monitor);
            scope.spawn(move || {
                let _goes = Goes(monitor, task);
                for step in steps {
                    if !run_step(world, monitor, task, step) {
                        break;
                    }
                }
            });
        }
        let mut waits = monitor.quiet();
        world.log.push(Event::Quiet);
        world.count();
        if waits && program.closes {
            for channel in 0..world.channels() {
                world
                    .handle(Side::Put, channel)
                    .expect("never dropped")
                    .close();
            }
            waits = monitor.quiet();
            world.log.push(Event::Quiet);
        }
        if waits {
            monitor.stop();
        }
    });
    alone::finish(world)
}

/// Does one thing, or gives it up; `false` once nobody waits any longer.
fn run_step(world: &World, monitor: &Arc<Monitor>, task: usize, step: &Step) -> bool {
    let mut future = Box::pin(step.action.clone().run(world));
    let mut hurries = step.hurries;
    loop {
        let waker = monitor.waker(task, step.renews);
        let mut cx = Context::from_waker(&waker);
        if let Poll::Ready(()) = future.as_mut().poll(&mut cx) {
            return true;
        }
        if hurries > 0 {
            hurries -= 1;
            thread::yield_now();
        } else if step.then == Then::Drops {
            return true;
        } else if !monitor.sleep(task) {
            return false;
        } else if step.then == Then::DropsWoken {
            return true;
        }
    }
}
