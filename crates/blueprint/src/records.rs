//! The policy records of a domain: MX, SPF, DMARC, TLS reporting, and the text of BIMI.

use kinds::SesIdentity;
use kinds::record::{Record, Sharing};
use manifest::{Bimi, Dmarc, Located, Spf, SpfAll};
use model::{Field, Gate, GateCheck, Impact, Kind, MailImpact, Need, Resource, ResourceId};
use standards::Place;

use crate::publisher::RecordDraft;
use crate::scope::Scope;

pub(crate) fn expand(scope: &mut Scope<'_>) {
    mx(scope);
    if let Some(spf) = &scope.domain.spf {
        let impact = Impact::new(
            MailImpact::Sending,
            "receivers check who may send for the domain",
        );
        let record = txt(scope.name, spf_text(spf), "v=spf1", scope.ttl());
        add(scope, "spf", record, impact, spf.place());
    }
    if let Some(tls_rpt) = &scope.domain.tls_rpt {
        let rua: Vec<String> = tls_rpt.rua.iter().map(ToString::to_string).collect();
        let text = format!("v=TLSRPTv1; rua={}", rua.join(","));
        let impact = Impact::new(MailImpact::None, "");
        let record = txt(&scope.under("_smtp._tls"), text, "v=TLSRPTv1", scope.ttl());
        add(scope, "tls-rpt", record, impact, tls_rpt.place());
    }
    dmarc(scope);
    if let Some(bimi) = scope.domain.bimi.as_ref().filter(|bimi| *bimi.decline) {
        let record = self::bimi(scope, bimi, "v=BIMI1; l=; a=;".to_owned(), Vec::new());
        scope.push(Resource {
            gates: Vec::new(),
            ..record
        });
    }
}

fn txt(name: &str, text: String, prefix: &str, ttl: u32) -> Record {
    Record {
        name: name.into(),
        rtype: "TXT".to_owned(),
        ttl,
        values: vec![Field::Known(text)],
        alias: None,
        sharing: Sharing::OneOf {
            prefix: prefix.to_owned(),
        },
    }
}

fn add(
    scope: &mut Scope<'_>,
    name: &str,
    record: Record,
    impact: Impact,
    place: Place,
) -> ResourceId {
    let draft = RecordDraft {
        name: name.to_owned(),
        record,
        impact,
        needs: Vec::new(),
        place,
        adopt: *scope.domain.adopt,
    };
    scope.push(scope.publisher.record(draft))
}

fn mx(scope: &mut Scope<'_>) {
    let Some(first) = scope.domain.mx.first() else {
        return;
    };
    let values = scope
        .domain
        .mx
        .iter()
        .map(|mx| Field::Known(mx.to_string()))
        .collect();
    let record = Record {
        name: scope.name.into(),
        rtype: "MX".to_owned(),
        ttl: scope.ttl(),
        values,
        alias: None,
        sharing: Sharing::Whole,
    };
    let impact = Impact::new(MailImpact::Receiving, "senders deliver to these hosts");
    add(scope, "mx", record, impact, first.place());
}

/// DMARC enforcement comes after every declared instance signs (DESIGN 7.3).
fn dmarc(scope: &mut Scope<'_>) {
    let Some(block) = &scope.domain.dmarc else {
        return;
    };
    let impact = Impact::new(MailImpact::Sending, "receivers refuse what does not pass");
    let record = txt(
        &scope.under("_dmarc"),
        dmarc_text(block),
        "v=DMARC1",
        scope.ttl(),
    );
    add(scope, "dmarc", record, impact, block.place());
    let weak = |policy: &manifest::DmarcPolicy| *policy == manifest::DmarcPolicy::None;
    let enforces = !weak(&block.p) || block.sp.as_ref().is_some_and(|sp| !weak(sp));
    if enforces {
        let instances = scope
            .domain
            .ses
            .iter()
            .map(|instance| crate::sending::instance_name(instance));
        let identities = instances.map(|name| ResourceId::new(SesIdentity::NAME, scope.name, name));
        let needs: Vec<Need> = identities
            .map(|id| {
                Need::ready(
                    &id,
                    "mail must pass before receivers are told to refuse what does not",
                )
            })
            .collect();
        scope.last().needs.extend(needs);
    }
}

