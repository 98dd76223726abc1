//! Every shape of select, generated: one to three arms, each a take, a put, a put out of a place or
//! one that is not there; with random choice, `biased`, or a `default`; with each arm ready, not ready
//! or closed. After Go's `test/chan/select5.go`, which generates its selects too.

mod common;

use common::Task;
use csp_core::{Channel, Select, TryTakeError, select};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

/// What came of a select, and of which arm.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Outcome {
    Took(usize, Option<u32>),
    Put(usize, bool),
    Default,
    /// Of a set that has nothing to wait for.
    Nothing,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Take,
    Put,
    PutFrom,
    /// Not there: never fires.
    Absent,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Mode {
    Random,
    Biased,
    Default,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum State {
    NotReady,
    Ready,
    Closed,
}

type Fut<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;
type Run = for<'a> fn(&'a World) -> Fut<'a>;

/// The arms' channels, and in which order the select asked for them.
struct World {
    channels: Vec<Channel<u32>>,
    asked: RefCell<Vec<usize>>,
}

/// The value that a put arm puts, one that a take arm finds, one that fills a channel.
const PUT: u32 = 100;
const FOUND: u32 = 200;
const FILLS: u32 = 300;

impl World {
    fn channel(&self, index: usize) -> &Channel<u32> {
        self.asked.borrow_mut().push(index);
        &self.channels[index]
    }

    fn absent(&self, index: usize) -> Option<&Channel<u32>> {
        self.asked.borrow_mut().push(index);
        None
    }
}

/// A select of the arms whose kinds are named: first `$front`, then they, then `$back`.
macro_rules! select_of {
    ($world:ident [$($front:tt)*] [$($arms:tt)*] [$($back:tt)*] $n:expr;) => {
        select! { $($front)* $($arms)* $($back)* }
    };
    ($world:ident $front:tt [$($arms:tt)*] $back:tt $n:expr; Take $($left:ident)*) => {
        select_of!($world $front [$($arms)*
            v = $world.channel($n).take() => Outcome::Took($n, v),
        ] $back $n + 1; $($left)*)
    };
    ($world:ident $front:tt [$($arms:tt)*] $back:tt $n:expr; Put $($left:ident)*) => {
        select_of!($world $front [$($arms)*
            r = $world.channel($n).put(PUT + $n as u32) => Outcome::Put($n, r.is_ok()),
        ] $back $n + 1; $($left)*)
    };
    ($world:ident $front:tt [$($arms:tt)*] $back:tt $n:expr; PutFrom $($left:ident)*) => {
        select_of!($world $front [$($arms)*
            r = $world.channel($n).put_from(&mut Some(PUT + $n as u32)) => Outcome::Put($n, r.is_ok()),
        ] $back $n + 1; $($left)*)
    };
    ($world:ident $front:tt [$($arms:tt)*] $back:tt $n:expr; Absent $($left:ident)*) => {
        select_of!($world $front [$($arms)*
            v = $world.absent($n).map(|ch| ch.take()) => Outcome::Took($n, v),
        ] $back $n + 1; $($left)*)
    };
}

/// Adds the selects of all sequences of kinds, one for each star, in each mode.
macro_rules! shapes {
    ($shapes:ident [$($kind:ident)*]) => {
        let kinds = vec![$(Kind::$kind),*];
        let run: Run = |w| Box::pin(async move { select_of!(w [] [] [] 0; $($kind)*) });
        $shapes.push((kinds.clone(), Mode::Random, run));
        let run: Run = |w| Box::pin(async move { select_of!(w [biased;] [] [] 0; $($kind)*) });
        $shapes.push((kinds.clone(), Mode::Biased, run));
        let run: Run = |w| Box::pin(async move {
            select_of!(w [] [] [default => Outcome::Default,] 0; $($kind)*)
        });
        $shapes.push((kinds, Mode::Default, run));
    };
    ($shapes:ident [$($kind:ident)*] * $($star:tt)*) => {
        shapes!($shapes [$($kind)* Take] $($star)*);
        shapes!($shapes [$($kind)* Put] $($star)*);
        shapes!($shapes [$($kind)* PutFrom] $($star)*);
        shapes!($shapes [$($kind)* Absent] $($star)*);
    };
}

