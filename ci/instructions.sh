#!/usr/bin/env bash
# How many instructions each operation takes, counted and not timed. Fails if one takes more than a
# fiftieth more than is stored in benches/instructions/figures.txt; `--update` stores what it counts.
source "$(dirname "$0")/lib.sh"

command -v valgrind >/dev/null || debian valgrind || skip "no valgrind to be had"
stored=benches/instructions/figures.txt
[[ $(uname -m) == x86_64 ]] || skip "the stored counts are of x86_64"
compiler=$(rustc --version)
[[ ${1-} == --update || $compiler == "$(head -n 1 $stored)" ]] || skip "the stored counts are of $(head -n 1 $stored)"
target_dir instructions

cargo build --release --locked -p instructions
target=$(realpath "$CARGO_TARGET_DIR")
times=2000

# The instructions of a run. Valgrind's own messages go to its log. The program always has the same name, which
# lies on the heap, and so has a part in what the allocator does.
count() {
    local log=$target/callgrind.log
    (cd "$target/release" && valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$log" ./instructions "$@")
    awk '/Collected/ { print $4 }' "$log"
}

measured=$target/figures.txt
echo "$compiler" >"$measured"
for name in $("$target/release/instructions"); do
    once=$(count "$name" $times)
    twice=$(count "$name" $((2 * times)))
    echo "$name $(((twice - once + times / 2) / times))" >>"$measured"
done

if [[ ${1-} == --update ]]; then
    cp "$measured" $stored
fi
awk '
    FNR == 1 { next }
    NR == FNR { was[$1] = $2; next }
    {
        printf "%-24s %6d", $1, $2
        if (!($1 in was)) { print "   not stored"; bad = 1 }
        else if ($2 > was[$1] + 1 + was[$1] / 50) { printf "   was %d\n", was[$1]; bad = 1 }
        else if ($2 < was[$1] - 1 - was[$1] / 50) { printf "   was %d: store it with --update\n", was[$1] }
        else print ""
        seen[$1]
    }
    END {
        for (name in was) if (!(name in seen)) { print name " is stored and not counted"; bad = 1 }
        exit bad
    }
' $stored "$measured" || { echo "more instructions than stored; if that must be, --update"; exit 1; }
