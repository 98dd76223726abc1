//! The rows of the table: a runtime, a shape and a capacity each.

use std::fmt;

/// A row of the table. It displays as its name, `tokio1 4x1/100`.
pub(crate) struct Row {
    /// The runtime and its threads.
    pub(crate) threads: Threads,
    /// Who talks to whom.
    pub(crate) shape: Shape,
    /// The capacity of every channel in the row.
    pub(crate) capacity: Capacity,
}

/// A runtime and the number of threads it runs on.
#[derive(Clone, Copy)]
pub(crate) enum Threads {
    /// tokio's `current_thread`.
    Tokio1,
    /// tokio's `multi_thread` with 2 workers.
    Tokio2,
    /// smol's `LocalExecutor`.
    Smol1,
    /// One smol `Executor` run on 2 threads.
    Smol2,
}

/// Who talks to whom.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Producers and consumers on one channel.
    Fan {
        /// Producer tasks.
        producers: usize,
        /// Consumer tasks.
        consumers: usize,
    },
    /// One token going to and fro over two channels; each hop is a message.
    PingPong,
    /// Two producers, each on its own channel, and a consumer that selects afresh over both for
    /// each message.
    Select2,
    /// The same with eight producers.
    Select8,
}

/// The capacity of a channel.
#[derive(Clone, Copy)]
pub(crate) enum Capacity {
    /// Room for so many values; 0 is a rendezvous.
    Room(usize),
    /// Room for any number of values.
    Unbounded,
}

impl Row {
    /// Every row, in the order of the table.
    pub(crate) fn all() -> Vec<Self> {
        use Capacity::{Room, Unbounded};

        let fan = |producers, consumers| Shape::Fan {
            producers,
            consumers,
        };
        let three = [Room(0), Room(1), Room(100)];
        let shapes: [(Shape, &[Capacity]); 6] = [
            (fan(1, 1), &[Room(0), Room(1), Room(100), Unbounded]),
            (fan(4, 1), &three),
            (fan(4, 4), &three),
            (Shape::PingPong, &[Room(0), Room(1)]),
            (Shape::Select2, &three),
            (Shape::Select8, &three),
        ];

        let mut rows = Vec::new();
        for threads in [
            Threads::Tokio1,
            Threads::Tokio2,
            Threads::Smol1,
            Threads::Smol2,
        ] {
            for (shape, capacities) in shapes {
                rows.extend(capacities.iter().map(|&capacity| Self {
                    threads,
                    shape,
                    capacity,
                }));
            }
        }
        rows
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let threads = match self.threads {
            Threads::Tokio1 => "tokio1",
            Threads::Tokio2 => "tokio2",
            Threads::Smol1 => "smol1",
            Threads::Smol2 => "smol2",
        };
        write!(f, "{threads} ")?;
        match self.shape {
            Shape::Fan {
                producers,
                consumers,
            } => write!(f, "{producers}x{consumers}/")?,
            Shape::PingPong => write!(f, "pingpong/")?,
            Shape::Select2 => write!(f, "select2/")?,
            Shape::Select8 => write!(f, "select8/")?,
        }
        match self.capacity {
            Capacity::Room(room) => write!(f, "{room}"),
            Capacity::Unbounded => write!(f, "unbounded"),
        }
    }
}
