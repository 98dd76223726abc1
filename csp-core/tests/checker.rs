//! The checker of histories is checked: it accepts what may be, and rejects what may not, made by
//! hand here and in `checker/permits.rs`, and by corrupting what was recorded in `checker/recorded.rs`.

mod common;
#[path = "checker/permits.rs"]
mod permits;
mod programs;
#[path = "checker/recorded.rs"]
mod recorded;

use programs::linear::check;
use programs::log::{Arm, Event, Operation, Outcome, Side};
use programs::spec::Limits;

/// A history made by hand, of channels with two hand-over places.
struct History {
    limits: Vec<Limits>,
    events: Vec<Event>,
    begun: usize,
}

impl History {
    fn new(capacities: &[usize]) -> Self {
        let limits = capacities.iter().map(|&capacity| Limits {
            capacity,
            places: 2,
        });
        History {
            limits: limits.collect(),
            events: Vec::new(),
            begun: 0,
        }
    }

    fn begin(&mut self, operation: Operation) -> usize {
        let number = self.begun;
        self.begun += 1;
        self.events.push(Event::Begun(number, operation));
        number
    }

    fn arms(&mut self, arms: &[Arm], waits: bool, is_select: bool) -> usize {
        let arms = arms.to_vec();
        self.begin(Operation::Arms {
            arms,
            waits,
            is_select,
        })
    }

    /// Begins to put a value into the first channel.
    fn put(&mut self, value: u32) -> usize {
        self.arms(&[Arm::put(0, value)], true, false)
    }

    fn take(&mut self) -> usize {
        self.arms(&[Arm::new(Side::Take, 0)], true, false)
    }

    fn end(&mut self, number: usize, outcome: Outcome) {
        self.events.push(Event::Ended(number, outcome));
    }

    fn waits(&mut self, number: usize) {
        self.events.push(Event::Waits(number));
    }

    fn has_put(&mut self, value: u32) {
        let put = self.put(value);
        self.end(put, Outcome::Put(0));
    }

    fn has_taken(&mut self, value: u32) {
        let take = self.take();
        self.end(take, Outcome::Took(0, Some(value)));
    }

    /// An operation that took no time.
    fn has(&mut self, operation: Operation, outcome: Outcome) {
        let number = self.begin(operation);
        self.end(number, outcome);
    }

    fn has_closed(&mut self) {
        self.has(Operation::Close(0), Outcome::Said(true));
    }

    fn has_reopened(&mut self) {
        self.has(Operation::Reopen(0), Outcome::Said(true));
    }

    fn leaves(&mut self, number: usize) {
        self.events.push(Event::Leaves(number));
    }

    fn is_cancelled(&mut self, number: usize, outcome: Outcome) {
        self.leaves(number);
        self.end(number, outcome);
    }

    /// A try that did not wait, or a select with a default.
    fn was_not_ready(&mut self, arms: &[Arm]) {
        let attempt = self.arms(arms, false, arms.len() > 1);
        self.end(attempt, Outcome::NotReady);
    }

    #[track_caller]
    fn may_be(&self) {
        check(&self.limits, &self.events).unwrap();
    }

    #[track_caller]
    fn may_not_be(&self) {
        let last = self.events.last().unwrap();
        let error = check(&self.limits, &self.events).expect_err("accepted");
        let (explained, _) = error.split_once("\nbefore which").unwrap();
        assert!(explained.ends_with(&last.to_string()), "not there: {error}");
    }

    /// It is rejected, though maybe not at its last event.
    #[track_caller]
    fn was_not(&self) {
        check(&self.limits, &self.events).expect_err("accepted");
    }
}

#[test]
fn values_are_taken_once_in_order_and_only_if_they_were_put() {
    let mut history = History::new(&[2]);
    history.has_put(1);
    history.has_put(2);
    history.has_taken(1);
    history.may_be();
    history.has_taken(1);
    history.may_not_be();

    let mut history = History::new(&[2]);
    history.has_put(1);
    history.has_put(2);
    history.has_taken(2);
    history.may_not_be();

    let mut history = History::new(&[2]);
    history.has_taken(1);
    history.may_not_be();
}

