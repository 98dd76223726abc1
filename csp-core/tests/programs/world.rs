//! What the processes of a program share: channels, values, and the log.

use super::log::{Arm, Event, Log, Operation, Outcome, Side};
use super::spec::Limits;
use crate::common::{
    AnyChannel, AnyPermit, AnyPutAll, AnyReserve, AnyTakeMany, Ledger, OneOf, SharedChannel, Value,
    local,
};
use csp_core::{
    Channel, LocalChannel, OneThread, Put, PutFrom, Receiver, Sender, StaticChannel, Take,
    TryPutError, TryReserveError, TryTakeError, WaitClosed, WeakReceiver, WeakSender, channel,
};
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread::{self, ThreadId};

/// Which channel: the types and the capacities.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// On the heap.
    Heap(usize),
    /// On the heap, closed by its last end's drop.
    Ends(usize),
    /// For one thread.
    Local(usize),
    /// A static channel of capacity 0, 1 or 2.
    Static(usize),
}

impl Kind {
    fn limits(self) -> Limits {
        match self {
            Kind::Heap(capacity) | Kind::Ends(capacity) | Kind::Local(capacity) => Limits {
                capacity,
                places: 4,
            },
            Kind::Static(capacity) => Limits {
                capacity,
                places: 1,
            },
        }
    }
}

enum Stored {
    Heap(Channel<Value>),
    Ends(Mutex<Ends>),
    Local(Here<LocalChannel<Value>>),
    Zero(StaticChannel<Value, 0>),
    One(StaticChannel<Value, 1>),
    Two(StaticChannel<Value, 2>),
}

/// What only the thread may use that made it.
struct Here<T> {
    thread: ThreadId,
    value: T,
}

// SAFETY: `get`, the only way to the value, panics on every other thread. It is not `Send`, and
// goes where it was made unless a world does not.
unsafe impl<T> Sync for Here<T> {}

impl<T> Here<T> {
    fn new(value: T) -> Self {
        let thread = thread::current().id();
        Here { thread, value }
    }

    fn get(&self) -> &T {
        assert_eq!(self.thread, thread::current().id(), "another thread's");
        &self.value
    }
}

/// Ends of one channel, as long as the program has them.
struct Ends {
    sender: Option<Sender<Value>>,
    receiver: Option<Receiver<Value>>,
    weak: (WeakSender<Value>, WeakReceiver<Value>),
}

/// All that a program's processes share.
pub struct World {
    stored: Vec<Stored>,
    pub limits: Vec<Limits>,
    pub log: Arc<Log>,
    ledger: Ledger,
    values: AtomicU32,
    /// What was taken, kept so that a value that is gone has not been put.
    taken: Mutex<Vec<Value>>,
    /// Nothing happens while a process is not being polled: then a select that waits is known to, and
    /// a batch happens at once.
    pub is_one_thread: bool,
}

impl World {
    pub fn new(kinds: &[Kind], is_one_thread: bool) -> Self {
        let stored = kinds.iter().map(|&kind| match kind {
            Kind::Heap(usize::MAX) => Stored::Heap(Channel::unbounded()),
            Kind::Heap(capacity) => Stored::Heap(Channel::new(capacity)),
            Kind::Ends(capacity) => {
                let (sender, receiver) = channel(capacity);
                let weak = (sender.downgrade(), receiver.downgrade());
                Stored::Ends(Mutex::new(Ends {
                    sender: Some(sender),
                    receiver: Some(receiver),
                    weak,
                }))
            }
            Kind::Local(capacity) => Stored::Local(Here::new(local(capacity))),
            Kind::Static(0) => Stored::Zero(StaticChannel::new()),
            Kind::Static(1) => Stored::One(StaticChannel::new()),
            Kind::Static(_) => Stored::Two(StaticChannel::new()),
        });
        World {
            stored: stored.collect(),
            limits: kinds.iter().map(|kind| kind.limits()).collect(),
            log: Arc::default(),
            ledger: Ledger::new(),
            values: AtomicU32::new(0),
            taken: Mutex::default(),
            is_one_thread,
        }
    }

