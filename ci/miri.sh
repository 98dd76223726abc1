#!/usr/bin/env bash
# Undefined behaviour, aliasing (tree borrows), races and leaks, in an interpreter. `--full` adds
# the tests that only count far, and runs those with threads under many schedules.
source "$(dirname "$0")/lib.sh"

want_nightly && want component add miri rust-src --toolchain nightly || skip "no Miri to be had"
miri() {
    cargo +nightly miri test -p csp-core "$@"
}

tests=()
for name in batches cancel channel defects hostile local permits permits_close select select_pairs select_rounds select_set static_channel threads waiting; do
    tests+=(--test "$name")
done
far=(
    a_round_of_a_set_costs_what_is_ready
    generous_capacity_costs_memory_only_when_it_is_used
    long_queue_of_waiters_is_left_in_any_order
    ready_arms_are_chosen_evenly
    set_of_many_arms_finds_each_partner_and_sleeps_quietly
    unbounded_channel_stores_any_number_in_order
    zero_sized_values_are_counted
)
# The random programs take an interpreter many minutes.
[[ "${1-}" == --full ]] && far=() && tests+=(--test history)

export MIRIFLAGS="-Zmiri-tree-borrows"
miri --lib "${tests[@]}" -- --skip forgotten_ ${far[@]/#/--skip=}
# What is forgotten on purpose leaks.
MIRIFLAGS+=" -Zmiri-ignore-leaks" miri --test hostile --test select_set forgotten_
[[ "${1-}" != --full ]] || MIRIFLAGS+=" -Zmiri-many-seeds=0..16" miri --test threads
