//! What may be, and may not, of room that is reserved.

use crate::History;
use crate::programs::log::{Arm, Event, Operation, Outcome, Side};

impl History {
    /// Begins to reserve room for a value in the first channel.
    fn reserve(&mut self, value: u32) -> usize {
        self.arms(&[Arm::of(Side::Reserve, 0, value)], true, false)
    }

    fn has_reserved(&mut self, value: u32) {
        let reserve = self.reserve(value);
        self.end(reserve, Outcome::Reserved(0));
    }

    fn a_permit_put(&mut self, value: u32, outcome: Outcome) {
        let put = self.arms(&[Arm::of(Side::Permit, 0, value)], false, false);
        self.end(put, outcome);
    }

    fn a_permit_was_dropped(&mut self) {
        self.has(Operation::GiveBack(0), Outcome::Done);
    }

    fn has_dropped_its_end(&mut self, side: Side) {
        self.has(Operation::DropEnd(side, 0), Outcome::Done);
    }

    fn has_seen_the_end(&mut self) {
        let take = self.take();
        self.end(take, Outcome::Took(0, None));
    }

    fn is_quiet(&mut self) {
        self.events.push(Event::Quiet);
    }
}

/// A permit is out, for value 1.
fn reserved(capacity: usize) -> History {
    let mut history = History::new(&[capacity]);
    history.has_reserved(1);
    history
}

/// A channel of capacity 1 that is full of value 1, and who waits for room for value 2.
fn waiting_to_reserve() -> (History, usize) {
    let mut history = History::new(&[1]);
    history.has_put(1);
    let reserve = history.reserve(2);
    history.waits(reserve);
    (history, reserve)
}

#[test]
fn a_permit_is_room_that_nobody_else_has() {
    let (put, reserve) = (Arm::put(0, 2), Arm::of(Side::Reserve, 0, 2));
    for arm in [put, reserve] {
        let mut history = reserved(1);
        history.was_not_ready(&[arm]);
        history.may_be();
        history.a_permit_was_dropped();
        history.was_not_ready(&[arm]);
        history.may_not_be();
    }
    let mut history = reserved(1);
    history.has_put(2);
    history.may_not_be();
    let mut history = reserved(1);
    history.has_reserved(2);
    history.may_not_be();
    let mut history = reserved(2);
    history.has_put(2);
    history.may_be();
    history.has_reserved(3);
    history.may_not_be();
}

#[test]
fn a_permit_is_used_once() {
    for puts in [true, false] {
        let mut history = reserved(2);
        for _ in 0..2 {
            history.may_be();
            match puts {
                true => history.a_permit_put(1, Outcome::Put(0)),
                false => history.a_permit_was_dropped(),
            }
        }
        history.may_not_be();
    }
    let mut history = reserved(1);
    history.a_permit_put(1, Outcome::Put(0));
    history.has_taken(1);
    history.has_put(2);
    history.may_be();
}

#[test]
fn room_is_not_reserved_for_the_sake_of_a_taker() {
    let mut history = History::new(&[1]);
    let take = history.take();
    history.waits(take);
    history.has_put(1);
    history.has_put(2);
    history.may_be();
    history.has_reserved(3);
    history.may_not_be();
}

#[test]
fn takes_see_the_end_when_the_last_permit_has_gone() {
    for puts in [true, false] {
        let mut history = reserved(2);
        history.has_closed();
        history.was_not_ready(&[Arm::new(Side::Take, 0)]);
        history.may_be();
        if puts {
            history.a_permit_put(1, Outcome::Put(0));
            history.has_taken(1);
        } else {
            history.a_permit_was_dropped();
        }
        history.has_seen_the_end();
        history.may_be();
        history.was_not_ready(&[Arm::new(Side::Take, 0)]);
        history.may_not_be();
    }
    let mut history = reserved(2);
    history.has_closed();
    history.has_seen_the_end();
    history.may_not_be();
    // It was forgotten.
    let mut history = reserved(2);
    history.has_dropped_its_end(Side::Put);
    history.has_seen_the_end();
    history.may_be();
}

