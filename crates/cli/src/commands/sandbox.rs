//! `deploy sandbox`: its ports, its counters, its clock.

use std::fmt::Write as _;
use std::net::SocketAddr;

use reconcile::sandbox::{self as sandboxes, Opened, Presumed};
use reconcile::{ByHand, Loaded};
use report::{CallsMade, escape};
use tokio::net::{TcpListener, UdpSocket};

use crate::args::{self, Global, SandboxOf, Selection, Serve};
use crate::exit::{Exit, Failure};
use crate::manifest_file::find;
use crate::open;
use crate::printer::Printer;

pub(crate) async fn run(
    global: &Global,
    command: args::Sandbox,
    printer: &Printer,
) -> Result<Exit, Failure> {
    match command {
        args::Sandbox::Serve(args) => serve(global, &args, printer).await,
        args::Sandbox::Stats(args) => stats(global, &args.of, printer),
        args::Sandbox::Publish(args) => publish(global, &args.of.of, true, printer).await,
        args::Sandbox::Withdraw(args) => publish(global, &args.of.of, false, printer).await,
        args::Sandbox::Advance { time, of } => advance(time, &of, printer),
        args::Sandbox::Reset(of) => reset(&of, printer),
    }
}

fn load(of: &SandboxOf, printer: &Printer) -> Result<Loaded, Failure> {
    open::load(&find(of.manifest.as_deref(), printer)?)
}

fn open_sandbox(
    global: &Global,
    loaded: &Loaded,
    printer: &Printer,
) -> Result<sandbox::Sandbox, Failure> {
    let folder = sandboxes::folder_of(loaded);
    let settings = open::sandbox(global)?;
    let Opened { sandbox, presumed } = sandboxes::open(&folder, &loaded.manifest, settings)?;
    introduce(presumed.as_ref(), printer);
    Ok(sandbox)
}

/// Says what was presumed in this run.
pub(crate) fn introduce(presumed: Option<&Presumed>, printer: &Printer) {
    if let (Some(presumed), false) = (presumed, printer.json) {
        printer.note(&presumption(presumed));
    }
}

/// How many names of a sort are told; of a fleet's thousands, a few.
const TOLD_MAX: usize = 6;

fn presumption(presumed: &Presumed) -> String {
    let mut text = if presumed.is_new {
        "A new sandbox was made, with what the manifest presumes (`--world FILE` adds to it):\n"
    } else {
        "The sandbox was given what the manifest presumes since:\n"
    }
    .to_owned();
    let mail_hosts: Vec<String> = presumed.mail_hosts.iter().cloned().collect();
    let sorts = [
        ("accounts", &presumed.accounts),
        ("hosted zones, delegated to", &presumed.hosted_zones),
        ("zones on somebody else's servers", &presumed.other_zones),
        ("mail hosts", &mail_hosts),
    ];
    for (sort, names) in sorts.iter().filter(|(_, names)| !names.is_empty()) {
        let _ = writeln!(text, "  {sort}: {}", listed(names));
    }
    text
}

