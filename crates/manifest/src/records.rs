//! The records and the policy that blocks ask for, as the standards' own types.
//!
//! What is checked and what is published come from here, so that they can't differ.

use standards::bimi::{AvatarPreference, Bimi as BimiRecord, BimiError, HttpsUri};
use standards::dmarc::{self, FailureOption, ReportTarget};
use standards::dns::Name;
use standards::mail_uri::ReportUri;
use standards::mta_sts::{MaxAge, Mode, MtaStsPolicy, PolicyError};
use standards::tls_rpt::{TlsRpt as TlsRptRecord, TlsRptError};

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
}

impl Spf {
    /// The text of the record.
    pub fn text(&self) -> String {
        if let Some(record) = &self.record {
            return record.to_string();
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
        let mut terms = vec!["v=spf1".to_owned()];
        for (mechanism, arguments) in groups {
            terms.extend(arguments.iter().map(|argument| term(mechanism, argument)));
        }
        let all = all
            .as_deref()
            .copied()
            .or(redirect.is_none().then_some(SpfAll::Softfail));
        terms.extend(all.map(|all| match all {
            SpfAll::Fail => "-all".to_owned(),
            SpfAll::Softfail => "~all".to_owned(),
            SpfAll::Neutral => "?all".to_owned(),
            SpfAll::Pass => "+all".to_owned(),
        }));
        terms.extend(redirect.iter().map(|domain| format!("redirect={domain}")));
        terms.join(" ")
    }
}

/// One mechanism. `@` stands for the domain itself, which the record leaves out: `mx`, `a/24`.
fn term(mechanism: &str, argument: &SpfArgument) -> String {
    let argument = argument.as_str();
    match argument.strip_prefix('@').unwrap_or(argument) {
        "" => mechanism.to_owned(),
        prefix if prefix.starts_with('/') => format!("{mechanism}{prefix}"),
        argument => format!("{mechanism}:{argument}"),
    }
}
