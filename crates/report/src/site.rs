//! A fleet as a folder of pages: an index, and a page for each domain.

use jiff::Timestamp;
use model::CheckOutcome;
use model::{Check, Foreseen, Grade, Overview, Standard};
use plan::Drift;
use standards::Severity;
use standards::dns::Name;

use crate::put::put;

/// How much of a domain's name the name of its file has; file systems take 255 octets.
const NAME_MAX: usize = 200;

/// All that the pages of a fleet show.
#[derive(Clone, Debug)]
pub struct Site {
    /// The project's name.
    pub project: String,
    /// The moment at which all was seen.
    pub now: Timestamp,
    /// The domains.
    pub domains: Vec<SiteDomain>,
}

/// All that is shown of one domain.
#[derive(Clone, Debug)]
pub struct SiteDomain {
    /// Its name.
    pub name: Name,
    /// Its state as an observer saw it, or the reason why it was not seen.
    pub overview: Result<Overview, String>,
    /// The checks of what the manifest asks for.
    pub checks: Vec<Check>,
    /// The instances of SES that send for it.
    pub senders: Vec<Sender>,
    /// The resources that moved.
    pub drifts: Vec<Drift>,
    /// Its endings, the next first.
    pub endings: Vec<Ending>,
    /// Its changes, the latest first.
    pub events: Vec<Event>,
    /// Its logo as inboxes show it, or the reason why there is none.
    pub logo: Option<Result<Vec<Picture>, String>>,
}

/// One SES in one account and region that sends for a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The identity.
    pub identity: String,
    /// The account and region.
    pub place: String,
}

/// Something that ends at a known time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The time.
    pub at: Timestamp,
    /// The thing that ends.
    pub what: String,
    /// The fix, where something is to be done.
    pub fix: Option<String>,
}

/// Something that the ledger records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The time.
    pub at: Timestamp,
    /// The record, in words.
    pub what: String,
    /// The resources that it is about, where there are any.
    pub resources: Vec<String>,
}

/// A picture of a logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The form and the colour around it: "round, on dark".
    pub label: String,
    /// Its width and height in pixels.
    pub side: u16,
    /// The picture.
    pub png: Vec<u8>,
}

/// One file of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Its path from the folder of the site, with `/` between its parts.
    pub path: String,
    /// The page.
    pub html: String,
}

/// The columns of the index that an observer sees.
pub(crate) const SHOWN: [Standard; 6] = [
    Standard::Spf,
    Standard::Dkim,
    Standard::Dmarc,
    Standard::MtaSts,
    Standard::TlsRpt,
    Standard::Bimi,
];

impl From<&Foreseen> for Ending {
    fn from(foreseen: &Foreseen) -> Self {
        Self {
            at: foreseen.at,
            what: foreseen.reason.clone(),
            fix: Some(foreseen.fix.clone()),
        }
    }
}

impl SiteDomain {
    /// How far it is with a standard.
    pub(crate) fn grade(&self, standard: Standard) -> Grade {
        let subjects = self.overview.iter().flat_map(|one| &one.subjects);
        let mut subjects = subjects.filter(|subject| subject.standard == standard);
        subjects.next().map_or(Grade::Unseen, |one| one.grade)
    }

    /// How far it is with SES: whether a check of its instances finds an error.
    pub(crate) fn ses(&self) -> Grade {
        let ours = || {
            self.checks
                .iter()
                .filter(|one| one.rule.starts_with("SES-"))
        };
        let is_error = |check: &Check| matches!(&check.outcome, CheckOutcome::Finding(finding) if finding.severity == Severity::Error);
        if self.senders.is_empty() {
            Grade::Unused
        } else if ours().any(is_error) {
            Grade::Faulty
        } else if ours().any(|check| check.outcome == CheckOutcome::Good) {
            Grade::Good
        } else {
            Grade::Unseen
        }
    }

    /// How many resources others changed.
    pub(crate) fn moved(&self) -> usize {
        let moved = self.drifts.iter().filter(|drift| !drift.is_note());
        moved.count()
    }

    /// Whether something of it is faulty.
    pub(crate) fn is_faulty(&self) -> bool {
        let mut grades = SHOWN.iter().map(|&one| self.grade(one)).chain([self.ses()]);
        grades.any(|grade| grade == Grade::Faulty)
    }

    /// Lower where more is wrong, so that the worst stand first.
    pub(crate) fn rank(&self) -> (bool, bool) {
        (!self.is_faulty(), self.moved() == 0)
    }
}

/// The name of a domain's page: nothing of it means anything to a file system or in a URL. `at` tells
/// long names apart.
pub(crate) fn file_name(name: &Name, at: usize) -> String {
    let mut safe = String::new();
    for octet in name.as_str().bytes() {
        match octet {
            b'a'..=b'z' | b'0'..=b'9' | b'-' => safe.push(char::from(octet)),
            b'.' if !safe.is_empty() => safe.push('.'),
            _ => put!(safe, "_{octet:02x}"),
        }
    }
    if safe.len() > NAME_MAX {
        safe.truncate(NAME_MAX);
        put!(safe, "_{at}");
    }
    format!("{safe}.html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_out_of_no_folder_and_collides_with_none() {
        let name = |text: &str| file_name(&Name::parse(text).expect("a name"), 7);
        assert_eq!(name("example.com"), "example.com.html");
        assert_eq!(name("_dmarc.example.com"), "_5fdmarc.example.com.html");
        let label = "a".repeat(60);
        let long = name(&format!("{label}.{label}.{label}.{label}"));
        assert!(long.len() < 255 && long.ends_with("_7.html"), "{long}");
    }
}
