# Sourced first by the scripts beside it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Ends the script, which cannot run here, without failing it.
skip() {
    echo "SKIPPED: $(basename "$0" .sh) ($1)"
    exit 0
}

# Asks rustup for something, and not for ever.
want() {
    timeout 300 rustup "$@" </dev/null
}

# Debian's packages. A bare machine has no list of them yet.
debian() {
    local root=()
    ((EUID == 0)) || root=(sudo -n)
    timeout 300 "${root[@]}" apt-get update && timeout 300 "${root[@]}" apt-get install -y --no-install-recommends "$@"
} >/dev/null

# Any nightly will do: the one that is here, or else the newest.
want_nightly() {
    rustup run nightly rustc --version || want toolchain install nightly --profile minimal
}

# The names of csp-core's test programs in which something is put or taken: not of those about what the compiler
# says, what types are, and the checker of histories.
channel_tests() {
    local path name
    for path in csp-core/tests/*.rs; do
        name=$(basename "$path" .rs)
        case $name in
            ui | send_sync | std_only | formats | checker) ;;
            *) echo "$name" ;;
        esac
    done
}

# Of those the ones that do most to a channel, for whoever has to build them once more.
short_tests() {
    local name
    for name in $(channel_tests); do
        case $name in
            cancel | channel | growth | history | hostile | permits* | select* | static_channel | threads | waiting)
                echo "$name"
                ;;
        esac
    done
}

# Other flags, other directory: neither build pushes out the other.
target_dir() {
    export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/$1"
}
