"""The breaks: name, file of csp-core/src, what stands there, what is put in its place, and who probably
notices: `TEST`, `TEST:PART OF A NAME`, `lib:…` or `models:…`. Those whose first is of the models are left to
`--full`: only the model checker looks at every schedule. `SHORT` marks the few of the short form."""

from dataclasses import dataclass

SHORT = object()


@dataclass
class Break:
    name: str
    file: str
    old: str
    new: str
    by: list
    short: bool

    @property
    def for_models(self):
        return self.by[0].startswith("models")


BREAKS = []


def area(*breaks):
    for name, file, old, new, *by in breaks:
        BREAKS.append(Break(name, file, old, new, [one for one in by if one is not SHORT], SHORT in by))


# The baton: a call that nobody uses goes on.
area(
    ("a dropped take keeps its call", "chan/raw.rs",
     "locked.end_call();\n        locked.announce_and_unlock();", "locked.end_call();", "cancel", SHORT),
    ("a dropped take does not end its call", "chan/raw.rs",
     "locked.end_call();\n        locked.announce_and_unlock();", "locked.announce_and_unlock();", "history"),
    ("a select that leaves keeps its call", "select/engine.rs",
     "Side::Take => node.channel().pass_call_on::<Whichever>(),", "Side::Take => drop(node.channel().lock()),", "select", SHORT),
    ("a biased select that ended its call early owes nothing", "select/engine.rs",
     "                    self.owed = node;\n", "", "select"),
    ("a biased select keeps its call while it looks at its earlier arms", "select/engine.rs",
     "if self.biased && arm > 0 => {", "if self.biased && arm == usize::MAX => {", "select_pairs"),
    ("a refill calls nobody", "chan/core.rs",
     "        locked.announce(&mut wakes);\n        drop(locked);", "        drop(locked);",
     "models:a_refill_calls_the_next_taker", "waiting"),
    ("a put calls nobody", "chan/core.rs",
     "unsafe { self.push(*locked, items, place) };\n        let called = locked.call_for_items();",
     "unsafe { self.push(*locked, items, place) };\n        let called: Option<Waker> = None;", "select"),
    ("a put that parks calls no taker", "chan/core/park.rs",
     "if !self.raw.takers.is_empty() {\n            // A rendezvous", "if false {\n            // A rendezvous", "select_rounds"),
    ("a put arm that parks calls no taker", "select/engine.rs",
     "held.announce(&mut wakes);", "let _ = &mut wakes;", "select"),
    ("a taker that looked keeps its call", "chan/core.rs",
     "locked.end_call();\n        self.take_locked(locked, place)", "self.take_locked(locked, place)", "history"),
    ("a taker called in vain goes to the back", "chan/core/park.rs",
     "take_or_link_locked(locked, node, ptr::null(), true, place)",
     "take_or_link_locked(locked, node, ptr::null(), false, place)", "waiting"),
    ("a taker called in vain keeps its call", "chan/core/park.rs",
     "locked.end_call();\n        self.take_or_link_locked", "self.take_or_link_locked", "lib:counts"),
    ("a select called in vain goes to the back", "select/engine.rs",
     "while !link_all(self.chain, self.header(), again) {",
     "while !link_all(self.chain, self.header(), again & false) {", "select"),
    ("values beside calls are not counted with the putters", "chan/held.rs",
     "return self.items() > self.calls();", "return self.items() + 1 > self.calls();", "history"),
)

# The claim.
area(
    ("the claim is a store", "sync/spin.rs",
     "    state\n        .compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed)\n        .is_ok()",
     "    let _ = from;\n    state.store(to, Ordering::Release);\n    true", "select"),
    ("the claim is a store, in the models' lock", "sync/model.rs",
     "    state\n        .compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed)\n        .is_ok()",
     "    let _ = from;\n    state.store(to, Ordering::Release);\n    true", "models:selects_that_cross"),
    ("the claim is a load and a store, in the models' lock", "sync/model.rs",
     "    state\n        .compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed)\n        .is_ok()",
     "    let is_so = state.load(Ordering::Acquire) == from;\n    if is_so {\n"
     "        state.store(to, Ordering::Release);\n    }\n    is_so", "models:commit::a_select_of_puts_against_two"),
    ("a completed put is not told", "wait/claim.rs",
     "self.state.store(with_arm(PUT_DONE, arm), Ordering::Release);", "let _ = arm;", "select"),
    ("a put that is being moved counts as awake", "select/engine.rs",
     "        if let Seen::Moving(arm) = seen {\n",
     "        if let Seen::Moving(_) = seen {\n            return Woken::BySelf;\n        }\n        if let Seen::Moving(arm) = seen {\n", "models:a_poll_of_a_select_against", "models:a_dropped_select_against_a_take"),
    ("a select does not claim itself", "select/engine.rs",
     "Seen::Waiting if self.header().wake_self() => Woken::BySelf,",
     "Seen::Waiting => Woken::BySelf,", "models:a_poll_of_a_select_against", "models:a_new_waker_of_a_select", "models:leave"),
    ("a select that is awake is claimed", "wait/claim.rs",
     "        if exchange(&self.state, WAITING, with_arm(tag, node.arm_index())) {\n            return self.waker.take();\n"
     "        }\n        if self.stays() {",
     "        self.state.store(with_arm(tag, node.arm_index()), Ordering::Release);\n        if true {\n"
     "            return self.waker.take();\n        }\n        if self.stays() {", "select"),
    ("a select meets itself", "chan/held.rs",
     "if node.belongs_to(header) {\n                continue;", "if node.belongs_to(header) && false {\n                continue;",
     "select_pairs"),
)

