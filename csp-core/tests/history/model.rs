//! What a channel may do, step by step: the sequential model that the histories are checked
//! against.

use crate::common::Ledger;
use std::collections::BTreeMap;

/// What a process waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Put,
    Take,
    Close,
}

/// What a process reports; channels are numbers, values their identities.
#[derive(Clone, Debug)]
pub enum Event {
    /// It goes on as soon as any of these is possible.
    Waits(Vec<(Side, usize)>),
    /// It begins to put that value.
    Begun(Put),
    /// The put has succeeded.
    Done(u32),
    /// The put has failed, and the value has come back.
    Refused(u32),
    /// The put has not happened, and the value is in its place.
    Kept(u32),
    /// A take gave this.
    Took(usize, Option<u32>),
    SawClose(usize),
}

/// A put as it begins.
#[derive(Clone, Copy, Debug)]
pub struct Put {
    pub id: u32,
    pub channel: usize,
    /// It waits in line all the time. An arm of a select does not: awake for another arm, it may
    /// be passed over.
    pub stays_in_line: bool,
    /// Not put, its value has to be found in its place.
    pub keeps: bool,
}

/// A value that is with its putter or in a channel, or of which the putter knows nothing yet.
struct Entry {
    put: Put,
    owner: usize,
    begun: usize,
    /// Since when it is known to be put.
    stored: Option<usize>,
    is_taken: bool,
    is_kept: bool,
}

pub struct Model {
    capacities: Vec<usize>,
    closed: Vec<bool>,
    /// A take has seen the end.
    ended: Vec<bool>,
    /// The values of each channel, and of those who wait to put there, in the order of their puts.
    lines: Vec<Vec<u32>>,
    entries: BTreeMap<u32, Entry>,
    clock: usize,
}

impl Model {
    pub fn new(capacities: Vec<usize>) -> Self {
        let count = capacities.len();
        Model {
            capacities,
            closed: vec![false; count],
            ended: vec![false; count],
            lines: vec![Vec::new(); count],
            entries: BTreeMap::new(),
            clock: 0,
        }
    }

    pub fn is_closed(&self, channel: usize) -> bool {
        self.closed[channel]
    }

    /// `first`: what the close said.
    pub fn close(&mut self, channel: usize, first: bool) {
        assert_ne!(self.closed[channel], first, "only the first close is one");
        self.closed[channel] = true;
    }

