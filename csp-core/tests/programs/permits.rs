//! Room that is reserved: a permit is held while other things are done, then filled or given back.

use super::actions::Action;
use super::choices::Choices;
use super::log::{Arm, Outcome, Side};
use super::world::{Handle, Running};
use crate::common::{AnyPermit, Value, poll_once};
use csp_core::{Closed, ReserveError, TryReserveError};
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::Poll;

/// What becomes of a permit in the end. Whoever is cancelled drops it.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    Put,
    Drop,
    Forget,
}

impl Fate {
    pub fn new(choices: &mut dyn Choices) -> Self {
        match choices.below(16) {
            0..10 => Fate::Put,
            10..15 => Fate::Drop,
            _ => Fate::Forget,
        }
    }
}

/// A permit that is given back when it is dropped, which is written down.
struct Permit<'h, 'a> {
    to: &'h Handle<'a>,
    permit: Option<AnyPermit<'h, Value>>,
}

impl Drop for Permit<'_, '_> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.to.give_back(permit);
        }
    }
}

/// Reserves room for a value, waiting for it or not, and does other things before it is used.
pub async fn reserve(to: Handle<'_>, waits: bool, meanwhile: Vec<Action>, fate: Fate) {
    let world = to.world;
    if world.limits[to.channel].capacity == 0 {
        return refuse(&to);
    }
    let value = world.value();
    let arm = Arm::of(Side::Reserve, to.channel, value.id);
    let got = match waits {
        true => wait(&to, arm).await,
        false => now(&to, arm),
    };
    let Some(permit) = got else { return };
    let mut held = Permit {
        to: &to,
        permit: Some(permit),
    };
    for action in meanwhile {
        let action: Pin<Box<dyn Future<Output = ()>>> = Box::pin(action.run(world));
        action.await;
    }
    match fate {
        Fate::Drop => {}
        Fate::Forget => mem::forget(held.permit.take()),
        Fate::Put => {
            let arm = Arm::of(Side::Permit, to.channel, value.id);
            let running = Running::now(world, arm);
            running.begin();
            let permit = held.permit.take().expect("it is held");
            running.put_gave(0, permit.put(value).map_err(Closed::into_inner));
        }
    }
}

async fn wait<'h>(to: &'h Handle<'_>, arm: Arm) -> Option<AnyPermit<'h, Value>> {
    let running = Running::alone(to.world, arm);
    let reserved = running.watch(to.reserve()).await;
    running.end(match &reserved {
        Ok(_) => Outcome::Reserved(0),
        Err(ReserveError::Closed) => Outcome::Refused(0),
        Err(error) => panic!("{error}, of a channel with a buffer"),
    });
    reserved.ok()
}

fn now<'h>(to: &'h Handle<'_>, arm: Arm) -> Option<AnyPermit<'h, Value>> {
    let running = Running::now(to.world, arm);
    running.begin();
    let reserved = to.try_reserve();
    running.end(match &reserved {
        Ok(_) => Outcome::Reserved(0),
        Err(TryReserveError::Full) => Outcome::NotReady,
        Err(TryReserveError::Closed) => Outcome::Refused(0),
        Err(error) => panic!("{error}, of a channel with a buffer"),
    });
    reserved.ok()
}

/// A rendezvous has no room to reserve, and says so at once.
fn refuse(to: &Handle<'_>) {
    assert_eq!(to.try_reserve().err(), Some(TryReserveError::Rendezvous));
    let mut reserve = to.reserve();
    let polled = poll_once(reserve.as_mut());
    assert!(matches!(polled, Poll::Ready(Err(ReserveError::Rendezvous))));
}