# Unlinking.
area(
    ("a dropped take stays linked", "chan/raw.rs",
     "unsafe { locked.queue(side).unlink(node) };\n                node.set_state(WaitState::Idle);",
     "if side != Side::Take { unsafe { locked.queue(side).unlink(node) }; }\n                node.set_state(WaitState::Idle);",
     "cancel"),
    ("a dropped put stays linked", "chan/raw.rs",
     "unsafe { locked.queue(side).unlink(node) };\n                node.set_state(WaitState::Idle);",
     "if side != Side::Put { unsafe { locked.queue(side).unlink(node) }; }\n                node.set_state(WaitState::Idle);",
     "cancel", SHORT),
    ("a dropped wait for the close stays linked", "chan/raw.rs",
     "unsafe { locked.queue(side).unlink(node) };\n                node.set_state(WaitState::Idle);",
     "if side != Side::Close { unsafe { locked.queue(side).unlink(node) }; }\n"
     "                node.set_state(WaitState::Idle);", "cancel", "channel"),
    ("a dropped select stays linked", "chan/held.rs",
     "unsafe { self.queue(side).unlink(node) };\n            node.set_state(WaitState::Idle);\n        }\n        linked",
     "let _ = side;\n            node.set_state(WaitState::Idle);\n        }\n        linked", "cancel", "select"),
    ("a withdrawn node is not looked at again under the lock", "chan/raw.rs",
     "// Look again: a partner may have been faster.\n            if node.is_linked() {",
     "if true {", "models:a_dropped_put_against_a_take", "models:a_dropped_take_against_its"),
    ("an unlinked node's neighbour keeps pointing at it", "wait/queue.rs",
     "unsafe { (*behind).prev.set(prev) };", "let _ = behind;", "cancel"),
    ("the last one's going is not told", "wait/queue.rs",
     "if next.is_null() { head } else { next }", "if next.is_null() { ptr::from_ref(node) } else { next }", "cancel"),
)

# Closing.
area(
    ("a close forgets those who put", "chan/held.rs",
     "for side in [Side::Put, Side::Take, Side::Close] {\n            let queue",
     "for side in [Side::Take, Side::Close] {\n            let queue", "channel"),
    ("a close forgets those who take", "chan/held.rs",
     "for side in [Side::Put, Side::Take, Side::Close] {\n            let queue",
     "for side in [Side::Put, Side::Close] {\n            let queue", "channel", SHORT),
    ("a close forgets those who wait for it", "chan/held.rs",
     "for side in [Side::Put, Side::Take, Side::Close] {\n            let queue",
     "for side in [Side::Put, Side::Take] {\n            let queue", "channel"),
    ("a close tells no more than one batch", "chan/raw.rs",
     "let more = wakes.is_full();", "let more = false;", "channel", "hostile"),
    ("a close does not count its calls", "chan/held.rs",
     "if side == Side::Take {\n                        self.add_call();",
     "if side == Side::Take && false {\n                        self.add_call();", "channel"),
    ("a close stops at the first panic of a waker", "chan/raw.rs",
     "self.0.dismiss_all();", "let _ = self.0;", "hostile", SHORT),
    ("two closes both do it", "chan/raw.rs",
     "        let closes = !locked.is_closed();", "        let closes = true;", "channel"),
    ("a closed channel takes puts", "chan/raw.rs",
     "self.move_limit(SHUT);", "", "channel"),
    ("a parked put is taken after the close", "chan/core.rs",
     "if held.is_closed() {\n            // They have failed", "if false {\n            // They have failed", "history", "hostile"),
    ("a waiter for the close parks on a closed channel", "chan/raw.rs",
     "let locked = self.lock();\n        if locked.is_closed() {\n            return false;\n        }\n"
     "        // SAFETY: the node's owner",
     "let locked = self.lock();\n        // SAFETY: the node's owner", "models:close::waiting_for_the_close"),
    ("the last sender's drop does not close", "chan/shared.rs",
     "if self.senders.drop_is_last() {", "if self.senders.drop_is_last() && false {", "channel"),
    ("the last receiver's drop keeps what is stored", "chan/shared.rs",
     "let _drained = Drained(&self.core);", "let _drained = ();", "channel", "hostile"),
    ("a weak end comes back after the last drop", "chan/shared.rs",
     "        let mut seen = self.load(Ordering::Relaxed);\n        while seen != 0 {",
     "        let mut seen = self.load(Ordering::Relaxed);\n        while seen != usize::MAX {", "channel"),
    ("a weak end comes back by a load and a store", "chan/shared.rs",
     "match self.compare_exchange_weak(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed) {\n"
     "                Ok(_) => return true,\n                Err(now) => seen = now,\n            }",
     "self.store(seen + 1, Ordering::Relaxed);\n            seen = 0;\n            let _ = seen;\n            return true;",
     "models:ends::a_weak_end"),
    ("a channel opens again before all are told", "chan/raw.rs",
     "if !locked.has_waiters_to_dismiss() {", "if true {", "static_channel"),
    ("a close goes on when the channel is open again", "chan/held.rs",
     "if !self.is_closed() {\n            // Open again", "if false {\n            // Open again", "models:reopening", "static_channel"),
)

