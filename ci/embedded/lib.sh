# Sourced by the scripts beside it that build firmware, after ../lib.sh.

# A panic names its file, so the paths are in the program: they must not tell where the tree lies.
export CARGO_ENCODED_RUSTFLAGS="--remap-path-prefix=$PWD=csp"$'\x1f'"--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
target_dir firmware

command -v qemu-system-arm || debian qemu-system-arm || skip "no emulator to be had"

# Runs a program to its end, for at most that many seconds, with a number as its argument if need be. Time is
# counted in instructions and does not wait for the world's, not even while the processor sleeps: a run
# depends on nothing but the program.
emulate() {
    local limit=$1 target=$2 program=$3 machine
    case $target in
        thumbv6m-*) machine=microbit ;;
        thumbv7em-*) machine=mps2-an386 ;;
        *) machine=lm3s6965evb ;;
    esac
    timeout "$limit" qemu-system-arm -machine "$machine" -nographic -monitor none -serial none \
        -icount shift=7,sleep=off -semihosting-config "enable=on,target=native,arg=${4-}" \
        -kernel "$CARGO_TARGET_DIR/$target/release/$program" </dev/null
}
