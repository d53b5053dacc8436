//! Joins the findings that several domains have in common, because one line of `defaults` causes them.

use standards::dns::Name;
use standards::{Finding, Place};

/// The stand-in for the name of each of several domains.
const ANY: &str = "<domain>";

/// A finding of several domains.
struct Group<'a> {
    /// The finding of the first domain, which stays as it is if no other domain has it.
    first: Finding,
    /// Its reason and its fix, with [`ANY`] in the place of the domain.
    reason: String,
    fix: String,
    domains: Vec<&'a Name>,
}

/// Joins the findings of one place that differ only in the name of their domain into one, which lists the
/// domains.
pub(crate) fn together<'a>(of: impl IntoIterator<Item = (&'a Name, Finding)>) -> Vec<Finding> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (domain, finding) in of {
        let general = |text: &str| text.replace(domain.as_str(), ANY);
        let (reason, fix) = (general(&finding.reason), general(&finding.fix));
        let same = groups.iter_mut().rev().find(|group| {
            group.first.rule == finding.rule
                && group.first.severity == finding.severity
                && matches!(finding.place, Place::File { .. })
                && group.first.place == finding.place
                && group.reason == reason
                && group.fix == fix
        });
        match same {
            Some(group) if group.domains.contains(&domain) => {}
            Some(group) => group.domains.push(domain),
            None => groups.push(Group {
                first: finding,
                reason,
                fix,
                domains: vec![domain],
            }),
        }
    }
    groups.into_iter().map(Group::finding).collect()
}

impl Group<'_> {
    fn finding(self) -> Finding {
        let count = self.domains.len();
        if count == 1 {
            return self.first;
        }
        // The list is never cut: each domain has to be fixed.
        let names: Vec<&str> = self.domains.iter().map(|name| name.as_str()).collect();
        Finding {
            reason: format!("{}; in {count} domains: {}", self.reason, names.join(", ")),
            fix: self.fix,
            ..self.first
        }
    }
}

#[cfg(test)]
mod tests {
    use standards::rules;

    use super::*;

    fn finding(line: usize, domain: &Name) -> Finding {
        let reason = format!("reports.example does not agree to reports on {domain}");
        let fix = format!("publish {domain}._report._dmarc.reports.example");
        let place = Place::File {
            path: "deploy.yaml".to_owned(),
            line,
            column: 3,
            text: String::new(),
        };
        Finding::new(rules::DMARC_22, reason)
            .fix(fix)
            .in_place(place)
    }

    fn names(count: usize) -> Vec<Name> {
        let name = |at| Name::parse(&format!("d{at}.example")).expect("a name");
        (0..count).map(name).collect()
    }

    #[test]
    fn one_place_is_told_once_with_its_domains() {
        let names = names(5);
        let found = together(names.iter().map(|name| (name, finding(7, name))));
        let [one] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(
            one.reason,
            "reports.example does not agree to reports on <domain>; in 5 domains: d0.example, \
             d1.example, d2.example, d3.example, d4.example"
        );
        assert_eq!(one.fix, "publish <domain>._report._dmarc.reports.example");
    }

    #[test]
    fn other_places_and_single_domains_are_told_as_they_are() {
        let names = names(2);
        let place = |at: usize| (&names[at], finding(at, &names[at]));
        let all = vec![place(0), place(1)];
        let told = together(all.clone());
        let as_they_are: Vec<Finding> = all.into_iter().map(|(_, finding)| finding).collect();
        assert_eq!(told, as_they_are);
    }
}