    pub fn channels(&self) -> usize {
        self.stored.len()
    }

    pub fn value(&self) -> Value {
        self.ledger.value(self.values.fetch_add(1, SeqCst))
    }

    fn whole(&self, channel: usize) -> Option<&(dyn SharedChannel<Value> + Sync)> {
        Some(match &self.stored[channel] {
            Stored::Heap(channel) => channel,
            Stored::Zero(channel) => channel,
            Stored::One(channel) => channel,
            Stored::Two(channel) => channel,
            Stored::Ends(_) | Stored::Local(_) => return None,
        })
    }

    fn ends(&self, channel: usize) -> Option<std::sync::MutexGuard<'_, Ends>> {
        match &self.stored[channel] {
            Stored::Ends(ends) => Some(ends.lock().unwrap()),
            _ => None,
        }
    }

    /// An end of a channel; `None` if the program has none of that side left.
    pub fn handle(&self, side: Side, channel: usize) -> Option<Handle<'_>> {
        let end = match self.ends(channel) {
            None => match &self.stored[channel] {
                Stored::Local(channel) => End::Local(channel.get()),
                _ => End::Whole(self.whole(channel)?),
            },
            Some(ends) => {
                let is_there = match side {
                    Side::Put => ends.sender.is_some(),
                    _ => ends.receiver.is_some(),
                };
                if !is_there {
                    return None;
                }
                self.instant(Operation::AddEnd(side, channel), || {
                    let end = match side {
                        Side::Put => End::Sender(ends.sender.clone()?),
                        _ => End::Receiver(ends.receiver.clone()?),
                    };
                    Some((end, Outcome::Done))
                })?
            }
        };
        Some(Handle {
            world: self,
            channel,
            end,
        })
    }

    /// Does what takes no time, and writes it down.
    fn instant<R>(
        &self,
        operation: Operation,
        act: impl FnOnce() -> Option<(R, Outcome)>,
    ) -> Option<R> {
        let number = self.log.begin(operation);
        let (result, outcome) = act()?;
        self.log.push(Event::Ended(number, outcome));
        Some(result)
    }

    /// Drops the program's own end.
    pub fn drop_end(&self, side: Side, channel: usize) {
        let Some(mut ends) = self.ends(channel) else {
            return;
        };
        let end = match side {
            Side::Put => ends.sender.take().map(End::Sender),
            _ => ends.receiver.take().map(End::Receiver),
        };
        drop(ends);
        drop(end.map(|end| Handle {
            world: self,
            channel,
            end,
        }));
    }

    /// Asks the weak end for a strong one.
    pub fn upgrade(&self, side: Side, channel: usize) {
        let Some(mut ends) = self.ends(channel) else {
            return;
        };
        let end = self.instant(Operation::Upgrade(side, channel), || {
            let end = match side {
                Side::Put => ends.weak.0.upgrade().map(End::Sender),
                _ => ends.weak.1.upgrade().map(End::Receiver),
            };
            let said = Outcome::Said(end.is_some());
            Some((end, said))
        });
        let surplus = match end.flatten() {
            Some(End::Sender(sender)) => ends.sender.replace(sender).map(End::Sender),
            Some(End::Receiver(receiver)) => ends.receiver.replace(receiver).map(End::Receiver),
            _ => None,
        };
        drop(ends);
        drop(surplus.map(|end| Handle {
            world: self,
            channel,
            end,
        }));
    }

    /// Asks each channel that the program has an end of how many values it stores.
    pub fn count(&self) {
        for channel in 0..self.channels() {
            let len = match self.ends(channel) {
                None => match &self.stored[channel] {
                    Stored::Local(channel) => Some(channel.get().len()),
                    _ => self.whole(channel).map(|channel| channel.len()),
                },
                Some(ends) => {
                    let sender = ends.sender.as_ref().map(Sender::len);
                    sender.or_else(|| Some(ends.receiver.as_ref()?.len()))
                }
            };
            if let Some(len) = len {
                let counted = Outcome::Counted(len);
                self.instant(Operation::Len(channel), || Some(((), counted)));
            }
        }
    }

    pub fn reopen(&self, channel: usize) {
        let reopen = || match &self.stored[channel] {
            Stored::Zero(channel) => Some(channel.reopen()),
            Stored::One(channel) => Some(channel.reopen()),
            Stored::Two(channel) => Some(channel.reopen()),
            _ => None,
        };
        if matches!(
            self.stored[channel],
            Stored::Zero(_) | Stored::One(_) | Stored::Two(_)
        ) {
            self.instant(Operation::Reopen(channel), || {
                Some(((), Outcome::Said(reopen()?)))
            });
        }
    }

    /// Everything is over: every value has been dropped, and none twice.
    pub fn assert_settled(&self) {
        self.taken.lock().unwrap().clear();
        self.ledger.assert_settled();
    }
}

