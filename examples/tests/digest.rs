//! `digest` against the tools it imitates.
#![cfg(target_os = "linux")] // for names of any bytes, and the lengths of paths and pipes

mod common;

use common::{RUNTIMES, Scratch, example};
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn digest(directory: &Path, arguments: &[&str]) -> Output {
    let mut digest = example("digest");
    let output = digest.current_dir(directory).args(arguments).output();
    output.expect("the example starts")
}

/// What `sha256sum` prints about the files below `root`; `None` where it is not that of coreutils.
fn sha256sum(directory: &Path, root: &str) -> Option<Vec<u8>> {
    let version = Command::new("sha256sum").arg("--version").output();
    if !version.is_ok_and(|output| output.stdout.starts_with(b"sha256sum (GNU coreutils)")) {
        println!("sha256sum of GNU coreutils is not here: nothing to compare with");
        return None;
    }
    let script = "find \"$1\" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum";
    let output = Command::new("sh")
        .args(["-c", script, "sh", root])
        .current_dir(directory)
        .output()
        .expect("there is a shell");
    assert!(output.status.success());
    Some(output.stdout)
}

/// Reproducible noise.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Some 3000 files, with names that are awkward to sort, to print or to decode.
fn plant(tree: &Path) {
    let names: [&[u8]; 16] = [
        b"a",
        b"a.txt",
        b"a-b",
        b"a0",
        b"aa",
        b"A",
        b" leading and trailing ",
        b"back\\slash",
        b"two\nlines",
        b"\\n",
        b"tab\tand\x1bescape",
        b"-rf",
        b"*",
        b"not \xff\xfe utf-8",
        "ünïcödé".as_bytes(),
        b"\x01",
    ];
    let mut files = 0;
    let mut fill = |directory: &Path, depth: usize| {
        fs::create_dir_all(directory).expect("a new directory");
        for (number, name) in names.iter().enumerate() {
            // Every other name is a file's; the rest are those of directories, next to them.
            if depth < 2 && number % 2 == 0 {
                continue;
            }
            files += 1;
            let path = directory.join(OsStr::from_bytes(name));
            fs::write(path, noise(files, files as usize % 700)).expect("a new file");
        }
        for number in 0..4 {
            files += 1;
            let path = directory.join(format!("a.{number}"));
            fs::write(path, noise(files, number)).expect("a new file");
        }
    };
    fill(tree, 0);
    for outer in names.iter().step_by(2) {
        let outer = tree.join(OsStr::from_bytes(outer));
        fill(&outer, 1);
        for inner in names.iter().step_by(2) {
            let inner = outer.join(OsStr::from_bytes(inner));
            fill(&inner, 2);
            fill(&inner.join("deeper"), 2);
        }
    }
    // Around the sizes of the pieces in which files are read, and beyond them.
    for size in [0, 1, 65_535, 65_536, 65_537, 3_000_000] {
        fs::write(
            tree.join(format!("size {size}")),
            noise(size, size as usize),
        )
        .expect("a new file");
    }
    // What is no regular file, or no file at all.
    symlink("size 1", tree.join("link to a file")).expect("a new link");
    symlink("..", tree.join("link to above")).expect("a new link");
    symlink("nowhere", tree.join("dangling link")).expect("a new link");
    fs::create_dir(tree.join("empty")).expect("a new directory");
    let made = Command::new("mkfifo").arg(tree.join("pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "a new pipe");
}

#[test]
fn output_is_that_of_sha256sum() {
    let scratch = Scratch::new("sha256sum");
    plant(&scratch.0.join("tree"));
    for (root, digesters) in [
        ("tree", "3"),
        ("tree/", "1"),
        (".", "16"),
        ("tree/..//tree", "2"),
    ] {
        let Some(expected) = sha256sum(&scratch.0, root) else {
            return;
        };
        assert!(expected.split(|&byte| byte == b'\n').count() > 2500);
        for runtime in RUNTIMES {
            let arguments = ["--runtime", runtime, root, "--digesters", digesters];
            let output = digest(&scratch.0, &arguments);
            assert!(output.stdout == expected, "{arguments:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
            assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        }
    }
}

#[test]
fn lines_are_in_order_and_escaped() {
    let scratch = Scratch::new("lines");
    for directory in ["a", "b", "b/empty"] {
        fs::create_dir(scratch.0.join(directory)).expect("a new directory");
    }
    for file in ["a.txt", "a/x", "a0", "b/1\r2", "b/1\n2", "b/1\\2", "b/1 2"] {
        fs::write(scratch.0.join(file), "abc").expect("a new file");
    }
    fs::write(scratch.0.join("empty"), "").expect("a new file");
    let expected = format!(
        "{ABC}  ./a.txt\n\
         {ABC}  ./a/x\n\
         {ABC}  ./a0\n\
         \\{ABC}  ./b/1\\n2\n\
         \\{ABC}  ./b/1\\r2\n\
         {ABC}  ./b/1 2\n\
         \\{ABC}  ./b/1\\\\2\n\
         {EMPTY}  ./empty\n"
    );
    for runtime in RUNTIMES {
        let output = digest(&scratch.0, &["--runtime", runtime, "."]);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            expected,
            "on {runtime}"
        );
        assert_eq!(output.status.code(), Some(0), "on {runtime}");
    }
}

#[test]
fn a_link_as_the_root_is_followed_with_a_slash_only() {
    let scratch = Scratch::new("links");
    fs::create_dir(scratch.0.join("real")).expect("a new directory");
    fs::write(scratch.0.join("real/file"), "abc").expect("a new file");
    symlink("real", scratch.0.join("link")).expect("a new link");
    for runtime in RUNTIMES {
        let output = digest(&scratch.0, &["--runtime", runtime, "link"]);
        assert_eq!((output.status.code(), &*output.stdout), (Some(0), &b""[..]));
        let output = digest(&scratch.0, &["--runtime", runtime, "link/"]);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            format!("{ABC}  link/file\n")
        );
    }
}

/// A directory with the files `1` and `3` and, between them, a file and a directory that not even
/// the superuser can open: with their names, the path is longer than the 4095 bytes allowed.
fn plant_unreadable(scratch: &Scratch) -> PathBuf {
    let mut directory = scratch.0.clone();
    while directory.as_os_str().len() < 3950 {
        let left = 3950 - directory.as_os_str().len();
        directory.push("d".repeat(left.clamp(2, 200) - 1));
    }
    fs::create_dir_all(&directory).expect("a new directory");
    for file in ["1", "3"] {
        fs::write(directory.join(file), "abc").expect("a new file");
    }
    // By their names alone they can be made.
    for (make, name) in [("mkdir", "2a"), ("touch", "2b")] {
        let made = Command::new(make)
            .arg(format!("{name}{}", "x".repeat(250)))
            .current_dir(&directory)
            .status();
        assert!(made.is_ok_and(|status| status.success()), "{make}");
    }
    directory
}

#[test]
fn what_cannot_be_read_is_reported_and_the_rest_goes_on() {
    let scratch = Scratch::new("unreadable");
    let directory = plant_unreadable(&scratch);
    let path = directory.to_str().expect("it is text");
    for runtime in RUNTIMES {
        let output = digest(&scratch.0, &["--runtime", runtime, path]);
        let expected = format!("{ABC}  {path}/1\n{ABC}  {path}/3\n");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            expected,
            "on {runtime}"
        );
        let stderr = String::from_utf8_lossy(&output.stderr);
        let complaints: Vec<_> = stderr.lines().collect();
        assert_eq!(complaints.len(), 2, "on {runtime}: {stderr}");
        assert!(
            complaints[0].starts_with(&format!("digest: {path}/2axxx")),
            "{stderr}"
        );
        assert!(
            complaints[1].starts_with(&format!("digest: {path}/2bxxx")),
            "{stderr}"
        );
        assert_eq!(output.status.code(), Some(1), "on {runtime}");
    }
}

