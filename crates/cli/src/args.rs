//! The command line.

mod adopt;
mod apply;
mod check;
mod destroy;
mod drift;
mod format;
mod graph;
mod iam;
mod init;
mod ledger;
mod lint;
mod notify;
mod out;
mod plan;
mod records;
mod report;
mod sandbox;
mod values;
mod verify;
mod which;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ::report::RecordFormat;
use reconcile::Speed;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::log::Log;

pub(crate) use self::report::Report;
pub(crate) use adopt::Adopt;
pub(crate) use apply::Apply;
pub(crate) use check::{Check, CheckFormat};
pub(crate) use destroy::Destroy;
pub(crate) use drift::Drift;
pub(crate) use format::{GraphFormat, PlanFormat, ResultFormat, RunFormat};
pub(crate) use graph::Graph;
pub(crate) use iam::{Iam, IamFormat};
pub(crate) use init::Init;
pub(crate) use ledger::{Destination, Ledger, LedgerOf, Move, Unlock};
pub(crate) use lint::{FindingFormat, Lint};
pub(crate) use notify::{Notify, NotifyTest, Notifying};
pub(crate) use out::Out;
pub(crate) use plan::Plan;
pub(crate) use records::Records;
pub(crate) use sandbox::{Sandbox, SandboxOf, Serve};
use values::duration;
pub(crate) use verify::Verify;
pub(crate) use which::Which;

/// One YAML manifest in, working email-domain security on AWS out.
#[derive(Debug, Parser)]
#[command(
    name = "deploy",
    version,
    about,
    after_help = "Example:\n  deploy plan deploy/example.yaml --sandbox\n\nExit codes: 0 in sync or done, 1 failed, 2 usage or manifest, 3 changes pending or drift, 4 refused as unsafe, 5 incomplete."
)]
pub(crate) struct Cli {
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print data as JSON: short for `--format json`
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// When to use colours; `NO_COLOR` counts for `auto`
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    #[command(flatten)]
    pub(crate) log: Log,
    /// Unfold what is folded: every change of every domain, with all its fields
    #[arg(long, global = true)]
    pub(crate) full: bool,
}

/// When output has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    /// Also in a file or a pipe
    Always,
    /// Not at all
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::AlwaysAnsi,
            Color::Never => Self::Never,
        }
    }
}

impl Cli {
    /// Whether data is printed as JSON.
    pub(crate) fn is_json(&self) -> bool {
        let format_is_json = match &self.command {
            Command::Plan(of) => of.args.format == PlanFormat::Json,
            Command::Apply(of) => of.args.format == RunFormat::Json,
            Command::Destroy(of) => of.args.format == RunFormat::Json,
            Command::Drift(of) => of.args.format == ResultFormat::Json,
            Command::Verify(of) => of.args.format == ResultFormat::Json,
            Command::Lint(of) => of.args.format == FindingFormat::Json,
            Command::Records(of) => of.args.format == RecordFormat::Json,
            Command::Graph(of) => of.args.format == GraphFormat::Json,
            Command::Check(check) => check.format == CheckFormat::Json,
            _ => false,
        };
        self.json || format_is_json
    }

    /// The environment in which the command runs, if it has one.
    pub(crate) fn global(&self) -> Option<Global> {
        match &self.command {
            Command::Init(Connected { global, .. })
            | Command::Lint(Connected { global, .. })
            | Command::Plan(Connected { global, .. })
            | Command::Apply(Connected { global, .. })
            | Command::Destroy(Connected { global, .. })
            | Command::Adopt(Connected { global, .. })
            | Command::Drift(Connected { global, .. })
            | Command::Verify(Connected { global, .. })
            | Command::Records(Connected { global, .. })
            | Command::Report(Connected { global, .. })
            | Command::Status(Connected { global, .. })
            | Command::Doctor(Connected { global, .. })
            | Command::Graph(Connected { global, .. }) => Some(global.clone()),
            Command::Check(command) => Some(command.global.clone()),
            Command::Sandbox(command) => command.global(),
            Command::Ledger(command) => Some(command.global().clone()),
            Command::Notify(Notify::Test(test)) => Some(test.global.clone()),
            Command::Iam(_)
            | Command::Explain { .. }
            | Command::Rules
            | Command::Schema
            | Command::Man { .. }
            | Command::Completions { .. } => None,
        }
    }
}