# Capacity and order.
area(
    ("one place too many", "chan/raw.rs", "(items as isize) < self.limit", "(items as isize) <= self.limit", "channel", SHORT),
    ("promised values count against the capacity", "chan/held.rs",
     "self.raw.move_limit(usize::from(calls < self.raw.places()));\n    }\n\n    /// A called taker looks",
     "}\n\n    /// A called taker looks", "waiting", "defects"),
    ("more promised values than places", "chan/held.rs",
     "self.raw.move_limit(usize::from(calls < self.raw.places()));", "self.raw.move_limit(1);", "history", "channel"),
    ("a call that ends leaves its place", "chan/held.rs",
     "self.raw.move_limit(place.wrapping_neg());", "let _ = place;", "channel", "history"),
    ("the ring wraps one too late", "chan/raw.rs", "index + 1 < self.ring_len.get()", "index + 1 <= self.ring_len.get()", "history"),
    ("the length counts what is promised", "chan/raw.rs",
     "locked.items().saturating_sub(promised)", "locked.items().saturating_sub(promised * 0)", "channel", "waiting"),
    ("a ring grows twice", "chan/core/grow.rs",
     "if self.raw.ring_len() == old_len {", "if true {", "models:a_ring_that_grows"),
    ("a ring that grows leaves behind what lies around its end", "chan/core/grow.rs",
     ".copy_from_nonoverlapping(old, items - first);", ".copy_from_nonoverlapping(old, 0);", "channel", "history"),
    ("a ring goes on in blocks twice", "chan/core/grow.rs",
     "if self.raw.whole_room() == room && self.raw.chain.get().is_null() == is_first {", "if true {",
     "models:a_ring_that_goes_on"),
    ("a ring that goes on in blocks leaves behind what lies around its end", "chan/core/grow.rs",
     "second.copy_from_nonoverlapping(first, tail as usize)", "second.copy_from_nonoverlapping(first, 0)", "growth"),
    ("a full ring that goes on in blocks does so where its oldest value is", "chan/core/grow.rs",
     "tail <= self.raw.head.get()", "tail < self.raw.head.get()", "growth"),
    ("an emptied block is not used again", "buffer/chain.rs",
     "            self.push_empty(block);\n", "", "growth"),
    ("as much room as there are blocks", "chan/core/grow.rs",
     "chain.add(second, 0);\n", "chain.add(second, 0);\n        self.raw.set_whole_room(self.raw.whole_room() + self.raw.ring_len(), self.raw.whole_room());\n", "growth"),
    ("an empty channel keeps all blocks", "buffer.rs",
     "bytes::<T>(len) > KEPT_BYTES", "bytes::<T>(len) > usize::MAX - 1", "alloc"),
    ("an empty channel gives the room of its permits back", "chan/core/grow.rs",
     " || locked.permits() > without {", " {", "growth"),
    ("a ring that has become shorter grows no more", "chan/raw.rs",
     "self.can_grow.store(room < self.capacity, Ordering::Relaxed);",
     "self.can_grow.store(room < self.capacity && room > old, Ordering::Relaxed);", "growth"),
    ("a put goes past those who wait", "chan/raw.rs",
     "self.putters.seems_empty() && self.has_room(items)\n", "self.has_room(items)\n", "permits"),
    ("a value is handed over beside a call that is owed", "chan/held.rs",
     "self.raw.has_limit(items) && items < self.raw.places()", "items < self.raw.places()", "lib", "history"),
    ("a hand-over beside as many calls as there are places", "chan/held.rs",
     "self.raw.has_limit(items) && items < self.raw.places()", "self.raw.has_limit(items)", "lib", "history"),
    ("a taker that a value is handed over to is not counted", "chan/held.rs",
     "self.raw.set_limit(items + 1);", "", "waiting"),
    ("a put is handed over past those who wait", "chan/held.rs",
     ".is_some_and(|taker| self.all_putters_are(taker.header()))", ".is_some()", "waiting:handed_over_past"),
    ("the newest waiter is first", "wait/queue.rs",
     "    pub(crate) unsafe fn push_back(&self, node: &Node) {\n",
     "    pub(crate) unsafe fn push_back(&self, node: &Node) {\n        // SAFETY: the caller's.\n"
     "        return unsafe { self.push_front(node) };\n        #[allow(unreachable_code)]\n", "waiting"),
)

