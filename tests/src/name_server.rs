//! NSD, a name server that has nothing to do with this program, with one zone that a person keeps.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::process::{Child, Stdio};
use std::thread;

use tempfile::TempDir;

use crate::tools;

/// A running NSD. It ends with the test.
#[derive(Debug)]
pub struct NameServer {
    folder: TempDir,
    zone: String,
    address: SocketAddr,
    server: Option<Child>,
}

impl NameServer {
    /// Starts one that has `zone`, with `records` in it and a file to include, which is empty yet.
    #[track_caller]
    pub fn start(zone: &str, records: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut this = Self {
            folder,
            zone: zone.to_owned(),
            address: free_address(),
            server: None,
        };
        this.write("nsd.conf", &this.configuration());
        let zone_file = format!(
            "$ORIGIN {zone}.\n$TTL 300\n@ SOA ns.{zone}. hostmaster.{zone}. 1 7200 900 1209600 300\n\
             @ NS ns\nns A 127.0.0.1\n{records}\n$INCLUDE {}\n",
            this.path("records")
        );
        this.write("zone", &zone_file);
        this.publish("");
        this
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The file of the zone.
    pub fn zone_file(&self) -> String {
        self.path("zone")
    }

    /// Replaces the file that the zone includes, and starts the server again.
    #[track_caller]
    pub fn publish(&mut self, records: &str) {
        self.stop();
        self.write("records", records);
        let mut server = tools::debian_program("nsd")
            .args(["-d", "-c", &self.path("nsd.conf")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("nsd cannot be started ({error}): {}", tools::FIX));
        let mut log = BufReader::new(server.stderr.take().expect("a pipe"));
        self.server = Some(server);
        let mut said = String::new();
        while !said.contains("nsd started") {
            let read = log.read_line(&mut said).expect("its log is text");
            assert!(read > 0, "nsd ended before it started:\n{said}");
        }
        // It goes on writing, and would stop at a full pipe.
        thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        assert!(!said.contains("error"), "{said}");
    }

    fn configuration(&self) -> String {
        let address = format!("{}@{}", self.address.ip(), self.address.port());
        let [folder, zone_list, transfers, state] =
            ["", "zone.list", "", "xfrd.state"].map(|name| self.path(name));
        format!(
            "server:\n  ip-address: {address}\n  server-count: 1\n  username: \"\"\n  chroot: \"\"\n  \
             database: \"\"\n  pidfile: \"\"\n  zonesdir: \"{folder}\"\n  \
             zonelistfile: \"{zone_list}\"\n  xfrdir: \"{transfers}\"\n  xfrdfile: \"{state}\"\n\
             remote-control:\n  control-enable: no\n\
             zone:\n  name: {}\n  zonefile: zone\n  provide-xfr: 127.0.0.1 NOKEY\n",
            self.zone
        )
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("a writable folder");
    }

    /// Its children end when it is asked to end, not when it is killed.
    fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let pid = server.id().to_string();
            tools::run(std::process::Command::new("kill").args(["-TERM", &pid]));
            let _ = server.wait();
        }
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port that is free for UDP and for TCP. Nobody can hold it for another program.
fn free_address() -> SocketAddr {
    let mut tries = (0..20).filter_map(|_| {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
        let address = tcp.local_addr().ok()?;
        UdpSocket::bind(address).ok().map(|_| address)
    });
    tries.next().expect("a free port")
}
