//! Books for storms: where each of very many values ends, exactly.

use std::any::Any;
use std::cell::Cell;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Once};
use std::task::{Context, Poll};

/// Of how many values a storm is made: so many, or as many as `CSP_STORM` says.
pub fn storm_size(few: usize) -> usize {
    std::env::var("CSP_STORM").map_or(few, |number| number.parse().expect("a number"))
}

/// What wakers and values in a storm panic with.
const EXPECTED: &str = "a panic of the storm";

/// Panics as a storm's wakers and values do; not a second time, which would end the program.
pub fn panic_as_expected() {
    if !std::thread::panicking() {
        std::panic::panic_any(EXPECTED);
    }
}

/// Whether that is what a storm panics with.
pub fn is_expected(payload: &(dyn Any + Send)) -> bool {
    payload.downcast_ref::<&str>() == Some(&EXPECTED)
}

/// Silence for the panics of a storm, of which there are very many.
pub fn expect_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !is_expected(panic.payload()) {
                print(panic);
            }
        }));
    });
}

/// How a value ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Where no value may.
    Lost,
    /// By its taker, who says so.
    Taken,
    /// By its putter, who got it back.
    Returned,
    /// With a put that was dropped.
    WithPut,
    /// With an end of its channel that was dropped, which drained it.
    WithChannel,
    /// By the panic of a waker, which passed through the operation that woke it.
    WithPanic,
}

const ENDS: [End; 6] = [
    End::Lost,
    End::Taken,
    End::Returned,
    End::WithPut,
    End::WithChannel,
    End::WithPanic,
];

thread_local! {
    static HERE: Cell<End> = const { Cell::new(End::Lost) };
}

/// Runs something in which values end like that.
pub fn within<R>(end: End, body: impl FnOnce() -> R) -> R {
    struct Back(End);
    impl Drop for Back {
        fn drop(&mut self) {
            HERE.set(self.0);
        }
    }
    let _back = Back(HERE.replace(end));
    body()
}

/// The books of one storm.
pub struct Books {
    made: AtomicUsize,
    /// How often the value with that number ended.
    ended: Box<[AtomicU8]>,
    counts: [AtomicUsize; ENDS.len()],
}

/// A value that enters its end into the books.
pub struct Token {
    number: usize,
    /// What else its destructor does.
    then: Option<Box<dyn FnOnce() + Send>>,
    books: Arc<Books>,
}

impl Books {
    /// For at most that many values.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Books {
            made: AtomicUsize::new(0),
            ended: (0..limit).map(|_| AtomicU8::new(0)).collect(),
            counts: Default::default(),
        })
    }

    /// One more value, unless all have been made.
    pub fn token(self: &Arc<Self>) -> Option<Token> {
        // Counted no further than the limit, however often it is tried.
        let limit = self.ended.len();
        let next = |made| (made < limit).then_some(made + 1);
        let number = self.made.fetch_update(SeqCst, SeqCst, next).ok()?;
        Some(Token {
            number,
            then: None,
            books: self.clone(),
        })
    }

    /// How many values have been made.
    pub fn made(&self) -> usize {
        self.made.load(SeqCst)
    }

    /// How many have ended like that.
    pub fn count(&self, end: End) -> usize {
        self.counts[end as usize].load(SeqCst)
    }

    /// Nothing lost, nothing twice, when all is over.
    #[track_caller]
    pub fn audit(&self) {
        let made = self.made();
        let ends = self.ended.iter().map(|ends| usize::from(ends.load(SeqCst)));
        for (number, ends) in ends.enumerate() {
            assert_eq!(ends, usize::from(number < made), "ends of value {number}");
        }
        let all: usize = self.counts.iter().map(|count| count.load(SeqCst)).sum();
        assert_eq!(all, made, "each value is in one column");
        assert_eq!(self.count(End::Lost), 0, "lost of {made}: {}", self.line());
    }

    /// The closing figures in a line.
    pub fn line(&self) -> String {
        let columns = ENDS.map(|end| (end, self.count(end)));
        let columns = columns.iter().filter(|(_, count)| *count > 0);
        let columns = columns.map(|(end, count)| format!("{count} {end:?}"));
        format!(
            "{} = {}",
            self.made(),
            columns.collect::<Vec<_>>().join(" + ")
        )
    }
}

impl Token {
    /// One whose destructor does that, too, having entered its end.
    pub fn and_then(mut self, then: impl FnOnce() + Send + 'static) -> Self {
        self.then = Some(Box::new(then));
        self
    }

    pub fn number(&self) -> usize {
        self.number
    }

    /// A taker has it.
    pub fn taken(self) {
        within(End::Taken, || drop(self));
    }

    /// Its putter has it again.
    pub fn returned(self) {
        within(End::Returned, || drop(self));
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        let end = match HERE.get() {
            End::Lost if std::thread::panicking() => End::WithPanic,
            end => end,
        };
        self.books.counts[end as usize].fetch_add(1, SeqCst);
        self.books.ended[self.number].fetch_add(1, SeqCst);
        if let Some(then) = self.then.take() {
            then();
        }
    }
}

/// An end of a channel. Values that are dropped with it have ended with their channel.
#[derive(Clone)]
pub struct Handle<H>(Option<H>);

impl<H> Handle<H> {
    pub fn new(end: H) -> Self {
        Handle(Some(end))
    }
}

impl<H> Deref for Handle<H> {
    type Target = H;

    fn deref(&self) -> &H {
        self.0.as_ref().expect("it is here until it is dropped")
    }
}

impl<H> Drop for Handle<H> {
    fn drop(&mut self) {
        within(End::WithChannel, || drop(self.0.take()));
    }
}

/// A future of puts and takes. Values that are dropped with it have ended with their puts.
pub struct Watched<F>(Option<Pin<Box<F>>>);

impl<F> Watched<F> {
    pub fn new(future: F) -> Self {
        Watched(Some(Box::pin(future)))
    }
}

impl<F: Future> Future for Watched<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let future = self.0.as_mut().expect("it is here until it is dropped");
        // In a poll no value may end but by those who say so.
        within(End::Lost, || future.as_mut().poll(cx))
    }
}

impl<F> Drop for Watched<F> {
    fn drop(&mut self) {
        within(End::WithPut, || drop(self.0.take()));
    }
}