/// The same by a set that is built at run time.
async fn by_a_set(world: &World, kinds: &[Kind], mode: Mode) -> Outcome {
    let mut places: Vec<_> = (0..kinds.len()).map(|n| Some(PUT + n as u32)).collect();
    let mut set = Select::new();
    if mode == Mode::Biased {
        set = set.biased();
    }
    let (mut takes, mut puts, mut puts_from) = (Vec::new(), Vec::new(), Vec::new());
    for ((n, kind), place) in kinds.iter().enumerate().zip(&mut places) {
        match kind {
            Kind::Take => takes.push((n, set.add(Some(world.channel(n).take())))),
            Kind::Absent => takes.push((n, set.add(world.absent(n).map(|ch| ch.take())))),
            Kind::Put => puts.push((n, set.add(world.channel(n).put(PUT + n as u32)))),
            Kind::PutFrom => puts_from.push((n, set.add(world.channel(n).put_from(place)))),
        }
    }
    let fired = match mode {
        Mode::Default => match set.try_wait() {
            Some(fired) => fired,
            None => return Outcome::Default,
        },
        _ => match set.wait().await {
            Some(fired) => fired,
            None => return Outcome::Nothing,
        },
    };
    let took = takes
        .iter()
        .filter_map(|&(n, key)| Some(Outcome::Took(n, set.output(key)?)));
    let mut outcomes: Vec<_> = took.collect();
    let put = puts
        .iter()
        .filter_map(|&(n, key)| Some(Outcome::Put(n, set.output(key)?.is_ok())));
    outcomes.extend(put);
    let put = puts_from.iter();
    let put = put.filter_map(|&(n, key)| Some(Outcome::Put(n, set.output(key)?.is_ok())));
    outcomes.extend(put);
    let [outcome] = outcomes[..] else {
        panic!("one arm commits: {outcomes:?}");
    };
    assert_eq!(arm_of(outcome), Some(fired));
    outcome
}

fn arm_of(outcome: Outcome) -> Option<usize> {
    match outcome {
        Outcome::Took(arm, _) | Outcome::Put(arm, _) => Some(arm),
        Outcome::Default | Outcome::Nothing => None,
    }
}

/// What an arm gives when it commits.
fn expected(arm: usize, kind: Kind, state: State) -> Outcome {
    match kind {
        Kind::Take => {
            let value = (state == State::Ready).then_some(FOUND + arm as u32);
            Outcome::Took(arm, value)
        }
        _ => Outcome::Put(arm, state == State::Ready),
    }
}

/// Runs a select with its arms in those states, and looks at all that it did and did not do.
fn check<'w>(
    world: &'w World,
    kinds: &[Kind],
    mode: Mode,
    states: &[State],
    select: impl Future<Output = Outcome> + 'w,
) {
    let is_put = |n: usize| matches!(kinds[n], Kind::Put | Kind::PutFrom);
    let arms = || (0..kinds.len()).filter(|&n| kinds[n] != Kind::Absent);
    // Who waits where an arm of a rendezvous is ready.
    let mut takers = Vec::new();
    let mut putters = Vec::new();
    for n in arms() {
        let ch = &world.channels[n];
        let is_rendezvous = ch.capacity() == 0;
        match (states[n], is_put(n)) {
            (State::Closed, _) => assert!(ch.close()),
            (State::Ready, true) if is_rendezvous => takers.push((n, Task::parked(ch.take()))),
            (State::Ready, false) if is_rendezvous => {
                putters.push((n, Task::parked(ch.put(FOUND + n as u32))));
            }
            (State::Ready, false) => ch.try_put(FOUND + n as u32).unwrap(),
            (State::NotReady, true) if !is_rendezvous => ch.try_put(FILLS + n as u32).unwrap(),
            _ => {}
        }
    }
    let ready: Vec<_> = arms().filter(|&n| states[n] != State::NotReady).collect();

    let mut select = Task::new(select);
    let polled = select.poll();
    let order = world.asked.borrow().clone();
    assert!(
        order.into_iter().eq(0..kinds.len()),
        "each is asked for once, in order"
    );
    let (outcome, woken_for) = match polled {
        std::task::Poll::Ready(outcome) => (outcome, None),
        std::task::Poll::Pending => {
            assert!(ready.is_empty() && mode != Mode::Default);
            // Some arm's partner comes: another one's each time.
            let sum = kinds.iter().map(|&kind| kind as usize).sum::<usize>();
            let Some(n) = arms().cycle().nth(sum) else {
                return; // none is there
            };
            let ch = &world.channels[n];
            if is_put(n) {
                let first = FILLS + n as u32;
                let taken = ch.try_take();
                let rendezvous = ch.capacity() == 0;
                assert_eq!(taken, Ok(if rendezvous { PUT + n as u32 } else { first }));
            } else {
                ch.try_put(FOUND + n as u32).unwrap();
            }
            (select.woken(), Some(n))
        }
    };
    drop(select);

    let fired = arm_of(outcome);
    match (fired, woken_for) {
        (Some(arm), Some(n)) => {
            assert_eq!(outcome, expected(n, kinds[n], State::Ready));
            assert_eq!(arm, n);
        }
        (Some(arm), None) => {
            assert!(ready.contains(&arm), "{arm} is not ready");
            assert!(
                mode != Mode::Biased || arm == ready[0],
                "{arm} is not the first"
            );
            assert_eq!(outcome, expected(arm, kinds[arm], states[arm]));
        }
        (None, _) => {
            assert!(ready.is_empty() && (mode == Mode::Default || arms().next().is_none()))
        }
    }
    // What has been called for has an end: a taker has what the arm put, a putter is done.
    for (n, mut taker) in takers {
        assert_eq!(taker.is_woken(), fired == Some(n));
        if fired == Some(n) {
            assert_eq!(taker.woken(), Some(PUT + n as u32));
        }
    }
    for (n, mut putter) in putters {
        let is_done = fired == Some(n);
        assert_eq!(putter.is_woken(), is_done);
        assert_eq!(
            world.channels[n].try_take().ok(),
            (!is_done).then_some(FOUND + n as u32)
        );
        assert_eq!(putter.woken(), Ok(()));
    }
    for n in arms().filter(|&n| states[n] != State::Closed) {
        let ch = &world.channels[n];
        let left = match (ch.capacity(), is_put(n), states[n], fired == Some(n)) {
            (0, ..) => None,
            (_, true, _, true) => Some(PUT + n as u32),
            (_, true, State::NotReady, false) => Some(FILLS + n as u32),
            (_, false, State::Ready, false) => Some(FOUND + n as u32),
            _ => None,
        };
        assert_eq!(
            ch.try_take(),
            left.ok_or(TryTakeError::Empty),
            "left in {n}"
        );
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty), "and no more");
    }
}