# Select.
area(
    ("no random start", "select/engine.rs",
     "            random::first(self.site, count)\n", "            random::first(self.site, count.min(1))\n", "select"),
    ("biased is ignored", "select/engine.rs",
     "        if self.biased {\n            0\n", "        if self.biased && count == usize::MAX {\n            0\n", "select"),
    ("all selects go around together", "select/engine.rs",
     "random::first(self.site, count)", "random::first(0, count)", "select:what_an_inner"),
    ("arms are first by chance alone", "select/random.rs",
     "place.set(at.wrapping_add(STEP));", "place.set(next());", "lib:select::random"),
    ("a site never goes on from anywhere", "select/random.rs",
     "if at & COUNTED == 0 {", "if at == 0 {", "lib:select::random"),
    ("`default` looks at each arm at another instant", "select/engine.rs",
     "if locks.take_while(|node, held| !held.is_ready(node.side, self.header())) {",
     "if locks.take_while(|node, held| !held.is_ready(node.side, self.header())) || true {", "models:default_looks"),
    ("a select links without a second look", "select/engine.rs",
     "        if held.is_ready(node.side, header) {\n            return false;", "        if held.is_ready(node.side, header) && false {\n            return false;", "models:a_select_of_takes_against_a_put", "models:a_select_called_twice"),
    ("the arms' channels are locked in any order", "select/engine.rs",
     "if !next.comes_before(node) {", "if true {", "models:selects_that_cross"),
    ("a select claims a put before its takes are linked", "select/engine.rs",
     "(self.rank, self.side) < (other.rank, other.side)", "(self.rank, other.side) < (other.rank, self.side)",
     "select_pairs", "select"),
)

# Futures and wakers.
area(
    ("another waker is not taken note of", "chan/raw.rs",
     "let old = node.waker.replace(Some(new));", "let old = Some(new);", "waiting", SHORT),
    ("another waker of a select is not taken note of", "wait/claim.rs",
     "            old => {\n                drop(old);\n                waker.clone()\n            }",
     "            Some(old) => old,\n            None => waker.clone(),", "select"),
    ("a dropped `put_from` keeps the value", "chan/future.rs",
     "*self.place = self.put.take_value();", "drop(self.put.take_value());", "cancel"),
    ("a losing `put_from` keeps the value", "select/arm.rs",
     "*self.place = self.put.replace(None);", "drop(self.put.replace(None));", "select"),
    ("a waker is woken under the lock", "chan/held.rs",
     "        drop(self);\n        if let Some(waker) = waker {\n            waker.wake();\n        }",
     "        if let Some(waker) = waker {\n            waker.wake();\n        }\n        drop(self);", "hostile"),
    ("a batch of wakers ends at the first that panics", "wait/wakes.rs",
     "        while self.woken < self.len {", "        while self.woken < self.len && !std::thread::panicking() {", "hostile"),
    ("a put that is served is not woken", "chan/core.rs",
     "locked.unlock_and_wake(served);", "drop(locked);", "waiting"),
    ("an answer that was looked for is lost", "chan/future.rs",
     "&& outcome(core.try_take_to(place)).is_ready()", "&& outcome(core.try_take_to(&mut None)).is_ready()",
     "threads:each_question"),
    ("a thread that is woken is not unparked", "blocking.rs",
     "self.thread.unpark();", "let _ = &self.thread;", "threads"),
)

# What one thread did before is seen by the other after.
area(
    ("the lock is given back too early", "sync/spin.rs",
     "pub(crate) unsafe fn release_half(&self) {\n        self.held.store(false, Ordering::Release);",
     "pub(crate) unsafe fn release_half(&self) {\n        self.held.store(false, Ordering::Relaxed);", "models:spin::models"),
    ("a biased lock is given back too early", "sync/spin.rs",
     "debug_assert!(self.hold.get() == Hold::Bias);\n        self.busy.store(0, Ordering::Release);",
     "debug_assert!(self.hold.get() == Hold::Bias);\n        self.busy.store(0, Ordering::Relaxed);", "models:spin::models"),
    ("the lock does not lock", "sync/spin.rs",
     "return !self.held.swap(true, Ordering::Acquire);", "self.held.swap(true, Ordering::Acquire);\n        return true;",
     "lib:bias_is_revoked", "threads"),
    ("who revokes a bias does not wait for its owner", "sync/spin.rs",
     "while self.busy.load(Ordering::Acquire) != 0 {", "while false && self.busy.load(Ordering::Acquire) != 0 {",
     "models:spin::models", "lib:bias_is_revoked"),
    ("the owner of a bias does not look whether it still stands", "sync/spin.rs",
     "likely(self.bias() == bias)", "true",
     "models:spin::models", "lib:bias_is_revoked"),
    ("the owner of a bias passes no fence", "sync/spin.rs",
     "        barrier::light();\n", "", "models:spin::models"),
    ("who revokes a bias passes no fence", "sync/spin.rs",
     "            barrier::heavy();\n", "", "models:spin::models", "lib:bias_is_revoked"),
    ("a revoked bias is still given back", "sync/spin.rs",
     "            self.hold.set(Hold::Exchange);\n", "", "models:spin::models", "lib:bias_is_revoked"),
    ("a node's state is stored relaxed", "wait.rs",
     "self.state.store(state as usize, Ordering::Release);", "self.state.store(state as usize, Ordering::Relaxed);", "models:order"),
    ("a node's state is loaded relaxed", "wait.rs",
     "match self.state.load(Ordering::Acquire) {", "match self.state.load(Ordering::Relaxed) {", "models:order"),
    ("a close is told relaxed", "chan/raw.rs",
     "self.state.store(state, Ordering::Release);", "self.state.store(state, Ordering::Relaxed);", "models:order"),
    ("a close is seen relaxed", "chan/raw.rs",
     "self.state.load(Ordering::Acquire) != OPEN", "self.state.load(Ordering::Relaxed) != OPEN", "models:order"),
)

