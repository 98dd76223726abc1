//! What the examples print, on each runtime.

mod common;

use common::{RUNTIMES, output};

#[test]
fn tour_goes_through_everything() {
    for runtime in RUNTIMES {
        let expected = include_str!("tour.txt").replacen("RUNTIME", runtime, 1);
        assert_eq!(output("tour", runtime, &[]), expected, "on {runtime}");
    }
}

#[test]
fn ping_pong_takes_turns() {
    for runtime in RUNTIMES {
        assert_eq!(output("ping_pong", runtime, &["--hits", "1"]), "ping 1\n");
        let printed = output("ping_pong", runtime, &["--hits", "501"]);
        let turns = (1..=501).map(|n| format!("{} {n}\n", ["pong", "ping"][n % 2]));
        assert_eq!(printed, turns.collect::<String>(), "on {runtime}");
    }
}

#[test]
fn fan_in_keeps_the_order_of_each_talker() {
    for runtime in RUNTIMES {
        let printed = output("fan_in", runtime, &["--words", "7"]);
        for talker in ["ann", "joe"] {
            let said: Vec<_> = printed
                .lines()
                .filter(|line| line.starts_with(talker))
                .collect();
            let expected: Vec<_> = (1..=7).map(|n| format!("{talker} says {n}")).collect();
            assert_eq!(said, expected, "on {runtime}");
        }
        assert_eq!(printed.lines().count(), 15, "on {runtime}");
        assert!(printed.ends_with("both have gone\n"), "on {runtime}");
    }
}

#[test]
fn timeout_gives_up_only_on_what_does_not_come() {
    for runtime in RUNTIMES {
        let expected = "what is six times seven? 42\n\
                        what will tomorrow bring? (no answer in 50ms)\n\
                        and the day after? ask again later\n\
                        50ms of the bore are enough\n";
        assert_eq!(output("timeout", runtime, &[]), expected, "on {runtime}");
    }
}

#[test]
fn daisy_chain_counts_its_processes() {
    for runtime in RUNTIMES {
        assert_eq!(
            output("daisy_chain", runtime, &[]),
            "100001\n",
            "on {runtime}"
        );
        for (processes, printed) in [("0", "1\n"), ("1", "2\n"), ("999", "1000\n")] {
            let arguments = ["--processes", processes];
            assert_eq!(
                output("daisy_chain", runtime, &arguments),
                printed,
                "on {runtime}"
            );
        }
    }
}

#[test]
fn prime_sieve_prints_the_first_primes() {
    let is_prime = |n: &u32| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0);
    let primes = |count| {
        let lines = (2..).filter(is_prime).take(count).map(|n| format!("{n}\n"));
        lines.collect::<String>()
    };
    assert!(primes(100).ends_with("\n523\n541\n"));
    for runtime in RUNTIMES {
        assert_eq!(
            output("prime_sieve", runtime, &[]),
            primes(100),
            "on {runtime}"
        );
        for count in [0, 1, 150] {
            let printed = output("prime_sieve", runtime, &["--count", &count.to_string()]);
            assert_eq!(printed, primes(count), "on {runtime}");
        }
    }
}

#[test]
fn google_search_prints_four_timings() {
    for runtime in RUNTIMES {
        let printed = output("google_search", runtime, &[]);
        let lines: Vec<_> = printed.lines().collect();
        let versions = [
            "1.0 serial",
            "2.0 parallel",
            "2.1 80 ms limit",
            "3.0 replicas",
        ];
        assert_eq!(lines.len(), versions.len(), "on {runtime}: {printed}");
        for (line, version) in lines.iter().zip(versions) {
            let rest = line
                .strip_prefix(version)
                .expect("the versions come in order");
            let (millis, results) = rest.split_once(" ms: ").expect("a timing and results");
            assert!(millis.trim().parse::<u32>().is_ok(), "on {runtime}: {line}");
            let all = ["web", "image", "video"];
            let results: Vec<_> = results.split(", ").filter(|r| !r.is_empty()).collect();
            match version {
                "1.0 serial" | "2.0 parallel" => assert_eq!(results, all, "on {runtime}"),
                _ => assert!(
                    results.iter().all(|r| all.contains(r)),
                    "on {runtime}: {line}"
                ),
            }
        }
    }
}

#[test]
fn matchmaker_pairs_everybody_once() {
    for runtime in RUNTIMES {
        for processes in [0, 1, 2, 7, 2000, 2001] {
            let printed = output(
                "matchmaker",
                runtime,
                &["--processes", &processes.to_string()],
            );
            let expected = format!(
                "{processes} processes came to one channel\n\
                 {} pairs, everybody in exactly one of them; {} left alone\n",
                processes / 2,
                processes % 2
            );
            assert_eq!(printed, expected, "on {runtime}");
        }
    }
}

/// As under `prime_sieve | head -n 1`.
#[test]
fn examples_end_quietly_when_nobody_reads_on() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;

    for runtime in RUNTIMES {
        let mut sieve = common::example("prime_sieve")
            .args(["--runtime", runtime, "--count", "4000000000"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let mut line = String::new();
        let stdout = sieve.stdout.take().expect("it is piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("it prints");
        assert_eq!(line, "2\n");

        // The pipe is closed now.
        assert!(sieve.wait().expect("it ends").success(), "on {runtime}");
        let mut complaints = String::new();
        let mut stderr = sieve.stderr.take().expect("it is piped");
        stderr.read_to_string(&mut complaints).expect("it is text");
        assert_eq!(complaints, "", "on {runtime}");
    }
}
