//! BIMI: the logo, the mark certificate, the record, and what DMARC must say for them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::rules;
use standards::Finding;
use standards::bimi::svg::{self, Draw, Svg, check_drawn};
use standards::bimi::{self, HttpsUri, Selector};
use standards::dmarc::organizational_domain_by_psl;

use super::Subject;
use crate::acceptance::accepted;
use crate::domain::Bimi;
use crate::manifest::Manifest;
use crate::places;
use crate::report::in_order;

/// The findings of the logos as `draw` draws them, those that their domain accepts at `now` lowered
/// to info. A logo that many domains share is drawn once.
pub fn lint_drawn(manifest: &Manifest, draw: &dyn Draw, now: Timestamp) -> Vec<Finding> {
    let mut known: BTreeMap<&[u8], Vec<Finding>> = BTreeMap::new();
    let mut findings = Vec::new();
    for domain in manifest.domains.values() {
        let block = domain.bimi.as_ref().filter(|block| !block.decline.value);
        let Some(file) = block.and_then(|block| block.logo.as_ref()) else {
            continue;
        };
        let drawn = known.entry(&file.bytes).or_insert_with(|| {
            let logo = Svg::parse(&file.bytes).0;
            logo.map_or_else(Vec::new, |logo| check_drawn(&logo, draw))
        });
        let placed = places::in_file(file, drawn.iter().cloned());
        findings.extend(
            placed
                .into_iter()
                .map(|finding| accepted(finding, &domain.accept, now)),
        );
    }
    in_order(findings, &manifest.project.position.source.path)
}

impl Subject<'_> {
    /// The rules of BIMI.
    pub(super) fn bimi(&self) -> Vec<Finding> {
        let Some(block) = &self.domain.bimi else {
            return Vec::new();
        };
        if block.decline.value {
            return Vec::new();
        }
        let mut findings = places::at(&block.position, self.record(block));
        findings.extend(places::at(&block.position, self.enforcement()));
        let logo = block.logo.as_ref().map(|file| {
            let (logo, mut faults) = Svg::parse(&file.bytes);
            faults.extend(svg::check_name(&file.path, &file.bytes));
            // A mark certificate holds the logo's bytes, so only who names the logo has it changed.
            let placed = places::in_file(file, faults).into_iter();
            findings.extend(placed.map(|finding| Finding {
                edit: None,
                ..finding
            }));
            logo
        });
        findings.extend(self.certificate(block, logo.flatten().as_ref()));
        findings
    }

    /// The record, as it would be published.
    fn record(&self, block: &Bimi) -> Vec<Finding> {
        let uri = |path: &str| -> Option<HttpsUri> {
            let host = self
                .domain
                .hosting
                .as_ref()?
                .assets_host
                .under(self.name)
                .ok()?;
            let file = path.rsplit('/').next()?;
            format!("https://{host}/{file}").parse().ok()
        };
        let Some(logo) = block.logo.as_ref().and_then(|file| uri(&file.path)) else {
            return Vec::new();
        };
        let certificate = block.certificate.as_ref().and_then(|file| uri(&file.path));
        match block.record(logo, certificate) {
            Ok(record) => {
                let (_, mut findings) = bimi::Bimi::parse(&record.to_string());
                let selector: Option<Selector> = block.selector.as_str().parse().ok();
                findings
                    .extend(record.check_local_parts(&selector.into_iter().collect::<Vec<_>>()));
                findings
            }
            Err(error) => vec![Finding::new(rules::BIMI_R06, error.to_string())],
        }
    }

    /// BIMI-X01 to BIMI-X05, as far as the manifest says what DMARC is: the domain's record, and its
    /// organizational domain's.
    fn enforcement(&self) -> Vec<Finding> {
        let own = self.dmarc_record();
        let organizational =
            organizational_domain_by_psl(self.name).filter(|name| name != self.name);
        let above =
            organizational.and_then(|name| self.manifest.domains.get(&name)?.dmarc.as_ref());
        let records: Vec<_> = own
            .into_iter()
            .chain(above.map(|dmarc| dmarc.record()))
            .collect();
        // What is not in the manifest may be published all the same; the plan looks.
        if records.is_empty() {
            Vec::new()
        } else {
            bimi::check_dmarc(&records)
        }
    }
}