fn listed(names: &[String]) -> String {
    let told = names.iter().take(TOLD_MAX).map(|name| escape(name));
    let told = told.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(TOLD_MAX) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// Publishes by hand, or takes out, whatever is known of the records that a person has to publish.
async fn publish(
    global: &Global,
    of: &SandboxOf,
    present: bool,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let selection = Selection::all(of.manifest.clone());
    let project = open::project(global, &selection, printer)?;
    introduce(project.presumed.as_ref(), printer);
    let ByHand { done, all } = reconcile::publish_by_hand(&project, present).await?;
    let verb = if present { "Published" } else { "Took out" };
    printer.note(&format!("{verb} {done} of {all} records."));
    Ok(Exit::Done)
}

fn advance(time: std::time::Duration, of: &SandboxOf, printer: &Printer) -> Result<Exit, Failure> {
    let folder = sandboxes::folder_of(&load(of, printer)?);
    let later = sandbox::Sandbox::advance(&folder, time)
        .map_err(|error| Failure::outside("could not let time pass", error))?
        .ok_or_else(|| {
            Failure::Usage(
                "this manifest has no sandbox yet: `deploy apply --sandbox` makes one".to_owned(),
            )
        })?;
    printer.note(&format!(
        "It is {} in the sandbox now.",
        report::moment(later)
    ));
    Ok(Exit::Done)
}

/// The counts as they are kept: a sandbox that is being served is not disturbed.
fn stats(global: &Global, of: &SandboxOf, printer: &Printer) -> Result<Exit, Failure> {
    let loaded = load(of, printer)?;
    let folder = sandboxes::folder_of(&loaded);
    let kept = sandbox::Kept::read(&folder)
        .map_err(|error| Failure::outside("could not look at the sandbox", error))?;
    let stats = match kept {
        Some(kept) => kept.stats,
        None => open_sandbox(global, &loaded, printer)?.stats(),
    };
    if printer.json {
        let rows = stats.iter().map(|(row, calls)| {
            let [account, service, operation, result] = row.map(str::to_owned);
            CallsMade {
                account,
                service,
                operation,
                result,
                calls,
            }
        });
        printer.value(&report::stats_json(rows.collect()));
    } else if stats.total() == 0 {
        printer.note("Nothing was called yet.");
    } else {
        printer.data(&table(&stats));
    }
    Ok(Exit::Done)
}

fn table(stats: &sandbox::stats::Stats) -> String {
    let header = ["account", "service", "operation", "result"];
    let rows: Vec<([&str; 4], String)> = std::iter::once((header, "calls".to_owned()))
        .chain(stats.iter().map(|(row, calls)| (row, calls.to_string())))
        .collect();
    let width = |column: usize| rows.iter().map(|(row, _)| row[column].len()).max();
    let widths: Vec<usize> = (0..header.len()).filter_map(width).collect();
    let line = |(row, calls): &(_, String)| {
        let cells: Vec<String> = std::iter::zip::<&[&str; 4], _>(row, &widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        format!("{}  {calls:>6}", cells.join("  "))
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn reset(of: &SandboxOf, printer: &Printer) -> Result<Exit, Failure> {
    let folder = sandboxes::folder_of(&load(of, printer)?);
    sandbox::Sandbox::reset(&folder)
        .map_err(|error| Failure::outside("could not reset the sandbox", error))?;
    printer.note("The sandbox is forgotten, and what was recorded about it.");
    Ok(Exit::Done)
}

async fn serve(global: &Global, args: &Serve, printer: &Printer) -> Result<Exit, Failure> {
    // Those who ask it live by the wall clock, and its own is no faster unless that is asked for: their
    // credentials must not run out in a minute.
    let loaded = load(&args.of.of, printer)?;
    let sandbox = open_sandbox(global, &loaded, printer)?;
    let failed = |error| Failure::outside("could not listen", error);
    let at = |port| SocketAddr::new(args.host, port);
    let aws = TcpListener::bind(at(args.aws)).await.map_err(failed)?;
    let dns_tcp = TcpListener::bind(at(args.dns)).await.map_err(failed)?;
    let dns_address = dns_tcp.local_addr().map_err(failed)?;
    let dns_udp = UdpSocket::bind(dns_address).await.map_err(failed)?;
    let https = TcpListener::bind(at(args.https)).await.map_err(failed)?;
    let folder = sandboxes::folder_of(&loaded);
    sandbox.make_authority_secret();
    let authority = folder.join("ca.pem");
    let pem = sandbox.world().acm.authority.certificate_pem();
    #[expect(clippy::disallowed_methods, reason = "for `curl --cacert`")]
    std::fs::write(&authority, pem).map_err(failed)?;
    let authority = authority.canonicalize().map_err(failed)?;
    announce(
        printer,
        [aws.local_addr(), Ok(dns_address), https.local_addr()],
        &authority,
        &sandbox,
    );
    let served = tokio::try_join!(
        sandbox.clone().serve_aws(aws),
        sandbox.clone().serve_dns(dns_udp, dns_tcp),
        sandbox.clone().serve_https(https),
    );
    served.map_err(|error| Failure::outside("could not serve any longer", error))?;
    Ok(Exit::Done)
}

fn announce(
    printer: &Printer,
    addresses: [std::io::Result<SocketAddr>; 3],
    authority: &std::path::Path,
    sandbox: &sandbox::Sandbox,
) {
    let [aws, dns, https] = addresses.map(|address| {
        address
            .map(|address| address.to_string())
            .unwrap_or_default()
    });
    let credentials = sandbox.credentials(sandboxes::OPERATOR);
    printer.data(&format!(
        "AWS_ENDPOINT_URL=http://{aws}\nAWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\nAWS_REGION=us-east-1\nAWS_DEFAULT_REGION=us-east-1\nDEPLOY_SANDBOX_DNS={dns}\nDEPLOY_SANDBOX_HTTPS={https}\nDEPLOY_SANDBOX_CA={}",
        credentials.access_key_id(),
        credentials.secret_access_key(),
        authority.display(),
    ));
    printer.note("The keys open this sandbox and nothing else. Ctrl-C ends it.");
}