# The set that is built at run time, which stays in line between rounds.
area(
    ("a set that falls asleep does not see a note", "wait/claim.rs",
     "exchange(&self.state, AWAKE, WAITING)",
     "{ self.state.store(WAITING, Ordering::Release); true }", "select_set", "select_rounds"),
    ("a claimed arm is not the end of its list", "wait/claim.rs",
     "node.set_noted_before(Noted::NONE);\n        if exchange", "if exchange", "select_set"),
    ("an arm that is met is not noted", "wait/claim.rs",
     "            if exchange(&self.state, state, with_arm(tag(state), node.arm_index())) {\n                return true;",
     "            if true {\n                return true;", "select_set", "select_rounds"),
    ("an arm that is met stays in line", "chan/held.rs",
     "        if awake {\n            node.set_state(WaitState::Idle);\n        } else {",
     "        if awake && false {\n            node.set_state(WaitState::Idle);\n        } else {", "select_set", "select_rounds"),
    ("a set does not pass its call on", "select/rounds.rs",
     "                Some(node) => end_call(node),", "                Some(_) => {}", "select_set", "select_rounds"),
    ("a biased set keeps the room of its call", "select/rounds.rs",
     "            self.end_call_unless_first();", "", "select_set", "select_rounds"),
    ("a biased set's ended call is forgotten", "select/rounds.rs",
     "                Some(node) if ended => node.channel().lock().announce_and_unlock(),",
     "                Some(_) if ended => {}", "select_set", "select_rounds"),
    ("a put that is taken back stays in line", "select/set.rs",
     "        self.rounds.withdraw(key.index);\n        self.slot(key)?.arm.replace(None)",
     "        self.slot(key)?.arm.replace(None)", "select_set", "select_rounds"),
    ("a set does not see values promised to sleepers", "select/rounds.rs",
     "                self.seek_promised();", "", "select_set", "select_rounds"),
    ("arms of a set take each other's notes for partners", "chan/core/park.rs",
     "self.take_or_link(node, node.header(), first, place)", "self.take_or_link(node, ptr::null(), first, place)", "select_set", "select_rounds"),
    ("a set has no room for futures", "select/rounds.rs",
     "if slot.node().is_none() {", "if slot.node().is_none() && false {", "alloc"),
    ("a set gives a free place away twice", "select/rounds.rs",
     "self.free = place.next_free.take();", "place.next_free = None;", "select_set", "alloc"),
    ("a set forgets the arm whose look panicked", "select/rounds.rs",
     "        if let Some(index) = self.looking.take() {", "        if let Some(index) = None {", "select_set", "select_rounds"),
    ("a set forgets that its put happened", "select/set.rs",
     "            self.committed = Some(index);\n", "", "select_set", "select_rounds"),
    ("a set tells of a removed arm", "select/set.rs",
     "self.committed = self.committed.filter(|&index| index != key.index);", "", "select_set", "select_rounds"),
    ("an old key opens a new arm", "select/rounds.rs",
     "if place.serial != serial {", "if place.serial != serial && false {", "select_set", "select_rounds"),
    ("another set's key opens an arm", "select/set.rs",
     "if key.select != self.id {", "if key.select != self.id && false {", "select_set", "select_rounds"),
    ("a dropped wait leaves the arms linked", "select/set.rs",
     "        self.select.settle();\n", "", "select_set", "models:set"),
)

# Batches.
area(
    ("the rest of a batch lacks the value that waited", "chan/batch.rs",
     "if let Some(value) = waiting {", "if let Some(value) = waiting.filter(|_| false) {", "batches"),
    ("a batch of takes gives its room to nobody", "chan/core/batch.rs",
     "served += usize::from(self.serve_one(&locked, &mut wakes));", "", "batches"),
    ("a batch of takes serves more than it can wake", "chan/core/batch.rs",
     "const SERVED: usize = Wakes::ROOM / 2 - 1;", "const SERVED: usize = 1000;", "batches"),
    ("a batch of puts calls nobody", "chan/core/batch.rs",
     "called.or_else(|| locked.call_for_items())", "called", "batches", "models:batches"),
    ("a batch of puts wakes more than fit", "chan/core/batch.rs",
     "if source.is_empty() || wakes.is_full() {", "if source.is_empty() {", "batches"),
    ("a batch of takes that was called keeps its call", "chan/core/batch.rs",
     "if called {\n            locked.end_call();", "if called {", "batches"),
    ("a batch of takes called in vain goes to the back", "chan/batch.rs",
     "let first = called;", "let first = false;", "batches"),
    ("a batch that ended asks its iterator again", "chan/batch.rs", "if value.is_none() {", "if false {", "hostile"),
)

