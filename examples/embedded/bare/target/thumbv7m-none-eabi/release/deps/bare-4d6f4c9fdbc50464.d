/work/main/examples/embedded/bare/target/thumbv7m-none-eabi/release/deps/bare-4d6f4c9fdbc50464.d: src/main.rs Cargo.toml

/work/main/examples/embedded/bare/target/thumbv7m-none-eabi/release/deps/libbare-4d6f4c9fdbc50464.rmeta: src/main.rs Cargo.toml

src/main.rs:
Cargo.toml:

# env-dep:CLIPPY_ARGS=
# env-dep:CLIPPY_CONF_DIR
