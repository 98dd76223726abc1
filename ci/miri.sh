#!/usr/bin/env bash
# Undefined behaviour, aliasing (tree borrows), races and leaks, in an interpreter. By itself the tests that
# do most to the nodes, under one schedule; `--full`: all of csp-core's that touch any, under sixteen
# schedules each. A word: that test program alone, with its slowest tests.
source "$(dirname "$0")/lib.sh"

want_nightly && want component add miri rust-src --toolchain nightly || skip "no Miri to be had"

export flags="-Zmiri-tree-borrows"
tests=() forgotten=()
for name in $(channel_tests); do
    case $name in
        # Without end in an interpreter, and of the same programs as `history`.
        corpus | interleavings | properties) continue ;;
        # They do to the nodes what the others do, at greater length.
        alloc | batches | crossbeam | golang* | history | kinds | linear | select_pairs | storm | weak)
            [[ "${1-}" == --full ]] || continue ;;
    esac
    tests+=("--test=$name")
    ! grep -q "fn forgotten_" "csp-core/tests/$name.rs" || forgotten+=("--test=$name")
done

# miri SCHEDULES WORD...: with those flags.
miri() {
    MIRIFLAGS="$flags $1" cargo +nightly miri test -p csp-core "${@:2}"
}
export -f miri

# each SCHEDULES PROGRAM... -- WORD...: every program by itself, as many at a time as there are processors,
# since an interpreter keeps but one of them busy. What each says comes in one piece.
each() {
    local -x schedules=$1
    local programs=()
    shift
    while [[ $1 != -- ]]; do
        programs+=("$1")
        shift
    done
    miri "$schedules" "${programs[@]}" --no-run
    printf '%s\n' "${programs[@]}" | xargs -P "$(nproc)" -I{} bash -c '
        said=$(miri "$schedules" -q "$@" 2>&1) && failed=0 || failed=255
        printf "%s: %s\n" "$1" "$said"
        exit $failed' each {} "$@"
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