# What costs nothing: memory, wakes, steps along lists, places in a queue.
area(
    ("a put allocates", "chan/future.rs",
     "        if this.is_spent() {\n            return Poll::Ready(Ok(()));",
     "        core::hint::black_box(alloc::boxed::Box::new(0_u8));\n"
     "        if this.is_spent() {\n            return Poll::Ready(Ok(()));", "alloc:channels_allocate"),
    ("a take that parks allocates", "chan/future.rs",
     "        let core = self.core();\n        let result = core.take_or_park",
     "        core::hint::black_box(alloc::boxed::Box::new(0_u8));\n        let core = self.core();\n"
     "        let result = core.take_or_park", "alloc:static_channels"),
    ("a select that parks allocates", "select/engine.rs",
     "        self.header().set_waker(cx.waker());\n",
     "        self.header().set_waker(cx.waker());\n        #[cfg(feature = \"alloc\")]\n"
     "        core::hint::black_box(alloc::boxed::Box::new(0_u8));\n", "alloc:select_does_not"),
    ("a close allocates", "chan/raw.rs",
     "        let rest = Rest(self);\n",
     "        core::hint::black_box(alloc::vec::Vec::<u8>::with_capacity(1));\n        let rest = Rest(self);\n",
     "alloc:close_of_many"),
    ("a take that parks wakes itself", "chan/future.rs",
     "        let core = self.core();\n        let result = core.take_or_park",
     "        waker.wake_by_ref();\n        let core = self.core();\n        let result = core.take_or_park",
     "waiting:parked_operation"),
    ("a select that parks wakes itself", "select/engine.rs",
     "        self.header().set_waker(cx.waker());\n",
     "        self.header().set_waker(cx.waker());\n        cx.waker().wake_by_ref();\n", "select:parked_select"),
    ("one value calls two takers", "chan/held.rs",
     "            None\n        } else {\n            self.call_taker()\n        }",
     "            None\n        } else {\n            self.call_taker().map(Waker::wake);\n            self.call_taker()\n        }",
     "waiting:one_value"),
    ("whoever leaves walks through the queue", "wait/queue.rs",
     "        count_step();\n        let (prev, next) = (node.prev.get(), node.next.get());\n",
     "        let (prev, next) = (node.prev.get(), node.next.get());\n"
     "        let mut at = self.head.load(Ordering::Relaxed).cast_const();\n        count_step();\n"
     "        while at != ptr::from_ref(node) {\n            count_step();\n"
     "            // SAFETY: a linked node is valid.\n            at = unsafe { (*at).next.get() };\n        }\n",
     "lib:leav"),
    ("whoever is polled goes to the back", "chan/future.rs",
     "        let Some(node) = self.waiter.node() else {\n            return self.park(waker, false, place);\n        };\n",
     "        let Some(node) = self.waiter.node() else {\n            return self.park(waker, false, place);\n        };\n"
     "        if node.is_linked() {\n            let raw = &self.waiter.channel.raw;\n            let _locked = raw.lock();\n"
     "            // SAFETY: linked, under the lock.\n            unsafe { raw.takers.unlink(node) };\n"
     "            // SAFETY: as above.\n            unsafe { raw.takers.push_back(node) };\n        }\n",
     "lib:a_poll_without", "waiting"),
    ("a put gives no way before a long ring grows", "chan/core.rs",
     "if locked.may_grow() && !(patient && self.should_grow_later())", "if locked.may_grow()", "waiting:before_a_long_ring"),
    ("a put gives way for ever", "wait.rs",
     "!mem::replace(&mut self.gave_way, true)", "!mem::replace(&mut self.gave_way, false)", "waiting:before_a_long_ring"),
    ("a thread lingers at a buffer at which nobody is", "blocking/linger.rs",
     "if is_half_way || items.abs_diff(before) < 2 {", "if is_half_way {", "lib:blocking"),
    ("all threads that wait give their time slices away", "blocking/slices.rs",
     "(before < most).then_some(place)", "(before <= most).then_some(place)", "lib:blocking"),
    ("whoever waits looks for an answer", "answer.rs",
     "if asker != waker.data() && asker != THREAD {", "if asker == NOBODY {", "lib:answer"),
    ("who has looked for an answer in vain looks again", "answer.rs",
     "WITHOUT.set(WAITS_WITHOUT);", "WITHOUT.set(0);", "lib:answer"),
    ("a put asks nothing", "chan/future.rs",
     "core.put_from_task(place, cx.waker())", "core.try_put_from(place, true)", "lib:answer"),
    ("a put that gives way is not polled again", "wait.rs",
     "            cx.waker().wake_by_ref();\n", "            let _ = cx;\n", "waiting:before_a_long_ring"),
    ("the choice of an arm prefers the first", "select/engine.rs",
     "random::first(self.site, count)", "random::first(self.site, count + 1) % count", "select:ready_arms_are_chosen"),
)

