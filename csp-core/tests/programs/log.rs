//! What is written down while a program runs: which operation began, waited, was cancelled and
//! ended, in the order in which that happened.

use std::fmt;
use std::sync::Mutex;

/// What an operation waits for, or does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Put,
    Take,
    Close,
    /// Room for a put.
    Reserve,
    /// A put into the room that a permit holds.
    Permit,
}

/// A put or take, by itself or as one of those that a select chooses from. Channels are numbers,
/// values their identities.
#[derive(Clone, Copy, Debug)]
pub struct Arm {
    pub side: Side,
    pub channel: usize,
    /// A put's, or what room is reserved for.
    pub value: u32,
}

impl Arm {
    pub fn new(side: Side, channel: usize) -> Self {
        let value = u32::MAX;
        Arm {
            side,
            channel,
            value,
        }
    }

    pub fn put(channel: usize, value: u32) -> Self {
        Arm::of(Side::Put, channel, value)
    }

    pub fn of(side: Side, channel: usize, value: u32) -> Self {
        Arm {
            value,
            ..Arm::new(side, channel)
        }
    }
}

/// An operation.
#[derive(Clone, Debug)]
pub enum Operation {
    /// At most one of the arms happens.
    Arms {
        arms: Vec<Arm>,
        /// It waits for one of them, and does not say that none was ready.
        waits: bool,
        /// It is a select: awake for one arm, it may be passed over at the others.
        is_select: bool,
    },
    Close(usize),
    Reopen(usize),
    IsClosed(usize),
    Len(usize),
    /// A permit ends that has not been used.
    GiveBack(usize),
    /// One more sender or receiver.
    AddEnd(Side, usize),
    /// One sender or receiver less.
    DropEnd(Side, usize),
    /// One more, unless the last one is gone.
    Upgrade(Side, usize),
}

/// What came of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// That arm has put its value.
    Put(usize),
    /// That arm's channel was closed, and the value came back.
    Refused(usize),
    /// That arm took a value, or saw the end.
    Took(usize, Option<u32>),
    /// That arm has room reserved.
    Reserved(usize),
    /// That arm saw that its channel is closed.
    SawClose(usize),
    /// No arm was ready at one instant.
    NotReady,
    /// It was dropped, and no arm had happened.
    Dropped,
    Said(bool),
    Counted(usize),
    Done,
}

/// What is written down; an operation is a number.
#[derive(Clone, Debug)]
pub enum Event {
    Begun(usize, Operation),
    /// A poll has found nothing and returned: from here on the operation surely waits.
    Waits(usize),
    /// It is being polled again, or has been woken: it may be doing anything.
    Stirred(usize),
    /// It is being dropped.
    Leaves(usize),
    Ended(usize, Outcome),
    /// Nobody is running, and whoever has been woken has looked.
    Quiet,
}

/// The events of one run.
#[derive(Default)]
pub struct Log {
    events: Mutex<(usize, Vec<Event>)>,
}

impl Log {
    /// The operation begins; gives its number.
    pub fn begin(&self, operation: Operation) -> usize {
        let mut log = self.events.lock().unwrap();
        let number = log.0;
        log.0 += 1;
        log.1.push(Event::Begun(number, operation));
        number
    }

    pub fn push(&self, event: Event) {
        self.events.lock().unwrap().1.push(event);
    }

    /// The operation that waits, if that is the last that was written down.
    pub fn last_waits(&self) -> Option<usize> {
        match self.events.lock().unwrap().1.last() {
            Some(&Event::Waits(number)) => Some(number),
            _ => None,
        }
    }

    /// All that was written down.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().1.clone()
    }
}

impl fmt::Display for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.side {
            Side::Put => write!(f, "c{} <- {}", self.channel, self.value),
            Side::Take => write!(f, "<- c{}", self.channel),
            Side::Close => write!(f, "c{} closed", self.channel),
            Side::Reserve => write!(f, "c{} <- room for {}", self.channel, self.value),
            Side::Permit => write!(f, "c{} <- {} by permit", self.channel, self.value),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operation::Arms {
                arms,
                waits,
                is_select,
            } => {
                let name = if *is_select { "select" } else { "" };
                f.write_str(if *waits { name } else { "try " })?;
                for (index, arm) in arms.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma} {arm}")?;
                }
                Ok(())
            }
            other => write!(f, "{other:?}"),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Begun(number, operation) => write!(f, "#{number} begins: {operation}"),
            Event::Waits(number) => write!(f, "#{number} waits"),
            Event::Stirred(number) => write!(f, "#{number} stirs"),
            Event::Leaves(number) => write!(f, "#{number} leaves"),
            Event::Ended(number, outcome) => write!(f, "#{number} ends: {outcome:?}"),
            Event::Quiet => f.write_str("quiet"),
        }
    }
}
