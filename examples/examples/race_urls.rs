//! Fetches several `http://` URLs at once and prints which was the first to answer.
//!
//! The HTTP client blocks, so each request runs on a thread; `channelify` makes a channel of its
//! answer. A `Select`, built at run time with as many arms as there are URLs, waits for all of them
//! and for the timeout. Whoever is not first is dropped with its channel.
//!
//! ```text
//! cargo run --release --example race_urls -- URL… [--timeout MS] [--runtime tokio|smol|async-std]
//! ```
//!
//! Requests that fail are reported on stderr as they do. The exit status is 0 if somebody answered,
//! whatever the HTTP status, and 1 if nobody did within the timeout, which is 5000 ms unless given.

use csp_core::Select;
use csp_core::rt::{Runtime, channelify, timeout};
use examples::{Arguments, bad_input, complain, run, say};
use std::ffi::{OsStr, OsString};
use std::io;
use std::process::ExitCode;
use std::time::Duration;
use ureq::http::Uri;
use ureq::http::uri::InvalidUri;

struct Answer {
    status: u16,
    bytes: u64,
}

/// Fetches one URL, on this thread.
fn fetch(url: &str) -> Result<Answer, ureq::Error> {
    let client = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0) // they often lead to https://, which this client does not speak
        .proxy(None)
        .build()
        .new_agent();
    let response = client.get(url).call()?;
    let status = response.status().as_u16();
    let bytes = io::copy(&mut response.into_body().into_reader(), &mut io::sink())?;
    Ok(Answer { status, bytes })
}

async fn race<R: Runtime>(rt: R, urls: Vec<String>, limit: Duration) -> ExitCode {
    let request = |url: &String| {
        let url = url.clone();
        channelify(&rt, blocking::unblock(move || fetch(&url)))
    };
    let answers: Vec<_> = urls.iter().map(request).collect();
    let too_late = timeout(&rt, limit);

    // The arms are numbered as they are added: those of the URLs as the URLs, then the timeout's.
    let mut select = Select::new().biased(); // whoever is there in time is not too late
    let arms: Vec<_> = answers
        .iter()
        .map(|answer| select.add(answer.take()))
        .collect();
    let late = select.add(too_late.take());

    let mut running: Vec<usize> = (0..urls.len()).collect();
    while !running.is_empty() {
        let url = match select.wait().await {
            Some(arm) if arm != late.index() => arm,
            _ => {
                complain(format_args!("nobody answered within {limit:?}"));
                return ExitCode::FAILURE;
            }
        };
        running.retain(|&other| other != url);
        match select.output(arms[url]).flatten() {
            Some(Ok(Answer { status, bytes })) => {
                say!("first: {} (status {status}, {bytes} bytes)", urls[url]);
                for url in running {
                    say!("lost:  {}", urls[url]);
                }
                return ExitCode::SUCCESS;
            }
            Some(Err(error)) => complain(format_args!("{}: {error}", urls[url])),
            None => complain(format_args!("{}: the request panicked", urls[url])),
        }
        select.remove(arms[url]); // its channel has closed
    }
    complain("nobody answered");
    ExitCode::FAILURE
}

/// An `http://` URL with a host, and with a valid port if it has one.
fn check(url: &OsStr) -> Result<String, String> {
    let text = url.to_str().ok_or("not valid UTF-8")?;
    let uri: Uri = text
        .parse()
        .map_err(|error: InvalidUri| error.to_string())?;
    if uri.scheme_str() != Some("http") {
        return Err("not an http:// URL".to_owned());
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host = uri.host().unwrap_or_default();
    let bad_port = !authority.ends_with(host) && uri.port().is_none();
    if host.is_empty() || bad_port {
        return Err("invalid host or port".to_owned());
    }
    Ok(text.to_owned())
}

fn main() -> ExitCode {
    let mut urls = Vec::new();
    let mut limit = 5000;
    let runtime = Arguments::new("race_urls URL… [--timeout MS]")
        .operands(&mut urls)
        .option("timeout", &mut limit)
        .parse();
    if urls.is_empty() {
        bad_input("needs at least one URL");
    }
    let check = |url: &OsString| {
        check(url)
            .unwrap_or_else(|error| bad_input(format_args!("{}: {error}", url.to_string_lossy())))
    };
    let urls = urls.iter().map(check).collect();
    run!(runtime, |rt| race(rt, urls, Duration::from_millis(limit)))
}
