//! The sandbox's DNS, HTTPS and SMTP on loopback, and an external observer that asks there, with the
//! code that asks the Internet.

use std::io;
use std::net::Ipv4Addr;

use sandbox::Sandbox;
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::AbortHandle;
use verify::{Observer, View};

use crate::Error;

/// How many ports are tried until one is free for UDP and for TCP.
const ATTEMPTS: usize = 20;

/// A sandbox that listens as long as this is held.
pub struct Served {
    observer: Observer,
    tasks: Vec<AbortHandle>,
}

impl Served {
    /// Listens, with an observer that asks there.
    pub(crate) async fn start(sandbox: &Sandbox) -> Result<Self, Error> {
        let failed = |error: io::Error| Error::outside("could not listen on loopback", error);
        let (udp, tcp) = dns_sockets().await.map_err(failed)?;
        let local = (Ipv4Addr::LOCALHOST, 0);
        let https = TcpListener::bind(local).await.map_err(failed)?;
        let smtp = TcpListener::bind(local).await.map_err(failed)?;
        let dns = tcp.local_addr().map_err(failed)?;
        let view = View {
            resolver: Some(dns),
            name_servers: Some(dns),
            connect: Some(https.local_addr().map_err(failed)?),
            mail_hosts: Some(smtp.local_addr().map_err(failed)?),
            authorities: Some(sandbox.root_certificate()),
            now: Some(sandbox.clock().now()),
            ..View::default()
        };
        let observer = Observer::new(view)
            .map_err(|error| Error::outside("could not look at the sandbox", error))?;
        let tasks = vec![
            tokio::spawn(sandbox.clone().serve_dns(udp, tcp)).abort_handle(),
            tokio::spawn(sandbox.clone().serve_https(https)).abort_handle(),
            tokio::spawn(sandbox.clone().serve_smtp(smtp)).abort_handle(),
        ];
        Ok(Self { observer, tasks })
    }

    /// The observer that asks.
    pub fn observer(&self) -> &Observer {
        &self.observer
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// A UDP and a TCP socket with one port. A port that is free for one can be taken for the other.
async fn dns_sockets() -> io::Result<(UdpSocket, TcpListener)> {
    let mut attempt = 0;
    loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match UdpSocket::bind(tcp.local_addr()?).await {
            Ok(udp) => return Ok((udp, tcp)),
            Err(error) if attempt == ATTEMPTS => return Err(error),
            Err(_) => attempt += 1,
        }
    }
}