/// A command that observes AWS and the Internet, or a sandbox.
#[derive(Debug, Args)]
pub(crate) struct Connected<T: Args> {
    /// Its other arguments.
    #[command(flatten)]
    pub(crate) args: T,
    /// Its environment.
    #[command(flatten)]
    pub(crate) global: Global,
}

/// The environment of a command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Sources")]
pub(crate) struct Global {
    /// Use an AWS inside this process: no account, no network
    #[arg(long)]
    pub(crate) sandbox: bool,
    /// How many times faster than AWS the sandbox runs, or `instant` [default: 60]
    #[arg(long, value_name = "N|instant", requires = "sandbox")]
    pub(crate) speed: Option<Speed>,
    /// More content of the sandbox's world when it is made: a YAML file
    #[arg(long, value_name = "FILE", requires = "sandbox")]
    pub(crate) world: Option<PathBuf>,
    /// The DNS resolver to ask, instead of the system's
    #[arg(long, value_name = "IP[:PORT]", value_parser = values::resolver)]
    pub(crate) resolver: Option<SocketAddr>,
    /// Certificates to trust besides the public ones: a PEM file
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Connect to this address for every HTTPS host, instead of to its own
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) connect: Option<SocketAddr>,
}

/// Which manifest, and which of its domains.
#[derive(Clone, Debug, Args)]
pub(crate) struct Selection {
    /// The manifest [default: `DEPLOY_MANIFEST`, or else the nearest deploy.yaml or deploy.yml, here or in
    /// a folder above]
    #[arg(value_name = "MANIFEST")]
    pub(crate) manifest: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) which: Which,
}

impl Selection {
    /// All domains of a manifest.
    pub(crate) fn all(manifest: Option<PathBuf>) -> Self {
        let which = Which::default();
        Self { manifest, which }
    }
}

/// How changes are agreed to and waited for.
#[derive(Clone, Debug, Args)]
pub(crate) struct Changing {
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// How long to wait for one thing to become ready: 90s, 15m, 2h
    #[arg(long, default_value = "15m", value_parser = duration, value_name = "TIME")]
    pub(crate) wait: Duration,
    /// Accept the risk of this rule: STS-P13; may be repeated, and is recorded in the ledger
    #[arg(
        long = "accept-risk",
        value_name = "RULE",
        value_parser = values::RuleId,
        hide_possible_values = true
    )]
    pub(crate) accept_risk: Vec<String>,
    /// How long to wait for another run that holds what this one changes: 10m
    #[arg(long, default_value = "0s", value_parser = duration, value_name = "TIME")]
    pub(crate) lock_timeout: Duration,
}

