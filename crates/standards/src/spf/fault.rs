//! A fault that makes a part of a record unreadable.

use std::ops::Range;

use crate::rules::Rule;
use crate::{Edit, Finding};

/// The fault that makes a term unreadable: a finding at its place.
#[derive(Debug)]
pub(super) struct Fault(pub(super) Box<Finding>);

impl From<Finding> for Fault {
    fn from(finding: Finding) -> Self {
        Self(Box::new(finding))
    }
}

impl Fault {
    pub(super) fn new(rule: &'static Rule, span: Range<usize>, reason: impl Into<String>) -> Self {
        Finding::new(rule, reason).at(span).into()
    }

    /// The same fault, whose fix is `text` in the place of `span`.
    pub(super) fn meant(self, span: Range<usize>, text: &str, is_sure: bool) -> Self {
        let finding = self.0.fix(format!("write `{text}`"));
        let edit = Edit::replace(span, text);
        finding.with_meant(edit, is_sure).into()
    }
}
