//! The evaluation of one message: from the policy to the disposition (RFC 9989 §5.3).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::discovery::{Discovery, Records};
use super::{Alignment, Policy};
use crate::dns::{Name, NoAnswer, Resolver};

/// The domains that a message is authenticated for.
///
/// ```
/// use standards::dmarc::Identifiers;
///
/// let of_message = Identifiers {
///     spf: Some("bounces.example.com".parse()?),
///     dkim: vec!["example.com".parse()?],
/// };
/// # Ok::<(), standards::dns::NameError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identifiers {
    /// The domain that SPF passed for: that of MAIL FROM, or of HELO in a bounce.
    pub spf: Option<Name>,
    /// The domain (`d=`) of each signature of DKIM that is valid.
    pub dkim: Vec<Name>,
}

/// The result of DMARC, by the words of Authentication-Results (RFC 7489 §11.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// No policy applies to the author's domain.
    None,
    /// An authenticated domain is aligned with the author's.
    Pass,
    /// No authenticated domain is.
    Fail,
    /// DNS did not answer what decides; another time it may.
    TempError,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::TempError => "temperror",
        })
    }
}

/// The verdict of DMARC on a message, and its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The result.
    pub outcome: Outcome,
    /// The treatment that the domain asks receivers for: none unless the message failed.
    pub disposition: Policy,
    /// The policy and where it was found, unless DNS did not answer.
    pub discovery: Option<Discovery>,
    /// Whether the domain of SPF is aligned with the author's.
    pub spf_aligned: bool,
    /// The domains of DKIM that are.
    pub dkim_aligned: Vec<Name>,
    /// The questions that DNS did not answer.
    pub unanswered: Vec<NoAnswer>,
}

/// The result, and what decided: `fail (p=reject of example.com)`.
impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcome.fmt(f)?;
        let applies = self.discovery.as_ref().and_then(|one| one.applies.as_ref());
        match (self.outcome, applies, self.unanswered.first()) {
            (Outcome::TempError, _, Some(error)) => write!(f, " ({error})"),
            (Outcome::Pass | Outcome::Fail, Some(found), _) => {
                write!(f, " (p={} of {})", found.record.policy, found.domain)
            }
            _ => Ok(()),
        }
    }
}

/// Evaluates a message of `author`, the domain of its From field, with these `identifiers`.
///
/// Each name of the tree walks is asked for once, and a parent that does not answer makes the
/// result uncertain only where the answer would have decided.
///
/// ```
/// use standards::dmarc::{Identifiers, Outcome, Policy, evaluate};
/// use standards::dns::MemoryResolver;
///
/// let dns = MemoryResolver::parse(r#"_dmarc.example.com. TXT "v=DMARC1; p=reject; sp=quarantine""#)?;
/// let nobody = Identifiers::default();
/// # futures::executor::block_on(async {
/// let author = "news.example.com".parse().expect("a name");
/// let found = evaluate(&author, &nobody, &dns).await;
/// assert_eq!((found.outcome, found.disposition), (Outcome::Fail, Policy::Quarantine));
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub async fn evaluate<R: Resolver>(
    author: &Name,
    identifiers: &Identifiers,
    resolver: &R,
) -> Evaluation {
    let mut records = Records::of(resolver);
    let mut evaluation = Evaluation {
        outcome: Outcome::None,
        disposition: Policy::None,
        discovery: None,
        spf_aligned: false,
        dkim_aligned: Vec::new(),
        unanswered: Vec::new(),
    };
    let discovery = match records.walk(author).await.discovery() {
        Ok(discovery) => discovery,
        Err(error) => {
            evaluation.outcome = Outcome::TempError;
            evaluation.unanswered.push(error);
            return evaluation;
        }
    };
    if let Some(found) = &discovery.applies {
        if let Some(domain) = &identifiers.spf {
            let alignment = found.record.spf_alignment;
            let aligned = is_aligned(&mut records, &discovery, alignment, domain).await;
            evaluation.spf_aligned = evaluation.count(aligned);
        }
        for domain in &identifiers.dkim {
            let alignment = found.record.dkim_alignment;
            let aligned = is_aligned(&mut records, &discovery, alignment, domain).await;
            if evaluation.count(aligned) {
                evaluation.dkim_aligned.push(domain.clone());
            }
        }
        evaluation.outcome = if evaluation.spf_aligned || !evaluation.dkim_aligned.is_empty() {
            Outcome::Pass
        } else if evaluation.unanswered.is_empty() {
            Outcome::Fail
        } else {
            Outcome::TempError
        };
    }
    if evaluation.outcome == Outcome::Fail {
        match disposition(&discovery, resolver).await {
            Ok(policy) => evaluation.disposition = policy,
            Err(error) => {
                evaluation.outcome = Outcome::TempError;
                evaluation.unanswered.push(error);
            }
        }
    }
    evaluation.discovery = Some(discovery);
    evaluation
}

impl Evaluation {
    /// Whether a domain is aligned; what is not known is kept apart.
    fn count(&mut self, aligned: Result<bool, NoAnswer>) -> bool {
        aligned.unwrap_or_else(|error| {
            self.unanswered.push(error);
            false
        })
    }
}

/// Whether the domain `authenticated` is aligned with the author's (RFC 9989 §4.10.2).
async fn is_aligned<R: Resolver>(
    records: &mut Records<'_, R>,
    discovery: &Discovery,
    alignment: Alignment,
    authenticated: &Name,
) -> Result<bool, NoAnswer> {
    let author = &discovery.author;
    if author == authenticated || alignment == Alignment::Strict {
        return Ok(author == authenticated);
    }
    // Domains that share no label have no organization in common, whatever DNS says.
    if author.labels().next_back() != authenticated.labels().next_back() {
        return Ok(false);
    }
    let organization = discovery.organizational_domain.clone()?;
    let other = records.walk(authenticated).await;
    Ok(other.organizational_domain()? == organization)
}

/// The policy for the author's domain; whether that exists is asked only where it matters.
async fn disposition<R: Resolver>(discovery: &Discovery, resolver: &R) -> Result<Policy, NoAnswer> {
    let of = |exists| discovery.effective_policy(exists).unwrap_or(Policy::None);
    if of(true) == of(false) {
        return Ok(of(true));
    }
    Ok(of(resolver.exists(&discovery.author).await?))
}