#[test]
fn fail_fast_ends_at_the_first_that_cannot_be_read() {
    let scratch = Scratch::new("fail-fast");
    let directory = plant_unreadable(&scratch);
    let path = directory.to_str().expect("it is text");
    for runtime in RUNTIMES {
        let output = digest(&scratch.0, &["--runtime", runtime, path, "--fail-fast"]);
        let expected = format!("{ABC}  {path}/1\n");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            expected,
            "on {runtime}"
        );
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(stderr.lines().count(), 1, "on {runtime}: {stderr}");
        assert!(
            stderr.starts_with(&format!("digest: {path}/2axxx")),
            "{stderr}"
        );
        assert_eq!(output.status.code(), Some(1), "on {runtime}");
    }
}

/// Files whose lines do not fit into a pipe of 64 KiB, not by far.
fn plant_many(directory: &Path) {
    let name = "x".repeat(100);
    for number in 0..1500 {
        fs::write(directory.join(format!("{number}{name}")), "abc").expect("a new file");
    }
}

/// Starts `digest`, reads a line, and reads no more, so that it is stuck.
fn stuck(directory: &Path, runtime: &str) -> (Child, BufReader<ChildStdout>, Vec<u8>) {
    let mut child = example("digest")
        .args(["--runtime", runtime, "."])
        .current_dir(directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example starts");
    let stdout = child.stdout.take().expect("it is piped");
    let mut stdout = BufReader::new(stdout);
    let mut line = Vec::new();
    stdout.read_until(b'\n', &mut line).expect("it prints");
    (child, stdout, line)
}

fn complaints(child: &mut Child) -> String {
    let mut complaints = String::new();
    let stderr = child.stderr.as_mut().expect("it is piped");
    stderr.read_to_string(&mut complaints).expect("it is text");
    complaints
}

#[test]
fn an_interrupt_ends_it_between_two_lines() {
    let scratch = Scratch::new("interrupt");
    plant_many(&scratch.0);
    let all = digest(&scratch.0, &["."]).stdout;
    for runtime in RUNTIMES {
        let (mut child, mut stdout, mut printed) = stuck(&scratch.0, runtime);
        let kill = Command::new("kill")
            .arg("-INT")
            .arg(child.id().to_string())
            .status();
        assert!(kill.is_ok_and(|status| status.success()));

        assert_eq!(
            child.wait().expect("it ends").code(),
            Some(130),
            "on {runtime}"
        );
        assert_eq!(complaints(&mut child), "", "on {runtime}");
        stdout
            .read_to_end(&mut printed)
            .expect("the rest is in the pipe");
        assert!(printed.ends_with(b"\n"), "on {runtime}");
        assert!(
            printed.len() < all.len() && all.starts_with(&printed),
            "on {runtime}"
        );
    }
}

#[test]
fn it_ends_quietly_when_nobody_reads_on() {
    let scratch = Scratch::new("pipe");
    plant_many(&scratch.0);
    for runtime in RUNTIMES {
        let (mut child, stdout, _) = stuck(&scratch.0, runtime);
        drop(stdout);
        assert_eq!(
            child.wait().expect("it ends").code(),
            Some(0),
            "on {runtime}"
        );
        assert_eq!(complaints(&mut child), "", "on {runtime}");
    }
}
