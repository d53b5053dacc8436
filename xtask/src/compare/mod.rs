//! `cargo xtask compare`: writes `docs/compare.md`, the plans of one change by this program, by octoDNS
//! and, where it can be had, by Terraform, against one sandbox.

mod questions;
mod terraform;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::command::{Failure, cargo, output, run};
use crate::generated::{self, Generated};
use crate::project::Project;
use crate::tools;
use terraform::Terraform;

const PAGE: &str = "docs/compare.md";
const TEMPLATE: &str = include_str!("page.md");
const MANIFEST: &str = include_str!("deploy.yaml");
const OCTODNS: &str = include_str!("octodns.yaml");

/// The change, as both sides write it.
const IN_THE_MANIFEST: &[(&str, &str)] = &[
    ("mx1.example.com", "mx.example.net"),
    ("p: none", "p: reject"),
    ("softfail", "fail"),
    ("mode: testing", "mode: enforce"),
];
const IN_THE_ZONE: &[(&str, &str)] = &[
    ("exchange: mx1.example.com", "exchange: mx.example.net"),
    ("p=none", "p=reject"),
    ("~all", "-all"),
];

/// The variable of `deploy sandbox serve` that is said last.
const LAST: &str = "DEPLOY_SANDBOX_CA=";

/// Writes the page.
pub(crate) fn write(project: &Project) -> Result<(), Failure> {
    let day = output(Command::new("date").args(["-u", "+%F"]))?;
    let page = page(project, |stage| {
        let terraform = terraform::plan(stage)?;
        if let Terraform::Nothing(reason) = &terraform {
            println!("no plan of Terraform: {reason}");
        }
        Ok((terraform.section(day.trim()), terraform.text()))
    })?;
    generated::write(project, &[page])
}

/// Fails when the page is not what the tools print. What it has of Terraform is from the day that it
/// names, and stays.
pub(crate) fn check(project: &Project) -> Result<(), Failure> {
    let path = project.root.join(PAGE);
    let written = std::fs::read_to_string(&path).map_err(|error| unwritable(&path, &error))?;
    let page = page(project, |_| {
        let section = section(&written, TERRAFORM).unwrap_or_default();
        let block = section.split_once("```output\n");
        let plan = block.map(|(_, plan)| plan.trim_end_matches('`').to_owned());
        Ok((section.to_owned(), plan))
    })?;
    let outdated = generated::outdated(project, &[page], "compare");
    match outdated.as_slice() {
        [] => Ok(()),
        all => Err(Failure(all.join("\n"))),
    }
}

/// The heading of the part that a page keeps.
const TERRAFORM: &str = "## Terraform";

/// The part of a page from this heading to the next.
fn section<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("\n{heading}"))?;
    let end = rest.find("\n## ").unwrap_or(rest.len());
    let start = page.len() - rest.len() - heading.len();
    Some(page[start..start + heading.len() + end].trim_end())
}

/// The page, with the part that `terraform` gives, and Terraform's plan if there is one.
fn page(
    project: &Project,
    terraform: impl FnOnce(&Stage) -> Result<(String, Option<String>), Failure>,
) -> Result<Generated, Failure> {
    let build = ["build", "--quiet", "--workspace", "--bin", "deploy"];
    run(&mut cargo(&project.root, &build))?;
    let stage = Stage::set(project)?;
    stage.deploy(&["apply", "--sandbox", "--speed", "instant", "--yes"])?;
    stage.deploy(&["sandbox", "advance", "5m"])?;
    let octodns = stage.octodns_plan()?;
    let (section, terraform) = terraform(&stage)?;
    stage.change("deploy.yaml", IN_THE_MANIFEST)?;
    let deploy = stage.deploy(&["plan", "--sandbox", "--speed", "instant"])?;
    let text = TEMPLATE
        .replace("{{deploy}}", deploy.trim_end())
        .replace("{{octodns}}", octodns.trim_end())
        .replace("{{octodns-version}}", &stage.octodns_version()?)
        .replace(
            "{{questions}}",
            questions::table(&deploy, &octodns, terraform.as_deref())?.trim_end(),
        )
        .replace("{{terraform}}", &section);
    Ok(Generated {
        path: PAGE.to_owned(),
        text,
    })
}

/// A folder with the manifest and the configuration of octoDNS.
struct Stage {
    folder: PathBuf,
    program: PathBuf,
    python: PathBuf,
}

