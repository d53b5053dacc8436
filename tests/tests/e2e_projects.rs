//! Two projects on one domain, in one world: neither takes from the other what it holds.

use tests::place::Place;

/// A project with these domains, and its accounts.
fn project(name: &str, domains: &str) -> Place {
    Place::with(&format!(
        "project: {name}

accounts:
  dns:  {{ id: \"111111111111\", role: mail-deploy }}
  mail: {{ id: \"333333333333\", role: mail-deploy }}

{domains}"
    ))
}

/// Puts another project into the world of the first.
fn joins(rival: Place, first: &Place) -> Place {
    let world = first.world().world;
    rival.make_world(None);
    rival.change_world(|own, _| *own = world);
    rival
}

const RECORDS: &str = "domains:
  example.com:
    dns: { route53: { account: dns } }
    spf: { all: fail }
    dmarc: { p: reject }
";

/// Records have no tags. A ledger beside ours tells that they are on record in another project, whose next
/// destroy would delete them.
#[test]
fn a_record_that_another_project_has_on_record_is_not_taken_over() {
    let first = project("shop", RECORDS).in_bucket();
    first.apply().exits(0);
    for adopt in ["", "    adopt: true\n"] {
        let wanted = RECORDS.replace("p: reject", "p: quarantine");
        let second = project("rival", &format!("{wanted}{adopt}"));
        let second = joins(second.in_bucket(), &first);
        let before = second.world().dump();
        let ran = second.apply().exits(4).says("PLAN-15");
        ran.says("is on record in the project `shop`");
        assert_eq!(second.world().dump(), before);
        let examined = second.run("doctor", &[]);
        examined.says("the project `shop` has it on record as well");
    }
}

/// The second project took the records on record before their ledgers lay side by side. The destroy of the first,
/// which made them, leaves them to it.
#[test]
fn what_another_project_holds_as_well_is_not_destroyed() {
    let first = project("shop", RECORDS).in_bucket();
    first.apply().exits(0);
    let second = project("rival", &format!("{RECORDS}    adopt: true\n"));
    let second = joins(second.in_folder(), &first);
    // The clock of its sandbox is behind that of the world, so that nothing shows from outside yet.
    second.run("apply", &["--yes", "--no-verify"]).exits(0);
    let second = second.in_bucket();
    let sandbox = ["--sandbox", "--speed", "instant"];
    let to = ["ledger", "move", second.manifest(), "--to", "s3"];
    second.deploy(&[&to[..], &sandbox[..]].concat()).exits(0);
    let world = second.world().world;
    first.change_world(|own, _| *own = world);
    let ran = first.run("destroy", &["--yes", "--now"]).exits(0);
    ran.says("the project `rival` holds it as well");
    let later = first.world().later(120);
    for name in ["example.com", "_dmarc.example.com"] {
        assert_eq!(later.resolve(name, "TXT").len(), 1, "{name}");
    }
}

const SENDING: &str = "domains:
  example.com:
    dns: { route53: { account: dns } }
    ses: [{ account: mail, region: eu-west-1 }]
";

/// Another project's next destroy would delete what this one uses.
#[test]
fn what_another_project_holds_is_not_taken_over_even_when_asked() {
    let first = project("shop", SENDING);
    first.apply().exits(0);
    let adopting = SENDING.replace("    ses:", "    adopt: true\n    ses:");
    let second = joins(project("rival", &adopting), &first);
    let before = second.world().dump();
    let ran = second.apply().exits(4).says("PLAN-15");
    ran.says("carries the tags of the project `shop`");
    assert_eq!(second.world().dump(), before);
}
