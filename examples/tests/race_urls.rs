//! `race_urls` against HTTP servers on this machine.

mod common;

use common::{RUNTIMES, run};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

/// A server that does this with its first request; gives its URL.
fn serve(answer: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let url = format!(
        "http://{}/page",
        listener.local_addr().expect("it is bound")
    );
    thread::spawn(move || {
        let (stream, _) = listener.accept().expect("the racer connects");
        for line in BufReader::new(&stream).lines() {
            if line.expect("the racer asks").is_empty() {
                break;
            }
        }
        answer(stream);
    });
    url
}

fn respond(mut stream: TcpStream, response: &str) {
    // The racer may have gone.
    let _ = stream.write_all(response.as_bytes());
}

/// The URL of a port on which nobody listens.
fn refusing() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    format!("http://{}/", listener.local_addr().expect("it is bound"))
}

#[test]
fn the_fast_one_is_first_the_others_are_named() {
    for runtime in RUNTIMES {
        // The slow server has been asked before the fast one answers, and is silent to the end.
        let (asked, slow_is_asked) = mpsc::channel();
        let (end, race_is_over) = mpsc::channel::<()>();
        let slow = serve(move |_stream| {
            asked.send(()).expect("the fast server waits");
            let _ = race_is_over.recv();
        });
        let fast = serve(move |stream| {
            slow_is_asked.recv().expect("the slow server is asked");
            respond(stream, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        });
        let refusing = refusing();

        let output = run(
            "race_urls",
            runtime,
            &[&refusing, &slow, &fast, "--timeout", "60000"],
        );
        drop(end);
        let stdout = String::from_utf8(output.stdout).expect("it prints text");
        let stderr = String::from_utf8(output.stderr).expect("it complains in text");
        assert_eq!(output.status.code(), Some(0), "on {runtime}: {stderr}");
        let lines: Vec<_> = stdout.lines().collect();
        assert_eq!(
            lines[0],
            format!("first: {fast} (status 200, 5 bytes)"),
            "on {runtime}"
        );
        assert!(
            lines.contains(&&*format!("lost:  {slow}")),
            "on {runtime}: {stdout}"
        );
        // Whether the refusal is seen before the answer is a matter of luck.
        let failed = stderr.starts_with(&format!("race_urls: {refusing}: "));
        let lost = lines.contains(&&*format!("lost:  {refusing}"));
        assert!(failed != lost, "on {runtime}: {stdout}{stderr}");
    }
}

#[test]
fn nobody_answers_in_time() {
    for runtime in RUNTIMES {
        let (end, race_is_over) = mpsc::channel::<()>();
        let slow = serve(move |_stream| {
            let _ = race_is_over.recv();
        });
        let output = run("race_urls", runtime, &[&slow, "--timeout", "100"]);
        drop(end);
        assert_eq!(output.status.code(), Some(1), "on {runtime}");
        assert!(output.stdout.is_empty(), "on {runtime}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            stderr, "race_urls: nobody answered within 100ms\n",
            "on {runtime}"
        );
    }
}

#[test]
fn nobody_is_there() {
    for runtime in RUNTIMES {
        let (one, other) = (refusing(), serve(drop));
        let output = run("race_urls", runtime, &[&one, &other, "--timeout", "60000"]);
        assert_eq!(output.status.code(), Some(1), "on {runtime}");
        assert!(output.stdout.is_empty(), "on {runtime}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        for url in [one, other] {
            assert!(
                stderr.contains(&format!("race_urls: {url}: ")),
                "on {runtime}: {stderr}"
            );
        }
        assert!(
            stderr.ends_with("race_urls: nobody answered\n"),
            "on {runtime}: {stderr}"
        );
    }
}

#[test]
fn any_status_is_an_answer() {
    for runtime in RUNTIMES {
        let chunked = "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n\
                       3\r\nno \r\n9\r\nsuch page\r\n0\r\n\r\n";
        let url = serve(move |stream| respond(stream, chunked));
        let printed = common::output("race_urls", runtime, &[&url]);
        assert_eq!(
            printed,
            format!("first: {url} (status 404, 12 bytes)\n"),
            "on {runtime}"
        );

        let redirect = "HTTP/1.1 301 Moved Permanently\r\nLocation: https://example.org/\r\n\r\n";
        let url = serve(move |stream| respond(stream, redirect));
        let printed = common::output("race_urls", runtime, &[&url]);
        assert_eq!(
            printed,
            format!("first: {url} (status 301, 0 bytes)\n"),
            "on {runtime}"
        );
    }
}
