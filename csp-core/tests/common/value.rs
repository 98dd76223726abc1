//! Values that are accounted for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

/// Makes values and knows how often each was dropped.
#[derive(Clone, Default)]
pub struct Ledger {
    drops: Arc<Mutex<BTreeMap<u32, usize>>>,
}

/// A value with an identity, whose drop is noted.
pub struct Value {
    pub id: u32,
    ledger: Ledger,
}

impl Ledger {
    pub fn new() -> Self {
        Ledger::default()
    }

    pub fn value(&self, id: u32) -> Value {
        let old = self.drops.lock().unwrap().insert(id, 0);
        assert_eq!(old, None, "a second value {id}");
        Value {
            id,
            ledger: self.clone(),
        }
    }

    /// How often the value with that identity has been dropped.
    pub fn drops(&self, id: u32) -> usize {
        self.drops.lock().unwrap()[&id]
    }

    /// A value that has been dropped may be made again.
    #[track_caller]
    pub fn forget(&self, id: u32) {
        assert_eq!(self.drops.lock().unwrap().remove(&id), Some(1));
    }

    /// How many values are still there.
    pub fn alive(&self) -> usize {
        let drops = self.drops.lock().unwrap();
        drops.values().filter(|&&count| count == 0).count()
    }

    /// Every value has been dropped, and none twice.
    #[track_caller]
    pub fn assert_settled(&self) {
        for (id, &count) in &*self.drops.lock().unwrap() {
            assert_eq!(count, 1, "drops of value {id}");
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        *self.ledger.drops.lock().unwrap().get_mut(&self.id).unwrap() += 1;
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({})", self.id)
    }
}
