//! A sandbox with its AWS and DNS ports on loopback, for clients that are other programs.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use clock::Clock;
use sandbox::Sandbox;
use sandbox::sts::{State, User};
use sandbox::world::World;
use tokio::net::{TcpListener, UdpSocket};
use tokio::runtime::Runtime;

/// A served sandbox. It stops when it is dropped.
pub struct Served {
    sandbox: Sandbox,
    aws: SocketAddr,
    dns: SocketAddr,
    /// Held, because the servers run in it and end with it.
    runtime: Runtime,
}

impl Served {
    /// Serves `world` in real time.
    pub fn start(world: World) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let sandbox = Sandbox::new(world, Clock::real());
        let aws = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let (udp, tcp) = runtime.block_on(dns_sockets())?;
        let served = Self {
            aws: aws.local_addr()?,
            dns: tcp.local_addr()?,
            sandbox: sandbox.clone(),
            runtime,
        };
        served.runtime.spawn(sandbox.clone().serve_aws(aws));
        served.runtime.spawn(sandbox.serve_dns(udp, tcp));
        Ok(served)
    }

    /// The sandbox itself.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// `127.0.0.1:PORT` of the DNS.
    pub fn dns(&self) -> SocketAddr {
        self.dns
    }

    /// The environment in which Amazon's clients act as the administrator of `account`, and find
    /// nothing of the person's own configuration.
    pub fn aws_environment(&self, account: &str) -> [(&'static str, String); 7] {
        let (key, secret) = State::permanent_key(account, User::Admin);
        [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.aws)),
            ("AWS_ACCESS_KEY_ID", key),
            ("AWS_SECRET_ACCESS_KEY", secret),
            ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
            ("AWS_CONFIG_FILE", "/dev/null".to_owned()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }
}

/// A UDP and a TCP socket with one port. A port that is free for one can be taken for the other.
async fn dns_sockets() -> io::Result<(UdpSocket, TcpListener)> {
    const ATTEMPTS: usize = 20;
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