#[test]
fn operations_that_overlap_may_happen_in_any_order() {
    for order in [[1, 2], [2, 1]] {
        let mut history = History::new(&[2]);
        let (one, two) = (history.put(1), history.put(2));
        history.end(one, Outcome::Put(0));
        history.end(two, Outcome::Put(0));
        history.has_taken(order[0]);
        history.has_taken(order[1]);
        history.may_be();
    }
}

#[test]
fn a_lost_value_is_noticed() {
    let mut history = History::new(&[1]);
    history.has_put(1);
    history.was_not_ready(&[Arm::new(Side::Take, 0)]);
    history.may_not_be();
}

#[test]
fn capacity_is_capacity_besides_those_who_wait() {
    let mut history = History::new(&[1]);
    history.has_put(1);
    history.has_put(2);
    history.may_not_be();

    let mut history = History::new(&[1]);
    history.was_not_ready(&[Arm::put(0, 1)]);
    history.may_not_be();

    // Three takers wait, and there are two places besides the capacity.
    let mut history = History::new(&[1]);
    for _ in 0..3 {
        let take = history.take();
        history.waits(take);
    }
    (1..=3).for_each(|value| history.has_put(value));
    history.may_be();
    history.has_put(4);
    history.may_not_be();
}

#[test]
fn a_rendezvous_stores_nothing_that_nobody_waits_for() {
    let mut history = History::new(&[0]);
    history.has_put(1);
    history.may_not_be();

    let mut history = History::new(&[0]);
    let take = history.take();
    history.waits(take);
    history.has_put(1);
    history.may_be();
    // It stays where it is when its taker leaves, for the next one.
    history.is_cancelled(take, Outcome::Dropped);
    history.has_taken(1);
    history.may_be();

    // A select's own take is nobody whom its put could wait for.
    let mut history = History::new(&[0]);
    let arms = [Arm::put(0, 1), Arm::new(Side::Take, 0)];
    let select = history.arms(&arms, true, true);
    history.end(select, Outcome::Put(0));
    history.may_not_be();
}

#[test]
fn a_rendezvous_is_tried_in_vain_only_if_nobody_waits() {
    let (put, take) = (Arm::put(0, 7), Arm::new(Side::Take, 0));
    for (waiting, attempt) in [(take, put), (put, take)] {
        let mut history = History::new(&[0]);
        let waiting = history.arms(&[waiting], true, false);
        history.was_not_ready(&[attempt]);
        history.may_be();
        history.waits(waiting);
        history.was_not_ready(&[attempt]);
        history.may_not_be();
    }
    // Nor do two who only try meet.
    for waits in [true, false] {
        let mut history = History::new(&[0]);
        let one = history.arms(&[put], waits, false);
        let other = history.arms(&[take], false, false);
        history.end(other, Outcome::Took(0, Some(7)));
        history.end(one, Outcome::Put(0));
        if waits {
            history.may_be()
        } else {
            history.was_not()
        }
    }
}

#[test]
fn a_value_is_taken_out_of_the_hand_of_the_first_who_waits() {
    for closes in [false, true] {
        let mut history = History::new(&[0]);
        let [one, two] = [1, 2].map(|value| {
            let put = history.put(value);
            history.waits(put);
            put
        });
        if closes {
            history.has_closed();
        }
        history.has_taken(1);
        // Whoever was taken from waits no longer, even if nobody has told.
        if !closes {
            history.has_taken(2);
            history.was_not_ready(&[Arm::new(Side::Take, 0)]);
        }
        history.end(one, Outcome::Put(0));
        history.end(
            two,
            if closes {
                Outcome::Refused(0)
            } else {
                Outcome::Put(0)
            },
        );
        if closes {
            history.was_not()
        } else {
            history.may_be()
        }
    }

    let mut history = History::new(&[0]);
    let puts = [1, 2].map(|value| {
        let put = history.put(value);
        history.waits(put);
        put
    });
    history.has_taken(2);
    history.has_taken(1);
    for put in puts {
        history.end(put, Outcome::Put(0));
    }
    history.was_not();
}

