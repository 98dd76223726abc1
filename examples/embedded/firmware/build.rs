//! Gives the linker the memory of the machine that QEMU emulates for each target.

use std::{env, fs, path::PathBuf};

fn main() {
    let target = env::var("TARGET").unwrap();
    let (flash, ram, ram_origin) = match target.as_str() {
        "thumbv6m-none-eabi" => ("256K", "16K", "0x20000000"),
        "thumbv7em-none-eabihf" => ("4M", "4M", "0x20000000"),
        _ => ("256K", "64K", "0x20000000"),
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let memory = format!(
        "MEMORY {{ FLASH : ORIGIN = 0, LENGTH = {flash}\n RAM : ORIGIN = {ram_origin}, LENGTH = {ram} }}\n"
    );
    fs::write(out.join("memory.x"), memory).unwrap();
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rerun-if-changed=build.rs");
}
