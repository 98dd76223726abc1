//! What goes on in a storm: puts, takes, selects and sets as futures that any thread may poll.

use super::common::{Handle, Token, Watched};
use csp_core::{Receiver, Select, Sender, select};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

pub type Tx = Handle<Sender<Token>>;
pub type Rx = Handle<Receiver<Token>>;

/// What an operation may wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Put,
    Take,
    Both,
}

/// A future, some thread's until it is given to another one.
pub struct Operation {
    pub side: Side,
    future: Watched<Pin<Box<dyn Future<Output = ()> + Send>>>,
    pub flag: Arc<Flag>,
}

/// Whether an operation has been woken, and what its waker does besides.
#[derive(Default)]
pub struct Flag {
    pub woken: AtomicBool,
    pub act: Mutex<Option<Act>>,
}

pub type Act = Box<dyn FnOnce() + Send>;

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, SeqCst);
        let act = self.act.lock().unwrap().take();
        if let Some(act) = act {
            act();
        }
    }
}

pub async fn put(tx: Tx, token: Token) {
    if let Err(closed) = tx.put(token).await {
        closed.into_inner().returned();
    }
}

pub async fn put_from(tx: Tx, token: Token) {
    let mut place = Some(token);
    if tx.put_from(&mut place).await.is_err() {
        place.take().expect("it was refused").returned();
    }
}

/// Reserves room, and fills it or gives it back.
pub async fn reserve(tx: Tx, token: Token, fills: bool) {
    match tx.reserve().await {
        Ok(permit) if fills => {
            if let Err(closed) = permit.put(token) {
                closed.into_inner().returned();
            }
        }
        _ => token.returned(),
    }
}

pub async fn take(rx: Rx) {
    if let Some(token) = rx.take().await {
        token.taken();
    }
}

pub async fn select_both(tx: Tx, rx: Rx, token: Token) {
    let mut place = Some(token);
    select! {
        v = rx.take() => if let Some(token) = v { token.taken() },
        _ = tx.put_from(&mut place) => {}
        v = rx.take() => if let Some(token) = v { token.taken() },
    }
    if let Some(token) = place {
        token.returned();
    }
}

/// A set that is used for several rounds, whose arms stay in line, and whose waits are given up now and
/// then.
pub async fn set_of_both(tx: Tx, rx: Rx, mut tokens: Vec<Token>) {
    let mut set = Select::new();
    let takes = [set.add(rx.take()), set.add(rx.take())];
    let Some(first) = tokens.pop() else { return };
    let put = set.add(tx.put(first));
    let mut is_over = false;
    while !is_over {
        let at_once = {
            let mut wait = pin!(set.wait());
            poll_fn(|cx| Poll::Ready(wait.as_mut().poll(cx))).await
        };
        if at_once.is_pending() {
            if tokens.len() % 2 == 1 {
                // The same value, at the back of the line.
                if let Some(token) = set.take_back(put) {
                    assert!(set.refill(put, token).is_none());
                }
            }
            set.wait().await;
        }
        for take in takes {
            match set.output(take) {
                Some(Some(token)) => token.taken(),
                Some(None) => is_over = true,
                None => {}
            }
        }
        match set.output(put) {
            Some(Ok(())) => match tokens.pop() {
                Some(token) => assert!(set.refill(put, token).is_none()),
                None => is_over = true,
            },
            Some(Err(closed)) => {
                closed.into_inner().returned();
                is_over = true;
            }
            None => {}
        }
    }
    if let Some(token) = set.take_back(put) {
        token.returned();
    }
    tokens.into_iter().for_each(Token::returned);
}

impl Operation {
    pub fn new(side: Side, future: impl Future<Output = ()> + Send + 'static) -> Self {
        Operation {
            side,
            future: Watched::new(Box::pin(future)),
            flag: Arc::default(),
        }
    }

    /// Polls it; gives it back if it waits.
    pub fn poll(mut self) -> Option<Self> {
        self.flag.woken.store(false, SeqCst);
        let waker = Waker::from(self.flag.clone());
        let mut cx = Context::from_waker(&waker);
        let pending = Pin::new(&mut self.future).poll(&mut cx).is_pending();
        pending.then_some(self)
    }
}

pub fn try_put(tx: &Tx, token: Token) {
    if let Err(error) = tx.try_put(token) {
        error.into_inner().returned();
    }
}

pub fn try_take(rx: &Rx) {
    if let Ok(token) = rx.try_take() {
        token.taken();
    }
}