#[test]
fn nobody_puts_before_those_who_wait() {
    for order in [[3, 4], [4, 3]] {
        let mut history = History::new(&[2]);
        history.has_put(1);
        history.has_put(2);
        let first = history.put(3);
        history.waits(first);
        let second = history.put(4);
        history.has_taken(1);
        history.has_taken(2);
        history.end(second, Outcome::Put(0));
        history.end(first, Outcome::Put(0));
        history.may_be();
        history.has_taken(order[0]);
        match order {
            [3, 4] => history.may_be(),
            _ => history.may_not_be(),
        }
    }
}

#[test]
fn who_waited_when_a_channel_was_closed_is_in_line_no_more() {
    let mut history = History::new(&[1]);
    history.has_put(1);
    let waits = history.put(2);
    history.waits(waits);
    history.has_closed();
    history.has_reopened();
    history.has_taken(1);
    history.has_put(3);
    history.has_taken(3);
    history.may_be();
    history.end(waits, Outcome::Refused(0));
    history.may_be();
}

#[test]
fn a_closed_channel_takes_nothing_in_and_gives_all_that_it_has() {
    let mut history = History::new(&[1]);
    history.has_put(1);
    history.has_closed();
    let none = history.take();
    history.end(none, Outcome::Took(0, None));
    history.may_not_be();

    let mut history = History::new(&[1]);
    let none = history.take();
    history.end(none, Outcome::Took(0, None));
    history.may_not_be();

    let mut history = History::new(&[1]);
    let refused = history.put(1);
    history.end(refused, Outcome::Refused(0));
    history.may_not_be();

    let mut history = History::new(&[1]);
    history.has_closed();
    history.has_put(1);
    history.may_not_be();

    let mut history = History::new(&[1]);
    history.has_closed();
    history.has_closed();
    history.may_not_be();
}

#[test]
fn the_last_end_closes() {
    for side in [Side::Put, Side::Take] {
        let mut history = History::new(&[1]);
        let (add, drop) = (Operation::AddEnd(side, 0), Operation::DropEnd(side, 0));
        let is_closed = Operation::IsClosed(0);
        for (operation, outcome) in [
            (add, Outcome::Done),
            (drop.clone(), Outcome::Done),
            (is_closed.clone(), Outcome::Said(false)),
            (drop, Outcome::Done),
            (is_closed.clone(), Outcome::Said(true)),
            (Operation::Upgrade(side, 0), Outcome::Said(false)),
        ] {
            history.has(operation, outcome);
        }
        history.may_be();
        history.has(is_closed, Outcome::Said(false));
        history.may_not_be();
        for operation in [Operation::Upgrade(side, 0), Operation::IsClosed(0)] {
            let mut history = History::new(&[1]);
            let is_there = matches!(operation, Operation::Upgrade(..));
            history.has(operation.clone(), Outcome::Said(is_there));
            history.may_be();
            history.has(operation, Outcome::Said(!is_there));
            history.may_not_be();
        }
    }
}

#[test]
fn of_a_select_one_arm_happens() {
    let select = |other: Arm| {
        let mut history = History::new(&[1, 1]);
        let arms = [Arm::put(0, 1), other];
        let number = history.arms(&arms, true, true);
        history.end(number, Outcome::Put(0));
        history
    };
    // The other put never was.
    let mut history = select(Arm::put(1, 2));
    history.has_taken(1);
    history.may_be();
    let take = history.arms(&[Arm::new(Side::Take, 1)], true, false);
    history.end(take, Outcome::Took(0, Some(2)));
    history.may_not_be();

    // The other take left its value where it is.
    for attempt in [Outcome::NotReady, Outcome::Took(0, Some(3))] {
        let mut history = select(Arm::new(Side::Take, 1));
        let put = history.arms(&[Arm::put(1, 3)], true, false);
        history.end(put, Outcome::Put(0));
        let number = history.arms(&[Arm::new(Side::Take, 0), arm_of(1)], false, true);
        history.end(number, Outcome::Took(0, Some(1)));
        history.may_be();
        let number = history.arms(&[arm_of(1)], false, false);
        history.end(number, attempt);
        match attempt {
            Outcome::NotReady => history.may_not_be(),
            _ => history.may_be(),
        }
    }
}

fn arm_of(channel: usize) -> Arm {
    Arm::new(Side::Take, channel)
}