# Permits.
area(
    ("a dropped permit gives no room", "chan/core/permit.rs",
     "locked.give_room();\n        if locked.is_closed() {", "if locked.is_closed() {", "permits", SHORT),
    ("a dropped permit's room goes to nobody who waits", "chan/core/permit.rs",
     "self.serve_further(locked, None);", "drop(locked);", "permits", "models:permits"),
    ("a granted reserve that is dropped keeps its room", "chan/permit.rs",
     "if granted {", "if granted && false {", "permits", "models:permits"),
    ("a permit is granted past the buffer", "chan/core/permit.rs",
     "if !self.has_buffer_room() {", "if false {", "permits"),
    ("a reserve that stays the first goes to the back", "chan/core/permit.rs",
     "self.raw.putters.push_front(node)", "self.raw.putters.push_back(node)", "permits"),
    ("a permit is not counted in the limit", "chan/core/permit.rs",
     "self.raw.move_limit(1_usize.wrapping_neg());", "self.raw.move_limit(0);", "history"),
    ("places of called takers count as room to reserve", "chan/raw.rs",
     "load(Ordering::Relaxed).min(self.places());\n        self.limit", "load(Ordering::Relaxed).min(0);\n        self.limit", "permits"),
    ("a closed channel has all room in the world", "chan/raw.rs",
     "wrapping_sub(calls) & !SHUT", "wrapping_sub(calls)", "permits_close"),
    ("a batch of takes ends at a reserve that it serves", "chan/core/batch.rs",
     "} else if self.serve_one(&locked, &mut wakes) {", "} else if false {", "permits"),
    ("a permit's put keeps its room", "chan/core/permit.rs",
     "gets nothing of it: the value takes the room that the permit held.\n        locked.give_room();",
     "gets nothing of it: the value takes the room that the permit held.", "history"),
    ("a permit's put calls nobody", "chan/core/permit.rs",
     "let called = locked.call_for_items();", "let called: Option<Waker> = None;", "history"),
    ("a closed channel has room to reserve", "chan/core/permit.rs",
     "        if locked.is_closed() {\n            return Err(TryReserveError::Closed);\n        }\n", "", "history"),
    ("a take does not wait behind permits", "chan/core.rs",
     "locked.items() > 0 || locked.is_rendezvous() && !self", "locked.items() > 0 || !self", "permits"),
    ("a batch of takes does not wait behind permits", "chan/core/batch.rs",
     "if locked.is_rendezvous() {\n                    putter", "if true {\n                    putter", "permits"),
    ("a ring that grows forgets its permits", "chan/raw.rs", "self.move_limit(room.wrapping_sub(old));",
     "self.move_limit(room - self.room());", "permits"),
    ("a close does not wait for permits", "chan/core/permit.rs",
     "self.is_closed() && self.permits() == 0", "self.is_closed()", "permits_close"),
    ("a close wakes those who wait for permits", "chan/held.rs",
     "side != Side::Take || self.permits() == 0", "side != Side::Take || true", "permits_close"),
    ("a close forgets those who reserve", "chan/held.rs",
     "node.is_plain() || node.reserves()", "node.is_plain()", "permits_close"),
    ("the last permit after a close tells nobody", "chan/core/permit.rs",
     "            raw.dismiss_all();\n", "            let _ = raw;\n", "permits_close", "models:permits"),
    ("a permit puts what nobody will take", "chan/core/permit.rs",
     "if self.raw.is_abandoned() {", "if false {", "permits_close", "models:permits"),
    ("a forgotten permit outlives the last sender", "chan/raw.rs",
     "closer == Closer::LastSender && locked.void_permits()", "false && locked.void_permits()", "permits_close"),
)

# Channels of one thread, processes.
area(
    ("a local channel's last drop does not close", "chan/shared.rs",
     "        self.set(self.get() - 1);\n        self.get() == 0", "        self.set(self.get() - 1);\n        false", "local"),
    ("a local weak end comes back after the last drop", "chan/shared.rs",
     "let is_left = self.get() != 0;", "let is_left = true;", "local"),
    ("a local channel goes to other threads", "chan/threads.rs",
     "PhantomData<*mut ()>", "PhantomData<()>", "send_sync"),
    ("a local channel is locked when it is closed", "chan/raw.rs",
     "        if self.is_local() {\n            return Self::NO_LOCK;", "        if false {\n            return Self::NO_LOCK;", "lib:counts"),
    ("a heap channel takes itself for a local one", "chan/threads.rs",
     "        raw.is_local()\n", "        !raw.is_local()\n", "threads", "local"),
    ("an abort wakes nobody", "rt/task.rs", "            self.task.wake();\n", "", "lib:rt::tests"),
    ("an abort is looked at before the waker is there", "rt/task.rs",
     "            shared.task.register(cx.waker());\n            *registered = waker;",
     "            *registered = waker;", "lib:rt::tests"),
    ("a joiner does not look again", "rt/task.rs",
     "            // Again, for an end that came before the waker was there.\n            if !self.is_finished() {",
     "            if true {", "models:rt::models"),
    ("a process's end is told before its future is gone", "rt/task.rs",
     "        let result = match catch(|| fut.set(None)) {", "        let result = match catch(|| ()) {", "lib:rt::tests"),
    ("a process's turn never ends", "coop.rs", "if left > 1 {", "if left > 0 {", "lib", "waiting"),
)

