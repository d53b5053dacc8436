//! `cargo xtask real`: the smallest life on a real account, or on an emulator, compared with the sandbox.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::command::{self, Failure, cargo};
use crate::project::Project;
use crate::tools;

/// The preconditions that nobody can probe on an emulator: it has no name servers and no web servers.
const UNSEEN: [&str; 1] = ["STS-O01"];

/// The account that both emulators act in where nobody names one.
const ACCOUNT: &str = "000000000000";

const DOMAIN: &str = "example.com";

/// Plays it with these options of the program `real`; `--emulator NAME` starts one, and says the rest.
pub(crate) fn run(project: &Project, options: &[&str]) -> Result<(), Failure> {
    build(&project.root)?;
    let program = project.target.join("debug/real");
    let mut real = Command::new(program);
    real.current_dir(&project.root);
    match options {
        ["--emulator", name, options @ ..] => {
            tools::prepare_python(&project.root, &project.target)?;
            let emulator = Emulator::start(project, name)?;
            emulator.make_zone(project)?;
            real.envs(emulator.environment()).args(options);
            real.args(["--domain", DOMAIN, "--account", ACCOUNT, "--yes"]);
            real.args(UNSEEN.iter().flat_map(|rule| ["--accept", rule]));
            command::run(&mut real)
        }
        _ => command::run(real.args(options)),
    }
}

/// Builds it as the tests are built: alone, its dependencies have other features, and Cargo compiles the SDK
/// a second time.
fn build(root: &Path) -> Result<(), Failure> {
    let real = [
        "build",
        "--quiet",
        "--workspace",
        "--bin",
        "real",
        "--examples",
    ];
    command::run(&mut cargo(root, &real))
}

/// Somebody else's AWS on a port of this machine. It stops when it is dropped.
struct Emulator {
    process: Child,
    endpoint: String,
}

impl Emulator {
    fn start(project: &Project, name: &str) -> Result<Self, Failure> {
        let python = tools::python_programs(&project.target).join("python");
        let port = free_port()?.to_string();
        let mut command = Command::new(python);
        match name {
            "moto" => {
                let served = project.root.join("tests/conformance/moto_served.py");
                command
                    .arg(served)
                    .args(["--host", "127.0.0.1", "--port", &port]);
                command.env("MOTO_ACM_VALIDATION_WAIT", "0");
                command.env("MOTO_ACCOUNT_ID", ACCOUNT);
            }
            "ministack" => {
                let folder = tools::prepare_ministack(&project.root, &project.target)?;
                command.args(["-m", "ministack.app"]);
                command.env("PYTHONPATH", folder).env("GATEWAY_PORT", &port);
            }
            _ => {
                let why = format!("no emulator is called `{name}`: moto and ministack are");
                return Err(Failure(why));
            }
        }
        let started = command.stdin(Stdio::null()).stdout(Stdio::null());
        let started = started.stderr(Stdio::piped()).spawn();
        let failed = |error| Failure(format!("{name} cannot be started: {error}"));
        let mut process = started.map_err(failed)?;
        let log = process.stderr.take().map(BufReader::new);
        let mut lines = log
            .into_iter()
            .flat_map(|log| log.lines().map_while(Result::ok));
        let is_ready = lines.any(|line| line.contains("Running on ") || line.contains("Ready"));
        if !is_ready {
            return Err(Failure(format!("{name} ended before it listened")));
        }
        // It logs each request, and would stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let endpoint = format!("http://127.0.0.1:{port}");
        Ok(Self { process, endpoint })
    }

    /// The hosted zone that a life finds on a real account.
    fn make_zone(&self, project: &Project) -> Result<(), Failure> {
        let mut aws = Command::new(tools::python_programs(&project.target).join("aws"));
        let create = ["route53", "create-hosted-zone", "--name", DOMAIN];
        aws.args(create).args(["--caller-reference", DOMAIN]);
        command::output(aws.envs(self.environment())).map(drop)
    }

    /// The environment in which clients come here, and find nothing of the person's own configuration.
    fn environment(&self) -> [(&'static str, &str); 7] {
        [
            ("AWS_ENDPOINT_URL", &self.endpoint),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "anything"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to do.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0));
    let address = listener.and_then(|listener| listener.local_addr());
    let address = address.map_err(|error| Failure(format!("no port is free: {error}")))?;
    Ok(address.port())
}