#[test]
fn nothing_is_reserved_of_a_closed_channel_and_a_permit_is_refused_without_receivers() {
    for (closes, outcome) in [(true, Outcome::Reserved(0)), (false, Outcome::Refused(0))] {
        let mut history = History::new(&[1]);
        if closes {
            history.has_closed();
        }
        let reserve = history.reserve(1);
        history.end(reserve, outcome);
        history.may_not_be();
    }
    for goes in [true, false] {
        let mut history = reserved(1);
        history.has_closed();
        if goes {
            history.has_dropped_its_end(Side::Take);
        }
        let (may, may_not) = match goes {
            true => (Outcome::Refused(0), Outcome::Put(0)),
            false => (Outcome::Put(0), Outcome::Refused(0)),
        };
        let mut other = History {
            limits: history.limits.clone(),
            events: history.events.clone(),
            begun: history.begun,
        };
        history.a_permit_put(1, may);
        history.may_be();
        other.a_permit_put(1, may_not);
        other.may_not_be();
    }
}

#[test]
fn who_reserves_is_in_line_with_those_who_put() {
    let (mut history, reserve) = waiting_to_reserve();
    history.has_taken(1);
    let put = history.put(3);
    history.end(put, Outcome::Put(0));
    history.has_taken(3);
    history.end(reserve, Outcome::Reserved(0));
    history.was_not();

    let mut history = History::new(&[1]);
    history.has_put(1);
    let put = history.put(2);
    history.waits(put);
    let reserve = history.reserve(3);
    history.has_taken(1);
    history.end(reserve, Outcome::Reserved(0));
    history.may_not_be();

    // A close ends that, though it may not have been told.
    let (mut history, _) = waiting_to_reserve();
    history.has_closed();
    history.has_reopened();
    history.has_taken(1);
    history.has_put(3);
    history.may_be();
}

#[test]
fn a_reserve_that_is_cancelled_may_have_had_room_until_it_left() {
    let (mut history, reserve) = waiting_to_reserve();
    history.has_taken(1);
    let put = Arm::put(0, 3);
    history.was_not_ready(&[put]);
    history.leaves(reserve);
    history.was_not_ready(&[put]);
    history.end(reserve, Outcome::Dropped);
    history.may_be();
    history.was_not_ready(&[put]);
    history.may_not_be();
    // Not before it left.
    let (mut history, reserve) = waiting_to_reserve();
    history.has_taken(1);
    history.was_not_ready(&[put]);
    history.has_put(3);
    history.is_cancelled(reserve, Outcome::Dropped);
    history.was_not();
    // It never had any where there was none.
    let mut history = History::new(&[1]);
    let reserve = history.reserve(2);
    history.has_put(1);
    history.is_cancelled(reserve, Outcome::Dropped);
    history.has_taken(1);
    history.a_permit_was_dropped();
    history.may_not_be();
    let (mut history, reserve) = waiting_to_reserve();
    history.has_closed();
    history.has_taken(1);
    history.leaves(reserve);
    history.was_not_ready(&[Arm::new(Side::Take, 0)]);
    history.may_not_be();
}

#[test]
fn who_reserves_does_not_sleep_beside_room_nor_a_take_beside_the_end() {
    let mut history = reserved(1);
    let reserve = history.reserve(2);
    history.waits(reserve);
    // Nor does a put meet a take: all room is reserved.
    let (put, take) = (history.put(3), history.take());
    history.waits(put);
    history.waits(take);
    history.is_quiet();
    history.may_be();
    history.a_permit_was_dropped();
    history.is_quiet();
    history.may_not_be();

    for has_permit in [true, false] {
        let mut history = reserved(1);
        let reserve = history.reserve(2);
        history.waits(reserve);
        if !has_permit {
            history.a_permit_was_dropped();
        }
        history.is_quiet();
        match has_permit {
            true => history.may_be(),
            false => history.may_not_be(),
        }
    }

    let mut history = reserved(1);
    history.has_closed();
    let take = history.take();
    history.waits(take);
    history.is_quiet();
    history.may_be();
    history.a_permit_was_dropped();
    history.is_quiet();
    history.may_not_be();
}