/// One end of a channel, or the whole of it; a counted end's drop is an operation.
pub struct Handle<'a> {
    pub world: &'a World,
    pub channel: usize,
    end: End<'a>,
}

enum End<'a> {
    Whole(&'a (dyn SharedChannel<Value> + Sync)),
    Local(&'a LocalChannel<Value>),
    Sender(Sender<Value>),
    Receiver(Receiver<Value>),
    Gone,
}

/// Calls something on one of these ends, or on the whole.
macro_rules! on_end {
    ($self:expr, $($end:ident)|+, $name:ident => $call:expr) => {
        on_end!($self, $($end)|+, $name => $call, any => $call)
    };
    ($self:expr, $($end:ident)|+, $name:ident => $call:expr, any => $any:expr) => {
        match &$self.end {
            End::Whole($name) => $any,
            End::Local($name) => $any,
            $(End::$end($name) => $call,)+
            #[allow(unreachable_patterns, reason = "some calls are there on both ends")]
            _ => unreachable!("the other end"),
        }
    };
}

/// The same for what can be an arm of a select; `None` on a local channel.
macro_rules! shared {
    ($self:expr, $end:ident, $name:ident => $call:expr, whole => $whole:expr) => {
        match &$self.end {
            End::Whole($name) => Some($whole),
            End::$end($name) => Some($call),
            End::Local(_) => None,
            _ => unreachable!("the other end"),
        }
    };
}

impl<'a> Handle<'a> {
    pub fn put(&self, value: Value) -> OneOf<Put<'_, Value>, Put<'_, Value, OneThread>> {
        on_end!(self, Sender, end => OneOf::Shared(end.put(value)), any => AnyChannel::put(*end, value))
    }

    pub fn put_from<'s>(
        &self,
        place: &'s mut Option<Value>,
    ) -> OneOf<PutFrom<'_, 's, Value>, PutFrom<'_, 's, Value, OneThread>> {
        on_end!(self, Sender, end => OneOf::Shared(end.put_from(place)), any => AnyChannel::put_from(*end, place))
    }

    pub fn try_put(&self, value: Value) -> Result<(), TryPutError<Value>> {
        on_end!(self, Sender, end => end.try_put(value))
    }

    pub fn put_all(&self, values: Vec<Value>) -> AnyPutAll<'_, Value> {
        on_end!(self, Sender, end => OneOf::Shared(end.put_all(values)), any => AnyChannel::put_all(*end, values))
    }

    pub fn take(&self) -> OneOf<Take<'_, Value>, Take<'_, Value, OneThread>> {
        on_end!(self, Receiver, end => OneOf::Shared(end.take()), any => AnyChannel::take(*end))
    }

    pub fn take_many<'b>(
        &self,
        buffer: &'b mut Vec<Value>,
        max: usize,
    ) -> AnyTakeMany<'_, 'b, Value> {
        on_end!(self, Receiver, end => OneOf::Shared(end.take_many(buffer, max)), any => AnyChannel::take_many(*end, buffer, max))
    }

    pub fn try_take(&self) -> Result<Value, TryTakeError> {
        on_end!(self, Receiver, end => end.try_take())
    }

    pub fn drain(&self) -> Vec<Value> {
        on_end!(self, Receiver, end => end.drain())
    }

    pub fn reserve(&self) -> AnyReserve<'_, Value> {
        on_end!(self, Sender, end => Box::pin(async { end.reserve().await.map(OneOf::Shared) }), any => AnyChannel::reserve(*end))
    }

    pub fn try_reserve(&self) -> Result<AnyPermit<'_, Value>, TryReserveError> {
        on_end!(self, Sender, end => end.try_reserve().map(OneOf::Shared), any => AnyChannel::try_reserve(*end))
    }

    /// A permit ends that has not been used.
    pub fn give_back(&self, permit: AnyPermit<'_, Value>) {
        self.instant(Operation::GiveBack(self.channel), || {
            drop(permit);
            Outcome::Done
        });
    }

    pub fn closed(&self) -> OneOf<WaitClosed<'_>, WaitClosed<'_, OneThread>> {
        on_end!(self, Sender | Receiver, end => OneOf::Shared(end.closed()), any => AnyChannel::closed(*end))
    }

    pub fn put_arm(&self, value: Value) -> Option<Put<'_, Value>> {
        shared!(self, Sender, end => end.put(value), whole => end.put_arm(value))
    }

    pub fn put_from_arm<'s>(&self, place: &'s mut Option<Value>) -> Option<PutFrom<'_, 's, Value>> {
        shared!(self, Sender, end => end.put_from(place), whole => end.put_from_arm(place))
    }

    pub fn take_arm(&self) -> Option<Take<'_, Value>> {
        shared!(self, Receiver, end => end.take(), whole => end.take_arm())
    }

    /// The channel, if it is a local one.
    pub fn local(&self) -> Option<&'a LocalChannel<Value>> {
        match self.end {
            End::Local(channel) => Some(channel),
            _ => None,
        }
    }

    pub fn close(&self) {
        self.instant(Operation::Close(self.channel), || {
            Outcome::Said(on_end!(self, Sender | Receiver, end => end.close()))
        });
    }

    pub fn is_closed(&self) -> bool {
        let mut is_closed = false;
        self.instant(Operation::IsClosed(self.channel), || {
            is_closed = on_end!(self, Sender | Receiver, end => end.is_closed());
            Outcome::Said(is_closed)
        });
        is_closed
    }

    fn instant(&self, operation: Operation, act: impl FnOnce() -> Outcome) {
        self.world.instant(operation, || Some(((), act())));
    }
}

