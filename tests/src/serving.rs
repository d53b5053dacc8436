//! `deploy sandbox serve`, as a person starts it, and the environment that it tells its clients.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::Child;

use sandbox::quotas::Quotas;
use sandbox::world::Delays;

use crate::place::{Place, Ran};

/// The last thing that it says before it waits for clients.
const LAST: &str = "DEPLOY_SANDBOX_CA";

/// A binary that serves. It ends with the test.
#[derive(Debug)]
pub struct Serving {
    server: Child,
    said: BTreeMap<String, String>,
}

impl Serving {
    /// Serves the sandbox of this place on free ports.
    #[track_caller]
    pub fn start(place: &Place) -> Self {
        let ports = ["--aws", "0", "--dns", "0", "--https", "0"];
        let mut server =
            place.start(&[&["sandbox", "serve", place.manifest()][..], &ports].concat());
        let output = BufReader::new(server.stdout.take().expect("a pipe"));
        let mut said = BTreeMap::new();
        for line in output.lines().map_while(Result::ok) {
            if let Some((name, value)) = line.split_once('=') {
                said.insert(name.to_owned(), value.to_owned());
            }
            if said.contains_key(LAST) {
                break;
            }
        }
        let serving = Self { server, said };
        assert!(
            serving.said.contains_key(LAST),
            "it ended before it listened: {serving:?}"
        );
        serving
    }

    /// The value of a variable that it says.
    #[track_caller]
    pub fn said(&self, name: &str) -> &str {
        &self.said[name]
    }

    /// The port of an address that it says.
    #[track_caller]
    pub fn port(&self, name: &str) -> &str {
        let (_, port) = self.said(name).rsplit_once(':').expect("an address");
        port
    }

    /// The environment in which Amazon's clients act as the operator, and find nothing of the person's
    /// own configuration.
    pub fn environment(&self) -> Vec<(&str, &str)> {
        let own = [
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        let said = self.said.iter();
        said.map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(own)
            .collect()
    }

    /// Runs a command of the binary against its ports, over the network, as it runs against AWS.
    pub fn run(&self, place: &Place, command: &str, options: &[&str]) -> Ran {
        let arguments = self.arguments(place, command, options);
        place.deploy_in(&self.environment(), &arguments)
    }

    /// The same on a file system that has no room for a file of more than `kibibytes`.
    pub fn run_within(
        &self,
        kibibytes: u64,
        place: &Place,
        command: &str,
        options: &[&str],
    ) -> Ran {
        let arguments = self.arguments(place, command, options);
        place.deploy_within(kibibytes, &self.environment(), &arguments)
    }

    fn arguments<'a>(
        &'a self,
        place: &'a Place,
        command: &'a str,
        options: &[&'a str],
    ) -> Vec<&'a str> {
        let face = [
            command,
            place.manifest(),
            "--resolver",
            self.said("DEPLOY_SANDBOX_DNS"),
            "--connect",
            self.said("DEPLOY_SANDBOX_HTTPS"),
            "--ca",
            self.said(LAST),
        ];
        [&face[..], options].concat()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself; then the test has failed already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A sandbox for clients that wait in real time: nothing takes long.
pub fn make_quick_world(place: &Place) {
    place.make_world(None);
    place.change_world(|world, _| {
        world.delays = Delays::none();
        world.quotas = Quotas::none();
    });
}
