//! Runs that are stopped in their middle, as by Ctrl-C.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};

use crate::place::{Place, Ran};

/// Stops the program as a terminal does.
fn stop(child: &Child) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.expect("kill runs").success());
}

/// Runs an apply that nobody is asked about, and stops it at the first line on standard error that has
/// `moment` in it.
pub fn apply_stopped_at(place: &Place, options: &[&str], speed: &str, moment: &str) -> Ran {
    let file = place.manifest();
    let apply = ["apply", file, "--sandbox", "--speed", speed, "--yes"];
    let mut child = place.start(&[&apply[..], options].concat());
    let mut stdout = child.stdout.take().expect("a pipe");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).expect("UTF-8");
        text
    });
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let mut stderr = String::new();
    for line in lines.by_ref() {
        let line = line.expect("UTF-8");
        stderr.push_str(&line);
        stderr.push('\n');
        if line.contains(moment) {
            stop(&child);
            break;
        }
    }
    for line in lines {
        stderr.push_str(&line.expect("UTF-8"));
        stderr.push('\n');
    }
    let status = child.wait().expect("it ends");
    Ran {
        code: status.code().unwrap_or(-1),
        stdout: reader.join().expect("no panic"),
        stderr,
    }
}