impl Drop for Handle<'_> {
    fn drop(&mut self) {
        let (end, side) = match std::mem::replace(&mut self.end, End::Gone) {
            end @ End::Sender(_) => (end, Side::Put),
            end @ End::Receiver(_) => (end, Side::Take),
            _ => return,
        };
        let drops = Operation::DropEnd(side, self.channel);
        self.world.instant(drops, || {
            drop(end);
            Some(((), Outcome::Done))
        });
    }
}

/// An operation, from its first poll to its end. Dropped before that it was cancelled, and its
/// values show whether a put had happened; so it is made before whatever has them.
pub struct Running<'a> {
    pub world: &'a World,
    operation: Operation,
    number: Cell<Option<usize>>,
    /// A put that happened, as was seen before it was cancelled: its value had gone with the last
    /// receiver.
    had_put: Cell<Option<usize>>,
    is_over: Cell<bool>,
}

impl<'a> Running<'a> {
    pub fn alone(world: &'a World, arm: Arm) -> Self {
        Running::new(world, vec![arm], true, false)
    }

    pub fn select(world: &'a World, arms: Vec<Arm>, waits: bool) -> Self {
        Running::new(world, arms, waits, true)
    }

    pub fn now(world: &'a World, arm: Arm) -> Self {
        Running::new(world, vec![arm], false, false)
    }