impl Stage {
    fn set(project: &Project) -> Result<Self, Failure> {
        let folder = project.target.join("compare");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
        }
        let stage = Self {
            program: project.target.join("debug/deploy"),
            python: tools::python_programs(&project.target),
            folder,
        };
        // The root of the tree: the program looks no further up.
        for name in ["zones", "terraform", ".git"].map(|name| stage.folder.join(name)) {
            std::fs::create_dir_all(&name).map_err(|error| unwritable(&name, &error))?;
        }
        stage.write("deploy.yaml", MANIFEST)?;
        stage.write("octodns.yaml", OCTODNS)?;
        Ok(stage)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        std::fs::write(&path, text).map_err(|error| unwritable(&path, &error))
    }

    /// Replaces parts of a file, each of which must be there.
    fn change(&self, name: &str, changes: &[(&str, &str)]) -> Result<(), Failure> {
        let path = self.folder.join(name);
        let text = std::fs::read_to_string(&path);
        let mut text = text.map_err(|error| unwritable(&path, &error))?;
        for (from, to) in changes {
            if !text.contains(from) {
                return Err(Failure(format!("{}: no `{from}`", path.display())));
            }
            text = text.replace(from, to);
        }
        self.write(name, &text)
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("DEPLOY_SANDBOX_WEATHER", "calm");
        command
    }

    fn deploy(&self, arguments: &[&str]) -> Result<String, Failure> {
        output(&mut self.program(arguments))
    }

    /// The sandbox of the manifest, served.
    fn served(&self) -> Result<Served, Failure> {
        Served::start(self.program(&[
            "sandbox", "serve", "--aws", "0", "--dns", "0", "--https", "0",
        ]))
    }

    /// The plan of octoDNS, from its first line of stars to its last.
    fn octodns_plan(&self) -> Result<String, Failure> {
        let served = self.served()?;
        let dump = ["--output-dir", "zones", "example.com.", "route53"];
        self.octodns("octodns-dump", &dump, &served)?;
        self.change("zones/example.com.yaml", IN_THE_ZONE)?;
        self.announce_anew()?;
        let log = self.octodns("octodns-sync", &[], &served)?;
        let stars = |line: &&str| line.starts_with("**");
        let lines: Vec<&str> = log.lines().collect();
        let first = lines.iter().position(stars);
        let last = lines.iter().rposition(stars);
        match (first, last) {
            (Some(first), Some(last)) => Ok(lines[first..=last].join("\n")),
            _ => Err(Failure(format!("octoDNS printed no plan:\n{log}"))),
        }
    }

    /// Gives the policy another id, as its publisher has to.
    fn announce_anew(&self) -> Result<(), Failure> {
        let path = self.folder.join("zones/example.com.yaml");
        let zone = std::fs::read_to_string(&path).map_err(|error| unwritable(&path, &error))?;
        let id = zone.split_once("v=STSv1\\; id=");
        let id = id.and_then(|(_, rest)| rest.split_once("\\;"));
        let (id, _) = id.ok_or_else(|| Failure(format!("no policy id in\n{zone}")))?;
        self.write("zones/example.com.yaml", &zone.replace(id, "2"))
    }

    /// Runs a program of octoDNS, and gives what it logged.
    fn octodns(&self, name: &str, more: &[&str], served: &Served) -> Result<String, Failure> {
        let mut command = Command::new(self.python.join(name));
        command
            .args(["--config-file", "octodns.yaml"])
            .args(more)
            .current_dir(&self.folder)
            .envs(served.environment.iter().cloned())
            .stdin(Stdio::null());
        let ended = command.output().map_err(|error| {
            Failure(format!(
                "cannot start {name}: {error}: run `cargo xtask tools`"
            ))
        })?;
        let log = String::from_utf8_lossy(&ended.stderr).into_owned();
        if ended.status.success() {
            Ok(log)
        } else {
            Err(Failure(format!("{name} failed:\n{log}")))
        }
    }

    fn octodns_version(&self) -> Result<String, Failure> {
        let version = "import octodns; print(octodns.__version__)";
        let mut python = Command::new(self.python.join("python"));
        let version = output(python.args(["-c", version]))?;
        Ok(version.trim().to_owned())
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure(format!("{}: {error}", path.display()))
}

/// A served sandbox. It ends with the value.
struct Served {
    server: Child,
    environment: Vec<(String, String)>,
}

impl Served {
    fn start(mut command: Command) -> Result<Self, Failure> {
        let started = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut server =
            started.map_err(|error| Failure(format!("cannot serve the sandbox: {error}")))?;
        let printed = server.stdout.take().map(BufReader::new);
        let mut environment = Vec::new();
        for line in printed
            .into_iter()
            .flat_map(BufRead::lines)
            .map_while(Result::ok)
        {
            if let Some((name, value)) = line.split_once('=') {
                environment.push((name.to_owned(), value.to_owned()));
            }
            if line.starts_with(LAST) {
                break;
            }
        }
        Ok(Self {
            server,
            environment,
        })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::{TERRAFORM, section};

    #[test]
    fn a_part_of_a_page_ends_at_the_next_heading() {
        let page = "# A\n\n## deploy\n\nx\n\n## Terraform 1.2\n\ny\n\n## Eleven\n\nz\n";
        assert_eq!(section(page, TERRAFORM), Some("## Terraform 1.2\n\ny"));
        assert_eq!(section("# A\n", TERRAFORM), None);
        assert_eq!(
            section("# A\n\n## Terraform\n\nb\n", TERRAFORM),
            Some("## Terraform\n\nb")
        );
    }
}
