//! The records and the policy that blocks ask for, as the standards' own types.
//!
//! What is checked and what is published come from here, so that they can't differ.

use standards::bimi::{AvatarPreference, Bimi as BimiRecord, BimiError, HttpsUri};
use standards::dmarc::{self, FailureOption, ReportTarget};
use standards::dns::Name;
use standards::mail_uri::ReportUri;
use standards::mta_sts::{MaxAge, Mode, MtaStsPolicy, PolicyError};
use standards::tls_rpt::{TlsRpt as TlsRptRecord, TlsRptError};

use crate::composed::Composed;
use crate::domain::{Avatar, Bimi};
use crate::mail::{
    Alignment, Dmarc, DmarcPolicy, MtaSts, MtaStsMode, Psd, Spf, SpfAll, TlsRpt, YesNo,
};
use crate::position::Located;
use crate::values::SpfArgument;

impl From<DmarcPolicy> for dmarc::Policy {
    fn from(policy: DmarcPolicy) -> Self {
        match policy {
            DmarcPolicy::None => Self::None,
            DmarcPolicy::Quarantine => Self::Quarantine,
            DmarcPolicy::Reject => Self::Reject,
        }
    }
}

impl From<MtaStsMode> for Mode {
    fn from(mode: MtaStsMode) -> Self {
        match mode {
            MtaStsMode::Enforce => Self::Enforce,
            MtaStsMode::Testing => Self::Testing,
            MtaStsMode::None => Self::None,
        }
    }
}

impl Dmarc {
    /// The record with the values that it is made of.
    pub(crate) fn composed(&self) -> Composed<'_> {
        let mut record = Composed::starting(self.record().to_string());
        record.mark("; p=", Some(&self.p));
        record.mark("; sp=", self.sp.as_ref());
        record.mark("; np=", self.np.as_ref());
        record.mark("; adkim=", self.adkim.as_ref());
        record.mark("; aspf=", self.aspf.as_ref());
        record.mark("; t=", self.t.as_ref());
        record.mark("; psd=", self.psd.as_ref());
        record.mark("; fo=", self.fo.as_ref());
        record.mark_list("; rua=", &self.rua);
        record.mark_list("; ruf=", &self.ruf);
        record
    }

    /// The record of `_dmarc`.
    pub fn record(&self) -> dmarc::Dmarc {
        let alignment = |said: &Option<Located<Alignment>>| match said.as_deref() {
            Some(Alignment::Strict) => dmarc::Alignment::Strict,
            Some(Alignment::Relaxed) | None => dmarc::Alignment::Relaxed,
        };
        let targets = |uris: &[Located<ReportUri>]| {
            uris.iter()
                .map(|uri| ReportTarget::from(uri.value.clone()))
                .collect()
        };
        dmarc::Dmarc {
            subdomain_policy: self.sp.as_deref().copied().map(Into::into),
            nonexistent_policy: self.np.as_deref().copied().map(Into::into),
            dkim_alignment: alignment(&self.adkim),
            spf_alignment: alignment(&self.aspf),
            testing: self.t.as_deref() == Some(&YesNo::Yes),
            psd: match self.psd.as_deref() {
                Some(Psd::Yes) => dmarc::Psd::Yes,
                Some(Psd::No) => dmarc::Psd::No,
                Some(Psd::Unknown) | None => dmarc::Psd::Unknown,
            },
            failure_options: self
                .fo
                .iter()
                .flat_map(|options| failure_options(options.as_str()))
                .collect(),
            rua: targets(&self.rua),
            ruf: targets(&self.ruf),
            ..dmarc::Dmarc::new(self.p.value.into())
        }
    }
}

/// The options in a text that only has known ones.
fn failure_options(text: &str) -> impl Iterator<Item = FailureOption> + '_ {
    let known = [
        FailureOption::All,
        FailureOption::Any,
        FailureOption::Dkim,
        FailureOption::Spf,
    ];
    known
        .into_iter()
        .filter(move |option| text.split(':').any(|said| said == option.as_str()))
}

impl TlsRpt {
    /// The record with the values that it is made of, if they make one.
    pub(crate) fn composed(&self) -> Option<Composed<'_>> {
        let mut record = Composed::starting(self.record().ok()?.to_string());
        record.mark_list("; rua=", &self.rua);
        Some(record)
    }

    /// The record of `_smtp._tls`.
    pub fn record(&self) -> Result<TlsRptRecord, TlsRptError> {
        TlsRptRecord::new(self.rua.iter().map(|uri| uri.value.clone()).collect())
    }
}