/// All ways to give that many arms a state.
fn all_states(arms: usize) -> impl Iterator<Item = Vec<State>> {
    const STATES: [State; 3] = [State::NotReady, State::Ready, State::Closed];
    (0..3_usize.pow(arms as u32)).map(move |n| {
        let digits = (0..arms).map(|arm| n / 3_usize.pow(arm as u32) % 3);
        digits.map(|digit| STATES[digit]).collect()
    })
}

/// An interpreter, which would take minutes for all shapes and states, sees some of each.
const STEP: usize = if cfg!(miri) { 5 } else { 1 };

/// Checks one shape in all states, said in words when it fails.
fn check_all(kinds: &[Kind], mode: Mode, run: impl for<'a> Fn(&'a World) -> Fut<'a>) {
    struct Said(String);
    impl Drop for Said {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("{}", self.0);
            }
        }
    }
    for states in all_states(kinds.len()).step_by(STEP) {
        for capacity in [0, 1] {
            let _said = Said(format!(
                "{kinds:?}, {mode:?}, {states:?}, capacity {capacity}"
            ));
            let world = World {
                channels: kinds.iter().map(|_| Channel::new(capacity)).collect(),
                asked: RefCell::default(),
            };
            check(&world, kinds, mode, &states, run(&world));
        }
    }
}

// test/chan/select5
#[test]
fn every_shape_of_select_does_one_thing_and_nothing_else() {
    let mut shapes: Vec<(Vec<Kind>, Mode, Run)> = Vec::new();
    shapes!(shapes [] *);
    shapes!(shapes [] * *);
    shapes!(shapes [] * * *);
    assert_eq!(shapes.len(), 3 * (4 + 16 + 64));
    for (kinds, mode, run) in shapes.into_iter().step_by(STEP * STEP) {
        check_all(&kinds, mode, run);
    }
}

// test/chan/select5
#[test]
fn every_shape_of_set_does_one_thing_and_nothing_else() {
    const KINDS: [Kind; 4] = [Kind::Take, Kind::Put, Kind::PutFrom, Kind::Absent];
    let most = if cfg!(miri) { 2 } else { 3 };
    for arms in 1..=most {
        for n in (0..4_usize.pow(arms)).step_by(STEP) {
            let digits = (0..arms).map(|arm| n / 4_usize.pow(arm) % 4);
            let kinds: Vec<_> = digits.map(|digit| KINDS[digit]).collect();
            for mode in [Mode::Random, Mode::Biased, Mode::Default] {
                let shape = kinds.clone();
                check_all(&kinds, mode, move |world| {
                    let shape = shape.clone();
                    Box::pin(async move { by_a_set(world, &shape, mode).await })
                });
            }
        }
    }
}
