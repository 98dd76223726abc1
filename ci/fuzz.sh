#!/usr/bin/env bash
# Programs on one thread that a fuzzer makes up, going on from csp-core/tests/corpus: a minute of them.
# `--full`: ten minutes, half of them under the address sanitizer. `--update`: also stores what reaches code
# that the corpus does not.
source "$(dirname "$0")/lib.sh"

want_nightly || skip "no nightly to be had"
command -v c++ >/dev/null || debian g++ || skip "no C++ compiler to be had, to build libFuzzer with"
cargo fuzz --version || timeout 600 cargo install cargo-fuzz --locked --debug || skip "no cargo-fuzz to be had"
target_dir fuzz
kept=csp-core/tests/corpus
found="$CARGO_TARGET_DIR/corpus" # what is new is written here, and used again the next time
mkdir -p "$found"
log="$CARGO_TARGET_DIR/log"

# fuzz SANITIZER SECONDS WORD...: libFuzzer with those options and folders, for that long and a little more;
# all that it says only if it fails. Where the heap is broken it may hang while it is telling so.
fuzz() {
    local sanitizer=$1 limit=$(($2 + 180))
    shift 2
    rm -f "$CARGO_TARGET_DIR"/{crash,timeout,oom,leak}-*
    cargo +nightly fuzz build --fuzz-dir fuzz --target-dir "$CARGO_TARGET_DIR" --sanitizer "$sanitizer" programs
    if ! timeout -k 10 "$limit" "$CARGO_TARGET_DIR/$(rustc -vV | sed -n 's/^host: //p')/release/programs" -timeout=60 \
        -artifact_prefix="$CARGO_TARGET_DIR/" "$@" >"$log" 2>&1; then
        tail -n 200 "$log"
        local failed
        for failed in "$CARGO_TARGET_DIR"/{crash,timeout,oom,leak}-*; do
            [[ ! -f $failed ]] || echo "fuzz: FAILED, CSP_PROGRAM=$(od -An -v -tx1 "$failed" | tr -d ' \n')"
        done
        return 1
    fi
}

# explore SANITIZER SECONDS: makes up programs for that long.
explore() {
    fuzz "$1" "$2" -max_total_time="$2" -max_len=300 -print_final_stats=1 "$found" "$kept"
    local units done
    units=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    done=$(sed -n 's/^#[0-9]*[[:space:]]*DONE *cov: \([0-9]*\) ft: \([0-9]*\) corp: \([0-9]*\).*/\1 places reached in \2 ways by \3 of them/p' "$log")
    echo "fuzz: $units programs in $2 s, sanitizer $1; $done"
}

case ${1-} in
    --full)
        explore none 300
        explore address 300
        ;;
    *) explore none 60 ;;
esac
if [[ ${1-} == --update ]]; then
    # Each place counts, not how often it is reached.
    fuzz none 600 -set_cover_merge=1 -use_counters=0 "$kept" "$found"
fi
echo "fuzz: $(find "$kept" -type f | wc -l) programs are kept"