# What is left out where there is mostly nothing to do.
area(
    ("a take serves nobody who waits to put", "chan/core.rs",
     "SHORT_WAYS && !held.has_to_serve_beside(items - 1));", "true);", "channel"),
    ("whoever parks does not look whether the channel is closed", "chan/held.rs",
     "nothing && likely(!self.is_closed())", "nothing", "checker"),
    ("a taker parks beside a putter", "chan/held.rs",
     "self.items() == 0 && (likely(raw.putters.is_empty()) || !self.is_rendezvous())", "self.items() == 0", "hostile"),
    ("a putter parks beside a taker", "chan/held.rs",
     "raw.takers.is_empty() && !raw.can_store_or_grow_beside(self.items())",
     "!raw.can_store_or_grow_beside(self.items())", "hostile"),
    ("the second in the line does not learn that it is the first", "wait/queue.rs",
     "next.prev.set(node.prev.get());\n        }\n    }\n\n    #[inline]\n    fn set_head", "let _ = next;\n        }\n    }\n\n    #[inline]\n    fn set_head", "batches"),
)

# Arms whose channel is locked just now.
area(
    ("a select waits for a lock although another arm is ready", "select/engine.rs",
     "            Try::InPassing\n", "            Try::Alone\n", "lib:select::engine"),
    ("a biased select passes over an arm that is busy", "select/engine.rs",
     "count > 1 && !self.biased {", "count > 1 {", "lib:select::engine"),
)

# Who finds the lock taken.
area(
    ("who stays away does not see that the others do not get on", "sync/spin.rs",
     "        if now == before {\n            return;\n        }\n        before", "        before", "lib:sync::lock"),
    ("who stays away compares with the first look only", "sync/spin.rs",
     "        before = now;\n", "", "lib:sync::lock"),
)

# The halves of a lock.
area(
    ("a take by half serves nobody who waits to put", "chan/core/halves.rs",
     "if !likely(!takes.serves()) || !self", "if !self", "lib:halves"),
    ("a put by half calls nobody", "chan/core/halves.rs",
     "raw.takers.is_empty() && raw.putters.is_empty();", "raw.putters.is_empty();", "lib:halves"),
    ("a put by half goes past those who wait", "chan/core/halves.rs",
     "raw.takers.is_empty() && raw.putters.is_empty();", "raw.takers.is_empty();", "lib:halves"),
    ("halves do not care where a block ends", "chan/core/halves.rs",
     "likely(self.raw.has_place_behind(index)) || self.raw.chain.get().is_null()",
     "likely(self.raw.has_place_behind(index)) || true", "lib:halves"),
    ("a closed channel in halves is but empty", "chan/core/halves.rs",
     "keeps_all && !raw.seems_closed() && ", "keeps_all && ", "lib:halves"),
    ("puts by half see no room that takes have made", "chan/core/halves.rs",
     "            halves.look_what_is_taken();\n", "", "lib:halves"),
    ("what has been taken by half still counts", "chan/halves.rs",
     "self.items.store(items - taken, Ordering::Relaxed);", "self.items.store(items, Ordering::Relaxed);", "lib:halves"),
    ("what has been taken by half goes off twice", "chan/halves.rs",
     "        takes.taken.store(0, Ordering::Relaxed);\n", "", "lib:halves"),
    ("who takes both halves does not learn which value is the oldest", "chan/halves.rs",
     "        self.head.set(takes.head.get());\n", "", "lib:halves"),
    ("takes do not learn which value is the oldest now", "chan/halves.rs",
     "        takes.head.set(self.head.get());\n", "", "lib:halves"),
    ("takes do not learn that somebody waits to put", "chan/halves.rs",
     "takes.serves.set(!self.putters.is_empty());", "takes.serves.set(false);", "lib:halves"),
    ("one half is enough for everything", "chan/halves.rs",
     "        takes.lock.acquire_second_half();\n        let taken", "        let taken",
     "lib:halves", "models:halves"),
    ("a lock is halved twice", "sync/spin.rs",
     "!bias::is_granted(self.bias()) && !self.is_halved();", "!bias::is_granted(self.bias());", "lib:halves"),
    ("a lock is halved before anybody has waited", "sync/spin.rs",
     "self.streak.load(Ordering::Relaxed) == WAITS && ", "", "lib:halves"),
    ("a select that waits lets its channels be halved", "select/engine.rs",
     "            node.channel().keep_whole();\n", "", "lib:halves"),
    ("a set in line lets its channels be halved", "select/rounds.rs",
     "                    node.channel().keep_whole();\n", "", "lib:halves"),
    ("who waits to take halves no lock", "chan/future.rs",
     "        if outcome(result).is_pending() {\n            #[cfg(feature = \"std\")]\n            core.raw.halve_if_crowded();\n", "        if outcome(result).is_pending() {\n", "lib:halves"),
    ("who waits to put halves no lock", "chan/future.rs",
     "=> {\n            #[cfg(feature = \"std\")]\n            core.raw.halve_if_crowded();\n", "=> {\n", "lib:halves"),
    ("a small buffer's lock is halved", "chan/halves.rs",
     "self.capacity >= LEAST_CAPACITY && ", "", "lib:halves"),
)