impl Bimi {
    /// The record of `<selector>._bimi` for files served at these addresses.
    pub fn record(
        &self,
        logo: HttpsUri,
        certificate: Option<HttpsUri>,
    ) -> Result<BimiRecord, BimiError> {
        let record = if self.decline.value {
            BimiRecord::declination()
        } else {
            BimiRecord::new(logo, certificate)?
        };
        let record = match self.avp.as_deref() {
            Some(Avatar::Personal) => record.with_avatar(AvatarPreference::Personal),
            Some(Avatar::Brand) | None => record,
        };
        // Their characters are the same, so every prefix that was read is one for the record.
        let prefixes: Vec<_> = self
            .lps
            .iter()
            .filter_map(|part| part.as_str().parse().ok())
            .collect();
        Ok(if prefixes.is_empty() {
            record
        } else {
            record.with_local_parts(prefixes)
        })
    }
}

/// Why an MTA-STS block has no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MtaStsFault {
    /// The file is not a policy; lint says why.
    #[error("`{0}` is not an MTA-STS policy")]
    File(String),
    /// The keys don't make one.
    #[error("these keys make no policy")]
    Keys(#[from] PolicyError),
    /// Senders keep a policy for a year at most.
    #[error("`max_age` is longer than a year")]
    MaxAge,
}

impl MtaSts {
    /// The policy, and the bytes that serve it: those of the file, or the canonical ones.
    ///
    /// `mx_hosts` are the domain's MX hosts, declared or found, for a block that has no `mx` of its own.
    pub fn policy<'a>(
        &self,
        mx_hosts: impl IntoIterator<Item = &'a Name>,
    ) -> Result<(MtaStsPolicy, Vec<u8>), MtaStsFault> {
        if let Some(file) = &self.policy {
            let (policy, _) = MtaStsPolicy::parse(&file.bytes);
            let policy = policy.ok_or_else(|| MtaStsFault::File(file.path.clone()))?;
            return Ok((policy, file.bytes.to_vec()));
        }
        let mode: Mode = self
            .mode
            .as_deref()
            .map_or(Mode::None, |mode| (*mode).into());
        let max_age = match &self.max_age {
            Some(max_age) => MaxAge::from_seconds(max_age.seconds).ok_or(MtaStsFault::MaxAge)?,
            None => MaxAge::WEEK,
        };
        let policy = if self.mx.is_empty() {
            MtaStsPolicy::from_mx(mode, max_age, mx_hosts)?
        } else {
            let patterns = self
                .mx
                .iter()
                .map(|pattern| pattern.value.clone())
                .collect();
            MtaStsPolicy::new(mode, max_age, patterns)?
        };
        let bytes = policy.to_string().into_bytes();
        Ok((policy, bytes))
    }

    /// `policy`, which the keys make, with the values that it is made of.
    pub(crate) fn composed(&self, policy: &MtaStsPolicy) -> Composed<'_> {
        let mut text = Composed::starting(policy.to_string());
        text.mark("mode: ", self.mode.as_ref());
        for said in &self.mx {
            text.mark("mx: ", Some(said));
        }
        if let Some(said) = &self.max_age {
            text.mark_as("max_age: ", &said.seconds.to_string(), &said.position);
        }
        text
    }
}

impl Spf {
    /// The text of the record.
    pub fn text(&self) -> String {
        self.composed().text
    }

    /// The record with the values that it is made of.
    pub(crate) fn composed(&self) -> Composed<'_> {
        if let Some(record) = &self.record {
            return Composed::of(record);
        }
        let Self {
            include,
            ip4,
            ip6,
            a,
            mx,
            exists,
            redirect,
            all,
            record: _,
        } = self;
        // Networks come first: they cost receivers no look-up.
        let groups = [
            ("ip4", ip4),
            ("ip6", ip6),
            ("a", a),
            ("mx", mx),
            ("include", include),
            ("exists", exists),
        ];
        let mut record = Composed::starting("v=spf1");
        for (mechanism, arguments) in groups {
            for said in arguments {
                let (before, argument) = term(mechanism, said);
                record.push(&format!(" {before}"), argument, &said.position);
            }
        }
        match (all, redirect) {
            (Some(all), _) => record.push(all_term(all.value), "", &all.position),
            (None, Some(_)) => {}
            (None, None) => record.text.push_str(all_term(SpfAll::Softfail)),
        }
        if let Some(domain) = redirect {
            record.push(" redirect=", domain.as_str(), &domain.position);
        }
        record
    }
}

/// The term for all other hosts, and the space before it.
fn all_term(all: SpfAll) -> &'static str {
    match all {
        SpfAll::Fail => " -all",
        SpfAll::Softfail => " ~all",
        SpfAll::Neutral => " ?all",
        SpfAll::Pass => " +all",
    }
}

/// One mechanism, up to its argument and from there. `@` stands for the domain itself, which the
/// record leaves out: `mx`, `a/24`.
fn term<'a>(mechanism: &str, argument: &'a SpfArgument) -> (String, &'a str) {
    let argument = argument.as_str();
    let argument = argument.strip_prefix('@').unwrap_or(argument);
    let has_domain = !argument.is_empty() && !argument.starts_with('/');
    let colon = if has_domain { ":" } else { "" };
    (format!("{mechanism}{colon}"), argument)
}
