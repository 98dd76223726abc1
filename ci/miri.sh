#!/usr/bin/env bash
# Undefined behaviour, aliasing (tree borrows), races and leaks, in an interpreter. By itself the tests that
# do most to the nodes, under one schedule; `--full`: all of csp-core's that touch any, under sixteen
# schedules each. A word: that test program alone, with its slowest tests.
source "$(dirname "$0")/lib.sh"

want_nightly && want component add miri rust-src --toolchain nightly || skip "no Miri to be had"

flags="-Zmiri-tree-borrows"
tests=() forgotten=()
for path in csp-core/tests/*.rs; do
    name=$(basename "$path" .rs)
    case $name in
        # Nothing waits in them: what the compiler says, what types are, the checker of histories.
        ui | send_sync | std_only | formats | checker) continue ;;
        # Without end in an interpreter, and of the same programs as `history`.
        corpus | interleavings | properties) continue ;;
        # They do to the nodes what the others do, at greater length.
        alloc | batches | crossbeam | golang* | history | kinds | linear | select_pairs | storm | weak)
            [[ "${1-}" == --full ]] || continue ;;
    esac
    tests+=("--test=$name")
    ! grep -q "fn forgotten_" "$path" || forgotten+=("--test=$name")
done

miri() {
    MIRIFLAGS="$flags $1" cargo +nightly miri test -p csp-core "${@:2}"
}

case ${1-} in
    "" | --full)
        schedules=""
        [[ "${1-}" != --full ]] || schedules=-Zmiri-many-seeds=0..16
        miri "$schedules" --lib "${tests[@]}" -- --skip forgotten_
        # What is forgotten on purpose leaks.
        miri "-Zmiri-ignore-leaks $schedules" "${forgotten[@]}" forgotten_
        ;;
    *)
        # Its clock counts what is interpreted.
        miri "" --test="$1" -- --skip forgotten_ -Zunstable-options --report-time | sed -nE 's/^test (.*) \.\.\. ok <(.*)s>/\2 \1/p' |
            sort -rn | head -20
        ;;
esac
