//! The blocks with files on the web: hosting, MTA-STS and BIMI.

use model::{Published, SeenFile};
use standards::bimi::{AvatarPreference, Bimi, HttpsUri, LocalPartPrefix};
use standards::mta_sts::Mode;

use super::DraftFile;
use super::layout::{Blocks, MAIN};
use super::page::{Page, shown};
use super::policies::{receives, unanswered};
use super::value::Value;
use crate::values::Period;

/// The region of a bucket where the manifest names none.
const REGION: &str = "us-east-1";
/// The host of the logo when nobody says.
const ASSETS_HOST: &str = "bimi-assets";

pub(super) fn hosting(page: &mut Page, seen: &Published, blocks: &Blocks) {
    if !blocks.is_hosted() {
        return;
    }
    page.blank();
    page.say(
        2,
        "A bucket behind a distribution serves the files. The region is yours to choose.",
    );
    if let Some(target) = &seen.policy_alias {
        page.say(
            2,
            &format!(
                "mta-sts.{} is an alias of {} today. With this manifest it is served from your own distribution; keep the other until the alias has moved.",
                seen.domain,
                shown(target)
            ),
        );
    }
    page.find(2, &seen.certificate_findings);
    let mut entries = vec![
        ("account", Value::text(MAIN)),
        ("region", Value::text(REGION)),
    ];
    if blocks.bimi {
        entries.push(("assets_host", Value::text(&assets_host(seen))));
    }
    page.put(2, "hosting", &Value::Map(entries));
}

/// The label of the host that the logo is at, where it is one of the domain's own.
fn assets_host(seen: &Published) -> String {
    let location = seen.bimi.read.as_ref().and_then(Bimi::location);
    let host = location.and_then(|uri| uri.host().relative_to(&seen.domain));
    let taken = ["", "@", "mta-sts", "www"];
    match host.filter(|host| !taken.contains(host)) {
        Some(host) => host.to_owned(),
        None => ASSETS_HOST.to_owned(),
    }
}

pub(super) fn mta_sts(page: &mut Page, seen: &Published, blocks: &Blocks) {
    let findings = || seen.mta_sts.findings.iter().chain(&seen.policy.findings);
    let Some(sts) = &blocks.mta_sts else {
        if seen.mta_sts.is_absent() && findings().next().is_none() && !receives(seen) {
            return;
        }
        page.blank();
        page.find(2, findings());
        page.say(
            2,
            &format!(
                "{}: `mta_sts` is left out, and what is there stays.",
                why_not(seen)
            ),
        );
        return;
    };
    page.blank();
    page.say(
        2,
        "Senders use TLS to its mail hosts, and check their certificates.",
    );
    page.say(2, &next_step(sts.mode, seen));
    if seen
        .policy
        .read
        .as_ref()
        .is_some_and(|policy| !policy.extensions().is_empty())
    {
        page.say(
            2,
            "Fields of the policy that no standard knows are not kept.",
        );
    }
    let max_age = Period {
        seconds: sts.seconds,
    };
    let mut entries = vec![
        ("mode", Value::text(&sts.mode)),
        ("max_age", Value::text(&max_age)),
    ];
    if !sts.mx.is_empty() {
        entries.push(("mx", Value::list(&sts.mx)));
    }
    page.find(2, findings());
    page.put(2, "mta_sts", &Value::Map(entries));
}

fn why_not(seen: &Published) -> &'static str {
    if !seen.mta_sts.is_answered {
        "It can't be seen whether it has an MTA-STS policy"
    } else if seen.mx.read.is_none() {
        "Without mail hosts that can be seen no MTA-STS policy can be made"
    } else if receives(seen) {
        "Not all of its mail hosts can stand in an MTA-STS policy"
    } else {
        "It receives no mail, and an MTA-STS policy has nothing to protect"
    }
}

fn next_step(mode: Mode, seen: &Published) -> String {
    const ENFORCE: &str =
        "Next: `enforce`, when the reports of `tls_rpt` show no failure for two weeks.";
    let is_new = seen.policy.read.is_none();
    match mode {
        Mode::Testing if is_new => {
            let there = if seen.mta_sts.values.is_empty() {
                "None is there today"
            } else {
                "A policy is announced that senders can't have"
            };
            format!(
                "{there}, so that it begins with `testing`: senders report and deliver. {ENFORCE}"
            )
        }
        Mode::Testing => ENFORCE.to_owned(),
        Mode::Enforce => "Change `mx` here before you change it in DNS.".to_owned(),
        Mode::None => {
            "Mode `none` takes a policy back. Next: `testing`, or take the block out.".to_owned()
        }
    }
}