impl Changing {
    /// The rules whose risk the operator accepts.
    pub(crate) fn accepted(&self) -> BTreeSet<String> {
        self.accept_risk.iter().cloned().collect()
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a manifest from what a domain publishes today
    #[command(
        after_help = "Examples:\n  deploy init example.com -o deploy.yaml --account 111111111111\n  deploy init example.com example.org > deploy.yaml\n  deploy init example.com --sandbox --sandbox-of deploy/example.yaml"
    )]
    Init(Connected<Init>),
    /// Show the state of any domain's mail, and what to do first: no manifest, no account
    #[command(
        after_help = "Examples:\n  deploy check example.com\n  deploy check example.com example.org --format html > check.html\n  deploy check example.com --sandbox --sandbox-of deploy/example.yaml\n\nIt changes nothing. Exit codes: 0 nothing is refused by receivers or senders, 1 something could not be seen, 3 something is refused."
    )]
    Check(Check),
    /// Check a manifest and its files, or one record or file of anybody's
    #[command(
        after_help = "Examples:\n  deploy lint deploy/example.yaml --format sarif > findings.sarif\n  deploy lint deploy/example.yaml --online\n  deploy lint --record 'v=spf1 include:amazonses.com ~all'\n  dig +short TXT _dmarc.example.com | deploy lint --record -\n  deploy lint logo.svg\n  curl -s https://mta-sts.example.com/.well-known/mta-sts.txt | deploy lint -"
    )]
    Lint(Connected<Lint>),
    /// Show what would change, why, and what it can do to mail
    #[command(
        after_help = "Example:\n  deploy plan deploy/example.yaml -o plan.json && deploy apply plan.json"
    )]
    Plan(Connected<Plan>),
    /// Plan, confirm, carry out, observe again
    #[command(after_help = "Example:\n  deploy apply deploy/example.yaml --sandbox --yes")]
    Apply(Connected<Apply>),
    /// Wind down and remove everything of ours
    #[command(after_help = "Example:\n  deploy destroy deploy/example.yaml --target example.com")]
    Destroy(Connected<Destroy>),
    /// Rebuild a ledger that was lost; nothing at AWS is changed
    #[command(
        after_help = "Examples:\n  deploy adopt --ledger deploy/example.yaml\n  deploy adopt --ledger --claim route53_record_set/example.com/spf deploy/example.yaml"
    )]
    Adopt(Connected<Adopt>),
    /// Show what moved without us; for schedules
    #[command(
        after_help = "Examples:\n  deploy drift deploy/example.yaml --json || notify-somebody\n  deploy drift deploy/example.yaml --fail-on 30\n  deploy drift deploy/example.yaml --repair --yes\n  deploy drift deploy/example.yaml --accept"
    )]
    Drift(Connected<Drift>),
    /// Probe the live domain from outside
    #[command(
        after_help = "Example:\n  deploy verify deploy/example.yaml --target example.com --all"
    )]
    Verify(Connected<Verify>),
    /// Show the records to publish by hand: now, and in later rounds
    #[command(
        after_help = "Example:\n  deploy records deploy/manual-dns.yaml --missing --format bind"
    )]
    Records(Connected<Records>),
    /// Write pages about the domains: standings, next steps, what ends when, drift, logos
    #[command(
        after_help = "Example:\n  deploy report deploy/example.yaml --sandbox -o site/\n\nIt changes nothing but the folder. The pages load nothing and open without a server."
    )]
    Report(Connected<Report>),
    /// Show what is owned, where, and what is pending
    #[command(after_help = "Example:\n  deploy status deploy/example.yaml")]
    Status(Connected<Selection>),
    /// Check whether apply could work: credentials, permissions, delegation, CAA, SES, quotas, clock
    #[command(
        after_help = "Example:\n  deploy doctor deploy/example.yaml --sandbox && deploy apply deploy/example.yaml --sandbox\n\nIt changes nothing. Exit codes: 0 nothing is wrong with what could be seen, 3 findings."
    )]
    Doctor(Connected<Selection>),
    /// Print the IAM policy that the role of each account needs, and who may assume it
    #[command(
        after_help = "Example:\n  deploy iam deploy/example.yaml | jq '.accounts.web.policy' > web.json\n  deploy iam deploy/team.yaml --role drift --trust arn:aws:iam::999999999999:role/ci\n  deploy iam deploy/example.yaml --format cloudformation --trust arn:aws:iam::999999999999:role/ci\n  deploy iam deploy/example.yaml --with deploy/before.yaml"
    )]
    Iam(Iam),
    /// Print the plan's graph
    #[command(
        after_help = "Example:\n  deploy graph deploy/example.yaml --sandbox --format dot | dot -Tsvg > plan.svg"
    )]
    Graph(Connected<Graph>),
    /// Explain a rule
    #[command(after_help = "Example:\n  deploy explain STS-P13")]
    Explain {
        /// The rule's id
        #[arg(value_parser = values::RuleId, hide_possible_values = true)]
        rule: String,
    },
    /// List every rule
    #[command(
        after_help = "Example:\n  deploy rules --json | jq '.rules[] | select(.severity == \"error\") | .id'"
    )]
    Rules,
    /// Print the manifest's JSON Schema
    #[command(after_help = "Example:\n  deploy schema > deploy.schema.json")]
    Schema,
    /// Print completions for a shell
    #[command(after_help = "Example:\n  eval \"$(deploy completions bash)\"  # in ~/.bashrc")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a folder
    #[command(after_help = "Example:\n  deploy man ~/.local/share/man/man1")]
    Man {
        /// The folder, which is made where it is not there
        folder: PathBuf,
    },
    /// Make, unlock and move the ledger
    #[command(
        subcommand,
        after_help = "Example:\n  deploy ledger create deploy/team.yaml"
    )]
    Ledger(Ledger),
    /// Try whether people can be told
    #[command(
        subcommand,
        after_help = "Example:\n  deploy notify test mail-team deploy/team.yaml"
    )]
    Notify(Notify),
    /// Manage the sandbox
    #[command(
        subcommand,
        after_help = "Example:\n  deploy sandbox serve deploy/example.yaml --aws 4566"
    )]
    Sandbox(Sandbox),
}