/// The BIMI record, after DMARC enforcement is live (BIMI-X07).
pub(crate) fn bimi(
    scope: &Scope<'_>,
    bimi: &Located<Bimi>,
    text: String,
    mut needs: Vec<Need>,
) -> Resource {
    let selector = bimi.selector.as_str();
    if scope.domain.dmarc.is_some() {
        let dmarc = scope.publisher_id("dmarc");
        needs.push(Need::ready(
            &dmarc,
            "receivers show logos only under DMARC enforcement (BIMI-X07)",
        ));
    }
    let mut record = scope.publisher.record(RecordDraft {
        name: format!("bimi.{selector}"),
        record: txt(
            &scope.under(&format!("{selector}._bimi")),
            text,
            "v=BIMI1",
            scope.ttl(),
        ),
        impact: Impact::new(MailImpact::Branding, "the logo beside messages"),
        needs,
        place: bimi.place(),
        adopt: *scope.domain.adopt,
    });
    record.gates.push(Gate {
        rule: "BIMI-X07".to_owned(),
        check: GateCheck::DmarcEnforced {
            domain: scope.name.to_owned(),
        },
        reason: "receivers ignore a BIMI record of a domain without DMARC enforcement".to_owned(),
    });
    record
}

/// The BIMI value with these URLs.
pub(crate) fn bimi_text(bimi: &Bimi, logo: Option<&str>, certificate: Option<&str>) -> String {
    let mut text = format!("v=BIMI1; l={}", logo.unwrap_or_default());
    if let Some(url) = certificate {
        text = format!("{text}; a={url}");
    }
    if let Some(avp) = &bimi.avp {
        text = format!("{text}; avp={}", avp.value);
    }
    if !bimi.lps.is_empty() {
        let parts: Vec<&str> = bimi.lps.iter().map(|part| part.as_str()).collect();
        text = format!("{text}; lps={}", parts.join(","));
    }
    text
}

/// The SPF value that the block asks for.
pub fn spf_text(spf: &Spf) -> String {
    if let Some(raw) = &spf.record {
        return raw.as_str().to_owned();
    }
    let mut terms = vec!["v=spf1".to_owned()];
    let groups = [
        ("ip4", &spf.ip4),
        ("ip6", &spf.ip6),
        ("a", &spf.a),
        ("mx", &spf.mx),
        ("include", &spf.include),
        ("exists", &spf.exists),
    ];
    for (mechanism, arguments) in groups {
        terms.extend(arguments.iter().map(|argument| match argument.as_str() {
            // `a` and `mx` alone mean the domain itself.
            "" | "@" => mechanism.to_owned(),
            // A prefix length belongs to the mechanism, without a colon.
            length if length.starts_with('/') => format!("{mechanism}{length}"),
            argument => format!("{mechanism}:{argument}"),
        }));
    }
    terms.extend(
        spf.redirect
            .iter()
            .map(|domain| format!("redirect={domain}")),
    );
    let all = spf.all.as_ref().map(|all| match all.value {
        SpfAll::Fail => "-all",
        SpfAll::Softfail => "~all",
        SpfAll::Neutral => "?all",
        SpfAll::Pass => "+all",
    });
    terms.extend(all.map(str::to_owned));
    terms.join(" ")
}

/// The DMARC value that the block asks for.
pub fn dmarc_text(dmarc: &Dmarc) -> String {
    let mut tags = vec!["v=DMARC1".to_owned(), format!("p={}", dmarc.p.value)];
    let mut tag = |name: &str, value: Option<String>| {
        tags.extend(value.map(|value| format!("{name}={value}")));
    };
    let list = |uris: &[Located<standards::mail_uri::ReportUri>]| {
        let uris: Vec<String> = uris.iter().map(ToString::to_string).collect();
        (!uris.is_empty()).then(|| uris.join(","))
    };
    tag("sp", dmarc.sp.as_ref().map(ToString::to_string));
    tag("np", dmarc.np.as_ref().map(ToString::to_string));
    tag("adkim", dmarc.adkim.as_ref().map(ToString::to_string));
    tag("aspf", dmarc.aspf.as_ref().map(ToString::to_string));
    tag("t", dmarc.t.as_ref().map(ToString::to_string));
    tag("psd", dmarc.psd.as_ref().map(ToString::to_string));
    tag("fo", dmarc.fo.as_ref().map(ToString::to_string));
    tag("rua", list(&dmarc.rua));
    tag("ruf", list(&dmarc.ruf));
    tags.join("; ")
}
