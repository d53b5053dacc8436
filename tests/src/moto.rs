//! `moto`, the emulation of AWS that most Python projects test with, as a server.
//!
//! It is started by `tests/conformance/moto_served.py`, which puts one of its answers right.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::thread;

use crate::repository::root;
use crate::tools::python_program;

/// A running moto. It stops when it is dropped.
#[derive(Debug)]
pub struct Moto {
    server: Child,
    endpoint: String,
}

impl Moto {
    /// Starts one on a free loopback port, and waits until it says where it listens.
    ///
    /// Panics when it is not installed, or ends before it listens.
    #[track_caller]
    pub fn start() -> Self {
        let mut server = python_program("python")
            .arg(root().join("tests/conformance/moto_served.py"))
            .args(["--host", "127.0.0.1", "--port", "0"])
            // It issues certificates by the clock, after a minute if nobody says otherwise.
            .env("MOTO_ACM_VALIDATION_WAIT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("moto is not there ({error}): {}", crate::tools::FIX));
        let mut log = server
            .stderr
            .take()
            .map(BufReader::new)
            .expect("it is piped");
        let mut said = String::new();
        let endpoint = loop {
            let start = said.len();
            let read = log.read_line(&mut said).expect("its log is text");
            assert!(read > 0, "moto ended before it listened:\n{said}");
            // ` * Running on http://127.0.0.1:43571`
            if let Some((_, url)) = said[start..].split_once("Running on ") {
                break url.trim().to_owned();
            }
        };
        // It logs each request, and would stop at a full pipe.
        thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { server, endpoint }
    }

    /// For `AWS_ENDPOINT_URL`: `http://127.0.0.1:43571`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to do.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::Moto;

    #[test]
    fn it_answers_as_soon_as_it_is_started() {
        let moto = Moto::start();
        let address = moto.endpoint().trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("it listens");
        let request = format!("GET /moto-api/data.json HTTP/1.0\r\nHost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.contains(" 200 OK\r\n"), "{answer}");
    }
}