    /// How many values are known to be stored.
    pub fn stored(&self, channel: usize) -> usize {
        let line = &self.lines[channel];
        line.iter()
            .filter(|id| self.entries[id].stored.is_some())
            .count()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn apply(&mut self, owner: usize, event: Event) {
        self.clock += 1;
        match event {
            Event::Waits(_) => {}
            Event::Begun(put) => self.begin(owner, put),
            Event::Done(id) => self.done(id),
            Event::Refused(id) => {
                let entry = self.entries.remove(&id).expect("refused, hence not put");
                assert!(!entry.is_taken, "{id} came back, and was taken");
                assert!(self.closed[entry.put.channel], "{id} refused while open");
                self.leave_line(entry.put.channel, id);
            }
            Event::Kept(id) => {
                let entry = self.entries.get_mut(&id).expect("kept, hence not put");
                entry.is_kept = true;
            }
            Event::Took(channel, Some(id)) => self.took(channel, id),
            Event::Took(channel, None) => {
                assert!(self.closed[channel], "`None` while open");
                assert_eq!(self.stored(channel), 0, "`None` before the last value");
                self.ended[channel] = true;
            }
            Event::SawClose(channel) => assert!(self.closed[channel], "not closed yet"),
        }
    }

    fn begin(&mut self, owner: usize, put: Put) {
        self.lines[put.channel].push(put.id);
        let entry = Entry {
            put,
            owner,
            begun: self.clock,
            stored: None,
            is_taken: false,
            is_kept: false,
        };
        assert!(self.entries.insert(put.id, entry).is_none());
    }

    fn done(&mut self, id: u32) {
        let entry = self.entries.get_mut(&id).expect("a put succeeds once");
        assert!(!entry.is_kept, "{id} is put, and kept");
        if entry.is_taken {
            self.entries.remove(&id);
        } else {
            entry.stored = Some(self.clock);
            assert!(!self.ended[entry.put.channel], "{id} is put after the end");
        }
    }

    /// Whoever takes gets the oldest value; only arms of selects may be passed over, and those
    /// only by values that were about before they were put.
    fn took(&mut self, channel: usize, id: u32) {
        let line = &self.lines[channel];
        let place = line.iter().position(|&other| other == id);
        let place = place.unwrap_or_else(|| panic!("{id} is taken twice, or was never there"));
        for older in &line[..place] {
            let (older, newer) = (&self.entries[older], &self.entries[&id]);
            let passed_over =
                !older.put.stays_in_line && older.stored.is_none_or(|stored| newer.begun < stored);
            assert!(passed_over, "{id} overtakes {}", older.put.id);
        }
        self.leave_line(channel, id);
        let entry = self.entries.get_mut(&id).expect("in line");
        assert!(!entry.is_kept, "{id} is taken, and kept");
        if entry.stored.is_some() {
            self.entries.remove(&id);
        } else {
            entry.is_taken = true;
        }
    }

    fn leave_line(&mut self, channel: usize, id: u32) {
        self.lines[channel].retain(|&other| other != id);
    }

    /// A process has ended, or was dropped while it waited: then one of its puts may have been
    /// completed without its knowing, but never two.
    pub fn gone(&mut self, owner: usize, ended: bool, ledger: &Ledger) {
        self.clock += 1;
        let unknown = |entry: &&Entry| entry.owner == owner && entry.stored.is_none();
        let entries = self.entries.values().filter(unknown);
        let ids: Vec<u32> = entries.map(|entry| entry.put.id).collect();
        let mut put = 0;
        for id in ids {
            let entry = self.entries.get_mut(&id).expect("just listed");
            let channel = entry.put.channel;
            if entry.is_taken {
                put += 1;
                self.entries.remove(&id);
            } else if ledger.drops(id) == 0 {
                put += 1;
                assert!(!entry.is_kept, "{id} is put, and kept");
                entry.stored = Some(self.clock);
            } else {
                let found = entry.is_kept || !entry.put.keeps;
                assert!(found, "{id} is neither put nor in its place");
                self.entries.remove(&id);
                self.leave_line(channel, id);
            }
        }
        assert!(put <= usize::from(!ended), "{put} of its puts were losers");
    }

    /// Everybody who was woken has looked: nobody may be asleep who could go on. `parked`: who
    /// waits for what.
    pub fn assert_nobody_sleeps(&self, parked: &[(usize, Side, usize)]) {
        for &(one, side, channel) in parked {
            assert!(
                !self.closed[channel],
                "{one} sleeps at the closed {channel}"
            );
            let (stored, capacity) = (self.stored(channel), self.capacities[channel]);
            let partner = match side {
                Side::Close => continue,
                Side::Put => {
                    let full = stored >= capacity;
                    assert!(full, "{one} waits to put, and {channel} has room");
                    Side::Take
                }
                Side::Take => {
                    assert_eq!(stored, 0, "{one} waits to take, and {channel} has values");
                    Side::Put
                }
            };
            for &(other, other_side, other_channel) in parked {
                let pair = other != one && other_channel == channel && other_side == partner;
                assert!(!pair, "{one} and {other} wait for each other at {channel}");
            }
        }
    }

    /// Whether that is possible at once when nobody is awake.
    pub fn is_ready(&self, side: Side, channel: usize, parked: &[(usize, Side, usize)]) -> bool {
        let (stored, capacity) = (self.stored(channel), self.capacities[channel]);
        let waits = |side| parked.iter().any(|&(_, s, c)| (s, c) == (side, channel));
        self.closed[channel]
            || match side {
                Side::Take => stored > 0 || waits(Side::Put),
                Side::Put => stored < capacity || stored == 0 && waits(Side::Take),
                Side::Close => false,
            }
    }
}