#[test]
fn what_is_said_of_a_channel_is_so_at_some_instant() {
    let say = |operation: Operation, outcome: Outcome| {
        let mut history = History::new(&[2]);
        history.has_put(1);
        history.has(operation, outcome);
        history
    };
    say(Operation::Len(0), Outcome::Counted(1)).may_be();
    say(Operation::Len(0), Outcome::Counted(0)).may_not_be();
    say(Operation::Len(0), Outcome::Counted(2)).may_not_be();
    say(Operation::IsClosed(0), Outcome::Said(false)).may_be();
    say(Operation::IsClosed(0), Outcome::Said(true)).may_not_be();
    say(Operation::Reopen(0), Outcome::Said(false)).may_be();
    say(Operation::Reopen(0), Outcome::Said(true)).may_not_be();

    let waits = || Operation::Arms {
        arms: vec![Arm::new(Side::Close, 0)],
        waits: true,
        is_select: false,
    };
    say(waits(), Outcome::SawClose(0)).may_not_be();
    let mut history = History::new(&[2]);
    history.has_closed();
    history.has(waits(), Outcome::SawClose(0));
    history.may_be();
    // Open again, it takes values in and is not seen closed.
    history.has_reopened();
    history.has_put(1);
    history.may_be();
    history.has(waits(), Outcome::SawClose(0));
    history.may_not_be();
}

#[test]
fn default_needs_one_instant_at_which_no_arm_was_ready() {
    let arms = [0, 1].map(|channel| Arm::new(Side::Take, channel));
    let fill = |history: &mut History, channel, value| {
        let put = history.arms(&[Arm::put(channel, value)], true, false);
        history.end(put, Outcome::Put(0));
    };
    // The second channel is filled before the first one is emptied, all during the select.
    let mut history = History::new(&[1, 1]);
    fill(&mut history, 0, 1);
    let select = history.arms(&arms, false, true);
    fill(&mut history, 1, 2);
    history.has_taken(1);
    history.end(select, Outcome::NotReady);
    history.may_not_be();

    let mut history = History::new(&[1, 1]);
    fill(&mut history, 0, 1);
    let select = history.arms(&arms, false, true);
    history.has_taken(1);
    fill(&mut history, 1, 2);
    history.end(select, Outcome::NotReady);
    history.may_be();
}

#[test]
fn a_put_that_was_cancelled_has_happened_or_not_as_its_value_says() {
    let mut history = History::new(&[1]);
    let put = history.put(1);
    history.is_cancelled(put, Outcome::Put(0));
    history.has_taken(1);
    history.may_be();

    let mut history = History::new(&[1]);
    let put = history.put(1);
    history.is_cancelled(put, Outcome::Dropped);
    history.has_taken(1);
    history.may_not_be();
}

#[test]
fn nobody_sleeps_who_could_go_on() {
    // Beside room, beside a value, beside a close.
    for (arm, first) in [
        (Arm::put(0, 2), None),
        (Arm::new(Side::Take, 0), Some(1)),
        (Arm::new(Side::Close, 0), None),
    ] {
        let mut history = History::new(&[1]);
        let sleeper = history.arms(&[arm], true, false);
        history.waits(sleeper);
        first.into_iter().for_each(|value| history.has_put(value));
        if arm.side == Side::Close {
            history.events.push(Event::Quiet);
            history.may_be();
            history.has_closed();
        }
        history.events.push(Event::Quiet);
        history.may_not_be();
    }
    // Beside each other; but a select does not meet itself.
    let (put, take) = (Arm::put(0, 1), Arm::new(Side::Take, 0));
    let mut history = History::new(&[0]);
    let select = history.arms(&[put, take], true, true);
    history.waits(select);
    history.events.push(Event::Quiet);
    history.may_be();
    let other = history.arms(&[Arm::put(0, 2)], true, false);
    history.waits(other);
    history.events.push(Event::Quiet);
    history.may_not_be();
    // Nor does one who has not been told.
    let mut history = History::new(&[1]);
    history.has_put(1);
    let put = history.put(2);
    history.waits(put);
    history.has_taken(1);
    history.events.push(Event::Quiet);
    history.may_not_be();
    history.end(put, Outcome::Put(0));
    history.was_not();
}