pub(super) fn bimi(page: &mut Page, seen: &Published, blocks: &Blocks, files: &mut Vec<DraftFile>) {
    if unanswered(page, &seen.bimi, "bimi") {
        return;
    }
    page.blank();
    let Some(record) = &seen.bimi.read else {
        page.find(2, &seen.bimi.findings);
        if let Some(value) = seen.bimi.values.first() {
            page.say(2, "Published today:");
            page.show(2, value);
            page.say(2, "Without `bimi` it stays as it is. Once it is fixed:");
        } else {
            page.say(
                2,
                "A logo beside its mail needs DMARC `quarantine` or `reject`, an SVG Tiny P/S file, and for most receivers a mark certificate:",
            );
        }
        let folder = folder(seen);
        let entries = vec![
            ("logo", Value::text(&format!("{folder}/logo.svg"))),
            ("certificate", Value::text(&format!("{folder}/mark.pem"))),
        ];
        page.offer(2, "bimi", &Value::Map(entries));
        return;
    };
    if record.is_declination() {
        page.say(2, "It says that there is no logo.");
        page.find(2, &seen.bimi.findings);
        let decline = vec![("decline", Value::text(&true))];
        page.put(2, "bimi", &Value::Map(decline));
        return;
    }
    page.say(2, "The logo that mail programs show beside its mail.");
    let mut entries = Vec::new();
    let logo = seen.logo.as_ref();
    let certificate = seen.certificate.as_ref();
    entries.extend(logo.map(|file| ("logo", path(page, seen, file, "logo.svg"))));
    entries.extend(certificate.map(|file| ("certificate", path(page, seen, file, "mark.pem"))));
    if record.avatar() == AvatarPreference::Personal {
        entries.push(("avp", Value::text("personal")));
    }
    let prefixes = record.local_parts().unwrap_or_default();
    if !prefixes.is_empty() {
        let prefixes = prefixes.iter().map(LocalPartPrefix::as_str);
        entries.push(("lps", Value::list(prefixes)));
    } else if record.local_parts().is_some() {
        page.say(
            2,
            "An empty `lps` can't be kept: name the local parts that have a logo of their own.",
        );
    }
    page.find(2, &seen.bimi.findings);
    let block = Value::Map(entries);
    if !blocks.bimi {
        page.say(
            2,
            "A file can't be had, so that `bimi` is left out and the record stays. When you have the files:",
        );
        page.offer(2, "bimi", &block);
        return;
    }
    page.put(2, "bimi", &block);
    for (file, name) in [(logo, "logo.svg"), (certificate, "mark.pem")] {
        let bytes = file.and_then(|file| Some((file, file.bytes.clone()?)));
        files.extend(bytes.map(|(file, bytes)| DraftFile {
            path: path_of(seen, file, name),
            bytes,
        }));
    }
}

/// The path of a file for the manifest, and where it lies today.
fn path(page: &mut Page, seen: &Published, file: &SeenFile, name: &str) -> Value {
    let path = path_of(seen, file, name);
    let url = shown(&file.url);
    match &file.bytes {
        Some(bytes) => page.say(
            2,
            &format!("{path} is a copy of {url}: {} bytes.", bytes.len()),
        ),
        None => page.say(2, &format!("Put what is to be at {url} into {path}.")),
    }
    Value::text(&path)
}

/// The folder of a domain's files, beside the manifest.
fn folder(seen: &Published) -> String {
    format!("assets/{}", seen.domain)
}

/// The path of a file, under the name that it has in its URL: so that it is served there again.
fn path_of(seen: &Published, file: &SeenFile, name: &str) -> String {
    let suffix = name.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    let uri: Option<HttpsUri> = file.url.parse().ok();
    let last = uri.as_ref().and_then(|uri| uri.path().rsplit('/').next());
    let fits = |last: &&str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        last.starts_with(|c: char| c.is_ascii_alphanumeric())
            && last.len() <= 64
            && last.chars().all(is_plain)
            && last
                .rsplit_once('.')
                .is_some_and(|(_, known)| known == suffix)
    };
    format!("{}/{}", folder(seen), last.filter(fits).unwrap_or(name))
}
