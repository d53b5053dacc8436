//! The changes that a run did not end, as text. Those that are equal in several domains are said once.

use anstyle::Style;

use crate::page::{Page, Part};
use crate::{Detail, Palette, alike};

/// A change that a run did not end.
#[derive(Clone, Debug)]
pub struct Unfinished<'a> {
    /// Its domain.
    pub domain: &'a str,
    /// Its end: `waiting: create route53_record_set/example.com/mx`.
    pub what: String,
    /// The reasons, or what ended with it, a line each.
    pub below: Vec<String>,
    /// AWS's id of the request that failed, which is another for each of several equal failures.
    pub request: Option<String>,
}

impl Unfinished<'_> {
    /// Its lines, of whichever domain.
    fn anywhere(&self) -> Self {
        let general = |text: &String| text.replace(self.domain, alike::ANY);
        Self {
            what: general(&self.what),
            below: self.below.iter().map(general).collect(),
            ..self.clone()
        }
    }

    fn show(&self, page: &mut Page<'_>) {
        let plain = Style::new();
        page.folded(2, &Part(plain, ""), &Part(plain, &self.what));
        for (at, line) in self.below.iter().enumerate() {
            let request = self.request.as_ref().filter(|_| at + 1 == self.below.len());
            let line = match request {
                Some(request) => format!("{line}, request {request}"),
                None => line.clone(),
            };
            page.folded(6, &Part(plain, ""), &Part(plain, &line));
        }
    }
}

/// The changes that a run did not end, each with its reason.
pub fn unfinished_text(unfinished: &[Unfinished<'_>], detail: Detail, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    let keyed = unfinished.iter().enumerate().map(|(at, one)| {
        let anywhere = one.anywhere();
        let key = match detail {
            Detail::Brief => format!("{} {:?}", anywhere.what, anywhere.below),
            Detail::Full => at.to_string(),
        };
        (one.domain, key, (one, anywhere))
    });
    for (domains, (one, anywhere)) in alike::together(keyed) {
        if let [_] = domains.as_slice() {
            one.show(&mut page);
            continue;
        }
        anywhere.show(&mut page);
        let beside = format!("  {}", alike::UNFOLD);
        let room = palette.width.saturating_sub(6 + 3 + beside.chars().count());
        let title = format!("in {}", alike::title(&domains, room));
        page.line(
            6,
            &[Part(Style::new(), &title), Part(palette.faint, &beside)],
        );
    }
    page.finish()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn waiting(domain: &str) -> Unfinished<'_> {
        Unfinished {
            domain,
            what: format!("waiting: publish route53_record_set/{domain}/mx"),
            below: vec![format!("for somebody to publish {domain} MX")],
            request: None,
        }
    }

    fn failed<'a>(domain: &'a str, request: &str) -> Unfinished<'a> {
        Unfinished {
            domain,
            what: format!("failed: create ses_identity/{domain}/web.us-east-1"),
            below: vec![
                "in web: AccessDenied: not \u{1b}[2J authorized (ses:CreateEmailIdentity)"
                    .to_owned(),
            ],
            request: Some(request.to_owned()),
        }
    }

    #[test]
    fn equal_ends_in_several_domains_are_said_once() {
        let all = [
            waiting("a.example"),
            failed("a.example", "1"),
            waiting("b.example"),
            failed("b.example", "2"),
            waiting("c.example"),
        ];
        let text = |detail| unfinished_text(&all, detail, &Palette::plain().in_columns(80));
        assert_snapshot!(text(Detail::Brief));
        assert_snapshot!(text(Detail::Full));
    }
}
