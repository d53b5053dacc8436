//! The command line.

mod adopt;
mod check;
mod drift;
mod format;
mod iam;
mod ledger;
mod lint;
mod notify;
mod out;
mod report;
mod sandbox;
mod values;
mod which;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use ::report::RecordFormat;
use model::AccountId;
use reconcile::Speed;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::log::Log;

pub(crate) use self::report::Report;
pub(crate) use adopt::Adopt;
pub(crate) use check::{Check, CheckFormat};
pub(crate) use drift::Drift;
pub(crate) use format::{GraphFormat, PlanFormat, ResultFormat, RunFormat};
pub(crate) use iam::Iam;
pub(crate) use ledger::{Destination, Ledger, LedgerOf, Move, Unlock};
pub(crate) use lint::{FindingFormat, Lint};
pub(crate) use notify::{Notify, NotifyTest, Notifying};
pub(crate) use out::Out;
pub(crate) use sandbox::{Sandbox, SandboxOf, Serve};
use values::duration;
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
        after_help = "Examples:\n  deploy drift deploy/example.yaml --json || notify-somebody\n  deploy drift deploy/example.yaml --fail-on 30\n  deploy drift deploy/example.yaml --repair --yes"
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
    /// Print the IAM policy that the role of each account needs
    #[command(
        after_help = "Example:\n  deploy iam deploy/example.yaml | jq '.accounts.web.policy' > web.json\n  deploy iam deploy/team.yaml --role drift\n  deploy iam deploy/example.yaml --with deploy/before.yaml"
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

/// `deploy init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The domain; several go into one manifest
    #[arg(value_name = "DOMAIN", required = true)]
    pub(crate) domains: Vec<String>,
    /// Write the manifest here, and the logo and the mark certificate that it names beside it;
    /// by default it is printed
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite what is there
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// The id of the account that everything is in; without it, lint names the line to complete
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<AccountId>,
    /// With --sandbox: the manifest whose sandbox is probed [default: as for other commands]
    #[arg(long, value_name = "MANIFEST")]
    pub(crate) sandbox_of: Option<PathBuf>,
}

/// `deploy plan`.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Save the plan, for `deploy apply FILE`
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite what is there, also when it is not a saved plan
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// Read everything anew, also what wide reads confirm to be as the ledger has it
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Exit with 3 when something would change
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, conflicts_with = "json")]
    pub(crate) format: PlanFormat,
}

/// `deploy apply`.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The manifest, or a plan that was saved with `deploy plan -o` [default: `DEPLOY_MANIFEST`, or
    /// else the nearest deploy.yaml or deploy.yml, here or in a folder above]
    #[arg(value_name = "MANIFEST|PLAN")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) changing: Changing,
    /// Read everything anew, also what wide reads confirm to be as the ledger has it
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Do not probe the live domains at the end
    #[arg(long)]
    pub(crate) no_verify: bool,
    /// Apply to so many domains first, always the same of one manifest; an apply without it goes on
    #[arg(long, value_name = "N", conflicts_with_all = ["targets", "shard", "no_verify"])]
    pub(crate) canary: Option<NonZeroUsize>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = RunFormat::Text, conflicts_with = "json")]
    pub(crate) format: RunFormat,
    #[command(flatten)]
    pub(crate) notifying: Notifying,
}

/// `deploy destroy`.
#[derive(Debug, Args)]
pub(crate) struct Destroy {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) changing: Changing,
    /// Do not wind MTA-STS down: accepts the risk STS-O04, that senders who hold an enforced policy
    /// refuse to deliver until it expires
    #[arg(long)]
    pub(crate) now: bool,
    /// With --yes: the number of domains that are to be destroyed, where it is more than three
    #[arg(long, value_name = "N")]
    pub(crate) domains: Option<usize>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = RunFormat::Text, conflicts_with = "json")]
    pub(crate) format: RunFormat,
    #[command(flatten)]
    pub(crate) notifying: Notifying,
}

/// `deploy verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Show what is good as well
    #[arg(long)]
    pub(crate) all: bool,
    /// Ask the mail hosts for STARTTLS; many networks do not let port 25 out
    #[arg(long)]
    pub(crate) smtp: bool,
    /// Send an empty TLS report to https addresses of reports, in both forms
    #[arg(long)]
    pub(crate) reports: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, conflicts_with = "json")]
    pub(crate) format: ResultFormat,
    #[command(flatten)]
    pub(crate) out: Out,
    #[command(flatten)]
    pub(crate) notifying: Notifying,
}

/// `deploy records`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Records {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// How to print them
    #[arg(
        long,
        default_value = "text",
        value_name = "FORMAT",
        value_parser = values::record_format(),
        conflicts_with = "json"
    )]
    pub(crate) format: RecordFormat,
    /// Only those that public DNS does not answer yet
    #[arg(long)]
    pub(crate) missing: bool,
    /// For a provider that refuses underscores in TXT names
    #[arg(long)]
    pub(crate) no_underscore: bool,
    /// Write `amazonses:` before the tokens of SES
    #[arg(long)]
    pub(crate) amazonses_prefix: bool,
    /// For a provider that appends the domain to every name
    #[arg(long)]
    pub(crate) relative: bool,
    /// For a provider that takes one value for each TXT name
    #[arg(long)]
    pub(crate) one_value: bool,
}

/// `deploy graph`.
#[derive(Debug, Args)]
pub(crate) struct Graph {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// How to print it
    #[arg(long, value_enum, default_value_t = GraphFormat::Mermaid, conflicts_with = "json")]
    pub(crate) format: GraphFormat,
}
