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

# miri SCHEDULES WORD...: with those flags.
miri() {
    MIRIFLAGS="$flags $1" cargo +nightly miri test -p csp-core "${@:2}"
}

# each SCHEDULES PROGRAM... -- WORD...: every program by itself, as many at a time as there are processors,
# since an interpreter keeps but one of them busy. What each says comes in one piece.
each() {
    local schedules=$1 programs=()
    shift
    while [[ $1 != -- ]]; do
        programs+=("$1")
        shift
    done
    miri "$schedules" "${programs[@]}" --no-run
    printf '%s\n' "${programs[@]}" | MIRIFLAGS="$flags $schedules" xargs -P "$(nproc)" -I{} bash -c '
        said=$(cargo +nightly miri test -q -p csp-core "$@" 2>&1) && failed=0 || failed=255
        printf "%s: %s\n" "$1" "$said"
        exit $failed' miri {} "$@"
}

case ${1-} in
    "" | --full)
        schedules=""
        [[ "${1-}" != --full ]] || schedules=-Zmiri-many-seeds=0..16
        each "$schedules" --lib "${tests[@]}" -- --skip forgotten_
        # What is forgotten on purpose leaks.
        each "-Zmiri-ignore-leaks $schedules" "${forgotten[@]}" -- forgotten_
        ;;
    *)
        # Its clock counts what is interpreted.
        miri "" --test="$1" -- --skip forgotten_ -Zunstable-options --report-time | sed -nE 's/^test (.*) \.\.\. ok <(.*)s>/\2 \1/p' |
            sort -rn | head -20
        ;;
esac