    fn new(world: &'a World, arms: Vec<Arm>, waits: bool, is_select: bool) -> Self {
        Running {
            world,
            operation: Operation::Arms {
                arms,
                waits,
                is_select,
            },
            number: Cell::new(None),
            had_put: Cell::new(None),
            is_over: Cell::new(false),
        }
    }

    pub fn arms(&self) -> &[Arm] {
        match &self.operation {
            Operation::Arms { arms, .. } => arms,
            _ => &[],
        }
    }

    /// Begins, if it has not.
    pub fn begin(&self) -> usize {
        let number = self.number.get();
        let number = number.unwrap_or_else(|| self.world.log.begin(self.operation.clone()));
        self.number.set(Some(number));
        number
    }

    /// The future of this operation, whose polls are written down.
    pub fn watch<'r, F: Future>(&'r self, future: F) -> Watched<'r, 'a, F> {
        Watched {
            running: self,
            future: Box::pin(future),
            is_done: false,
        }
    }

    pub fn end(&self, outcome: Outcome) {
        if let Some(number) = self.number.get() {
            self.world.log.push(Event::Ended(number, outcome));
        }
        self.is_over.set(true);
    }

    /// A put is over.
    pub fn put_gave(&self, arm: usize, result: Result<(), Value>) {
        self.end(match result {
            Ok(()) => Outcome::Put(arm),
            Err(value) => {
                assert_eq!(value.id, self.arms()[arm].value, "another value came back");
                Outcome::Refused(arm)
            }
        });
    }

    /// A take is over.
    pub fn take_gave(&self, arm: usize, taken: Option<Value>) {
        self.end(Outcome::Took(arm, taken.as_ref().map(|value| value.id)));
        self.world.taken.lock().unwrap().extend(taken);
    }

    /// What has been put that was cancelled: the value that is still about, or had gone before.
    fn put_meanwhile(&self) -> Outcome {
        let arms = self.arms().iter().enumerate();
        let put = |&(_, arm): &(usize, &Arm)| {
            arm.side == Side::Put && self.world.ledger.drops(arm.value) == 0
        };
        let put: Vec<_> = arms.filter(put).map(|(index, _)| index).collect();
        match put[..] {
            [] => self.had_put.get().map_or(Outcome::Dropped, Outcome::Put),
            [arm] => Outcome::Put(arm),
            _ => panic!("{} has put {} values", self.operation, put.len()),
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if self.number.get().is_some() && !self.is_over.get() && !thread::panicking() {
            self.end(self.put_meanwhile());
        }
    }
}

/// A future whose polls are written down.
pub struct Watched<'r, 'a, F> {
    running: &'r Running<'a>,
    future: Pin<Box<F>>,
    is_done: bool,
}

impl<F: Future> Future for Watched<'_, '_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let running = self.running;
        let (log, number) = match running.number.get() {
            None => (&running.world.log, running.begin()),
            Some(number) => {
                running.world.log.push(Event::Stirred(number));
                (&running.world.log, number)
            }
        };
        let polled = self.future.as_mut().poll(cx);
        self.is_done = polled.is_ready();
        let Operation::Arms { is_select, .. } = running.operation else {
            return polled;
        };
        // Of a select that waits others cannot know whether it has been called elsewhere.
        if polled.is_pending() && (!is_select || running.world.is_one_thread) {
            log.push(Event::Waits(number));
        }
        polled
    }
}

impl<F> Drop for Watched<'_, '_, F> {
    fn drop(&mut self) {
        if let (Some(number), false) = (self.running.number.get(), self.is_done) {
            let running = self.running;
            running.world.log.push(Event::Leaves(number));
            // The future still has what it has not put.
            let has_gone =
                |arm: &Arm| arm.side == Side::Put && running.world.ledger.drops(arm.value) > 0;
            running
                .had_put
                .set(running.arms().iter().position(has_gone));
        }
    }
}
