//! Bad input: one line on stderr, nothing on stdout, and exit status 2.

mod common;

use common::example;
use std::ffi::{OsStr, OsString};

const EXAMPLES: [(&str, &[&str]); 10] = [
    ("tour", &[]),
    ("ping_pong", &[]),
    ("fan_in", &[]),
    ("timeout", &[]),
    ("daisy_chain", &[]),
    ("prime_sieve", &[]),
    ("google_search", &[]),
    ("matchmaker", &[]),
    ("digest", &["."]),
    ("race_urls", &["http://127.0.0.1/"]),
];

fn is_refused<A: AsRef<OsStr> + std::fmt::Debug>(name: &str, arguments: &[A]) -> String {
    let output = example(name)
        .args(arguments)
        .output()
        .expect("the example starts");
    let stderr = String::from_utf8(output.stderr).expect("it complains in text");
    assert_eq!(
        output.status.code(),
        Some(2),
        "{name} {arguments:?}: {stderr}"
    );
    assert_eq!(stderr.lines().count(), 1, "{name} {arguments:?}: {stderr}");
    assert!(
        stderr.starts_with(&format!("{name}: ")),
        "{name} {arguments:?}: {stderr}"
    );
    assert!(stderr.ends_with('\n'), "{name} {arguments:?}: {stderr}");
    assert!(output.stdout.is_empty(), "{name} {arguments:?}");
    stderr
}

#[test]
fn arguments_that_no_example_knows_are_refused() {
    for (name, needed) in EXAMPLES {
        for wrong in [
            &["--runtime", "threads"][..],
            &["--runtime", "Tokio"],
            &["--runtime", ""],
            &["--runtime", "two\nlines"],
            &["--runtime"],
            &["--no-such-option"],
            &["--no-such\noption"],
            &["-x"],
        ] {
            is_refused(name, &[needed, wrong].concat());
        }
    }
    let stderr = is_refused("tour", &["--runtime", "threads"]);
    assert_eq!(
        stderr,
        "tour: --runtime threads: not one of tokio, smol, async-std\n"
    );
}

#[test]
fn examples_without_operands_refuse_them() {
    for (name, needed) in EXAMPLES {
        if needed.is_empty() {
            is_refused(name, &["surprise"]);
        }
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    for (name, option) in [
        ("ping_pong", "--hits"),
        ("fan_in", "--words"),
        ("daisy_chain", "--processes"),
        ("prime_sieve", "--count"),
        ("matchmaker", "--processes"),
        ("digest", "--digesters"),
        ("race_urls", "--timeout"),
    ] {
        for value in ["many", "-1", "1.5", "", "99999999999999999999999"] {
            is_refused(name, &[option, value]);
        }
        is_refused(name, &[option]);
    }
    is_refused("ping_pong", &["--hits", "0"]);
    is_refused("digest", &[".", "--digesters", "0"]);
}

#[test]
fn digest_refuses_what_is_not_one_directory() {
    is_refused::<&str>("digest", &[]);
    is_refused("digest", &[".", "."]);
    is_refused("digest", &["no/such/directory"]);
    is_refused("digest", &["no\nsuch directory"]);
    is_refused("digest", &[""]);
    is_refused("digest", &["Cargo.toml"]); // a file
    is_refused("digest", &["Cargo.toml/"]);
}

#[test]
fn race_urls_refuses_what_is_no_http_url() {
    is_refused::<&str>("race_urls", &[]);
    for url in [
        "",
        "localhost:80",
        "/path",
        "http://",
        "http:///path",
        "http://:80/",
        "http://host:port/",
        "http://host:99999/",
        "http://[::1",
        "http://two words/",
        "http://two/\nlines",
        "https://host/", // no TLS in this client
        "ftp://host/",
    ] {
        is_refused("race_urls", &["http://127.0.0.1/", url]);
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_text_are_refused() {
    use std::os::unix::ffi::OsStringExt;

    let noise = OsString::from_vec(b"http://\xff/".to_vec());
    is_refused("race_urls", &[&noise]);
    is_refused("digest", &[&noise]);
    is_refused("tour", &[OsStr::new("--runtime"), &noise]);
    is_refused("prime_sieve", &[OsStr::new("--count"), &noise]);
}

#[test]
fn help_is_no_error() {
    for (name, _) in EXAMPLES {
        for help in ["--help", "-h"] {
            let output = example(name)
                .arg(help)
                .output()
                .expect("the example starts");
            let stdout = String::from_utf8(output.stdout).expect("it prints text");
            assert_eq!(output.status.code(), Some(0), "{name}");
            assert!(stdout.starts_with(&format!("usage: {name} ")), "{stdout}");
            assert!(output.stderr.is_empty(), "{name}");
        }
    }
}
