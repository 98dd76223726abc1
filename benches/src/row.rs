//! The rows of the table: a runtime, a shape, a capacity and a size of item each.

use std::fmt;

/// A row of the table. It displays as its name, `tokio1 4x1/100`.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    /// What runs the tasks.
    pub(crate) runtime: On,
    /// Who talks to whom.
    pub(crate) shape: Shape,
    /// The capacity of every channel in the row.
    pub(crate) capacity: Capacity,
    /// The size of what is sent.
    pub(crate) size: Size,
}

/// What runs the tasks, and on how many threads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// tokio's `current_thread`.
    Tokio1,
    /// tokio's `multi_thread` with 2 workers.
    Tokio2,
    /// smol's `LocalExecutor`.
    Smol1,
    /// smol's `Executor` on 2 threads.
    Smol2,
    /// async-std, which has one thread a core.
    AsyncStd,
    /// No runtime: a thread a task, and the calls that block it.
    Threads,
}

/// Who talks to whom.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Producers and consumers on one channel.
    Fan {
        /// Those that put.
        producers: usize,
        /// Those that take.
        consumers: usize,
    },
    /// One token going to and fro over two channels; each hop is a message.
    PingPong,
    /// So many producers, each on its own channel, and a consumer that selects afresh over all of
    /// the channels for each message.
    Select(usize),
}

/// The capacity of a channel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capacity {
    /// Room for so many values; 0 is a rendezvous.
    Room(usize),
    /// Room for any number of values.
    Unbounded,
}

/// The size of an item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// 8 bytes: a `usize`.
    Word,
    /// 64 bytes: a cache line.
    Line,
    /// 1 KiB.
    Kibi,
}

use Capacity::{Room, Unbounded};

const ROOMS: [Capacity; 3] = [Room(0), Room(1), Room(100)];
const ALL: [Capacity; 4] = [Room(0), Room(1), Room(100), Unbounded];
const HOPS: [Capacity; 2] = [Room(0), Room(1)];

/// The shapes of the table with their capacities, in its order.
pub(crate) const SHAPES: [(Shape, &[Capacity]); 7] = [
    (fan(1, 1), &ALL),
    (fan(4, 1), &ALL),
    (fan(4, 4), &ALL),
    (Shape::PingPong, &HOPS),
    (Shape::Select(2), &ROOMS),
    (Shape::Select(8), &ROOMS),
    (Shape::Select(64), &ROOMS),
];

const fn fan(producers: usize, consumers: usize) -> Shape {
    Shape::Fan {
        producers,
        consumers,
    }
}

impl Row {
    /// Every row, in the order of the table.
    pub(crate) fn all() -> Vec<Self> {
        let mut rows = Vec::new();
        for runtime in On::ALL {
            let row = |shape, capacity, size| Row {
                runtime,
                shape,
                capacity,
                size,
            };
            for (shape, capacities) in SHAPES {
                if runtime == On::Threads && matches!(shape, Shape::Select(_)) {
                    continue;
                }
                rows.extend(capacities.iter().map(|&room| row(shape, room, Size::Word)));
            }
            if runtime == On::Threads {
                continue;
            }
            for size in [Size::Line, Size::Kibi] {
                rows.extend(ALL.map(|capacity| row(fan(1, 1), capacity, size)));
            }
        }
        rows
    }

    /// Of `messages`, how many this row sends: fewer where each takes long, so that no row takes
    /// much longer than another.
    pub(crate) fn share_of(&self, messages: usize) -> usize {
        let divisor = match (self.runtime, self.shape, self.capacity, self.size) {
            (On::Threads, _, Room(0 | 1), _) => 5,
            (_, Shape::Select(64), ..) | (.., Size::Kibi) => 5,
            _ => 1,
        };
        (messages / divisor).max(1)
    }
}

impl On {
    /// All of them, in the order of the table.
    pub(crate) const ALL: [Self; 6] = [
        On::Tokio1,
        On::Tokio2,
        On::Smol1,
        On::Smol2,
        On::AsyncStd,
        On::Threads,
    ];

    /// Its name in a row's.
    pub(crate) fn name(self) -> &'static str {
        match self {
            On::Tokio1 => "tokio1",
            On::Tokio2 => "tokio2",
            On::Smol1 => "smol1",
            On::Smol2 => "smol2",
            On::AsyncStd => "async-std",
            On::Threads => "threads",
        }
    }

    /// Whether all of its tasks share one thread.
    pub(crate) fn is_single(self) -> bool {
        matches!(self, On::Tokio1 | On::Smol1)
    }
}

impl Size {
    /// In bytes.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Size::Word => 8,
            Size::Line => 64,
            Size::Kibi => 1024,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}/{}",
            self.runtime.name(),
            self.shape,
            self.capacity
        )?;
        match self.size {
            Size::Word => Ok(()),
            size => write!(f, " {}B", size.bytes()),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Fan {
                producers,
                consumers,
            } => write!(f, "{producers}x{consumers}"),
            Shape::PingPong => f.write_str("pingpong"),
            Shape::Select(channels) => write!(f, "select{channels}"),
        }
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Room(room) => write!(f, "{room}"),
            Unbounded => f.write_str("unbounded"),
        }
    }
}
