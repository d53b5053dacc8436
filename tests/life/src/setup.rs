//! The manifest of a life, as data that is drawn and made smaller, and its YAML.

use std::fmt::Write as _;

use crate::kept;

/// The names that domains are drawn from. One is below another: a subdomain.
pub const NAMES: [&str; 4] = [
    "example.com",
    "example.net",
    "mail.example.com",
    "example.org",
];

/// The names that parked domains are drawn from.
pub const PARKED: [&str; 2] = ["example-old.com", "example-typo.com"];

/// The accounts that have hosted zones.
pub const DNS_ACCOUNTS: [(&str, &str); 2] = [("dns", "111111111111"), ("dns2", "555555555555")];

/// The accounts that host.
pub const WEB_ACCOUNTS: [(&str, &str); 2] = [("web", "222222222222"), ("web2", "666666666666")];

/// The accounts that send.
pub const MAIL_ACCOUNTS: [(&str, &str); 2] = [("mail", "333333333333"), ("mail2", "444444444444")];

/// The number that the first of these accounts has where it is renumbered: the name of another account.
pub const RENUMBERED: &str = "777777777777";

/// The name under which the account of the other number is declared.
const FORMER: &str = "mail-former";

/// The regions of buckets and of SES.
pub const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

/// The name of the role in every account.
pub const ROLE: &str = "mail-deploy";

/// The host that mail for every domain goes to.
pub const MAIL_HOST: &str = "mx.hosts.example";

/// The content of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// The domains, in the order of their names.
    pub domains: Vec<Domain>,
    /// The parked domains, as positions in [`PARKED`].
    pub parked: Vec<usize>,
    /// Whether the first account that sends is another one, under the same name.
    pub renumbered: bool,
    /// Whether the account that had this name is declared too, as long as something of ours is there.
    pub declares_former: bool,
    /// Whether the ledger is in a bucket, and not in memory. No life moves it.
    pub in_bucket: bool,
}

/// The place of a domain's DNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dns {
    /// In the hosted zone of this account, a position in [`DNS_ACCOUNTS`].
    Account(usize),
    /// On somebody else's servers.
    Manual,
}

/// One domain.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a property of a manifest that is drawn and taken away by itself"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// A position in [`NAMES`].
    pub name: usize,
    /// The place of its DNS.
    pub dns: Dns,
    /// The time to live of its records, in minutes.
    pub ttl: u32,
    /// Whether the manifest names the MX, which is the published one.
    pub mx: bool,
    /// The place that its files are served from.
    pub hosting: Option<Hosting>,
    /// Whether it has a logo.
    pub bimi: bool,
    /// Its MTA-STS policy.
    pub sts: Option<Sts>,
    /// Whether it asks for TLS reports.
    pub tls_rpt: bool,
    /// Its DMARC policy: `none`, `quarantine` or `reject`.
    pub dmarc: Option<&'static str>,
    /// The end of its SPF record: `softfail` or `fail`.
    pub spf: Option<&'static str>,
    /// The instances that send for it.
    pub ses: Vec<Instance>,
    /// Whether it has an SPF and a DMARC record before the program comes, and the manifest takes them
    /// over.
    pub adopts: bool,
}

/// A place that files are served from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hosting {
    /// A position in [`WEB_ACCOUNTS`].
    pub account: usize,
    /// A position in [`REGIONS`].
    pub region: usize,
    /// Whether the host of the logo has another name than usual.
    pub renamed: bool,
    /// Whether the files are in buckets that domains of the account and region share.
    pub shared: bool,
}

/// An MTA-STS policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sts {
    /// `testing` or `enforce`.
    pub mode: &'static str,
    /// In days.
    pub max_age: u32,
}

/// How an instance signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// With keys that SES makes, of this length.
    Easy(u32),
    /// With a key that was brought.
    Brought,
}

/// An Amazon SES instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// A position in [`MAIL_ACCOUNTS`].
    pub account: usize,
    /// A position in [`REGIONS`].
    pub region: usize,
    /// Whether it has a MAIL FROM. Instances of one region share its name.
    pub mail_from: bool,
    /// Whether it refuses to send without the MAIL FROM's MX.
    pub reject: bool,
    /// Whether the legacy token is published.
    pub token: bool,
    /// How it signs.
    pub signing: Signing,
    /// The configuration set that it names: a shared one or its own.
    pub set: Option<Set>,
}

/// Which configuration set an instance names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// One that every domain of the account and region names.
    Shared,
    /// One of the domain alone.
    Own,
}

impl Domain {
    /// A domain for which the manifest asks for nothing yet.
    pub fn bare(name: usize) -> Self {
        Self {
            name,
            dns: Dns::Account(0),
            ttl: 5,
            mx: false,
            hosting: None,
            bimi: false,
            sts: None,
            tls_rpt: false,
            dmarc: None,
            spf: None,
            ses: Vec::new(),
            adopts: false,
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        NAMES[self.name]
    }
}

impl Setup {
    /// The domain of this name.
    pub fn domain(&self, name: usize) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.name == name)
    }

    /// The number of an account that sends, a position in [`MAIL_ACCOUNTS`].
    pub fn mail_account(&self, position: usize) -> &'static str {
        if position == 0 && self.renumbered {
            RENUMBERED
        } else {
            MAIL_ACCOUNTS[position].1
        }
    }

    /// The place of an instance: the number of its account, and its region.
    pub fn place(&self, instance: &Instance) -> String {
        let account = self.mail_account(instance.account);
        format!("{account}/{}", REGIONS[instance.region])
    }

    /// The accounts of the manifest, by name and number.
    fn accounts(&self) -> Vec<(&'static str, &'static str)> {
        let mut accounts = [DNS_ACCOUNTS, WEB_ACCOUNTS].concat();
        let sending = MAIL_ACCOUNTS.iter().enumerate();
        accounts.extend(sending.map(|(position, (name, _))| (*name, self.mail_account(position))));
        if self.declares_former {
            let former = if self.renumbered {
                MAIL_ACCOUNTS[0].1
            } else {
                RENUMBERED
            };
            accounts.push((FORMER, former));
        }
        if self.in_bucket {
            accounts.push(kept::ACCOUNT);
        }
        accounts
    }

    /// The manifest.
    pub fn yaml(&self) -> String {
        let mut text = "project: life\naccounts:\n".to_owned();
        for (name, id) in self.accounts() {
            put(
                &mut text,
                &format!("  {name}: {{ id: \"{id}\", role: {ROLE} }}"),
            );
        }
        if self.in_bucket {
            put(&mut text, &kept::yaml());
        }
        if !self.parked.is_empty() {
            let names: Vec<&str> = self.parked.iter().map(|&name| PARKED[name]).collect();
            put(&mut text, "defaults:\n  dns: { route53: { account: dns } }");
            put(&mut text, &format!("parked: [{}]", names.join(", ")));
        }
        if !self.domains.is_empty() {
            put(&mut text, "domains:");
        }
        for domain in &self.domains {
            domain.put(&mut text);
        }
        text
    }
}

fn put(text: &mut String, line: &str) {
    // Writing into a string can't fail.
    let _ = writeln!(text, "{line}");
}

impl Domain {
    fn put(&self, text: &mut String) {
        let name = self.name();
        put(text, &format!("  {name}:"));
        match self.dns {
            Dns::Manual => put(text, "    dns: manual"),
            Dns::Account(account) => {
                let account = DNS_ACCOUNTS[account].0;
                put(
                    text,
                    &format!("    dns: {{ route53: {{ account: {account} }} }}"),
                );
            }
        }
        put(text, &format!("    ttl: {}m", self.ttl));
        if self.adopts {
            put(text, "    adopt: true");
        }
        if self.mx {
            put(text, &format!("    mx: [10 {MAIL_HOST}]"));
        }
        if let Some(hosting) = self.hosting {
            let (account, region) = (WEB_ACCOUNTS[hosting.account].0, REGIONS[hosting.region]);
            let host = if hosting.renamed {
                ", assets_host: brand"
            } else {
                ""
            };
            let shared = if hosting.shared { ", shared: true" } else { "" };
            put(
                text,
                &format!("    hosting: {{ account: {account}, region: {region}{host}{shared} }}"),
            );
        }
        if self.bimi {
            put(text, "    bimi: { logo: logo.svg }");
        }
        if let Some(Sts { mode, max_age }) = self.sts {
            put(
                text,
                &format!("    mta_sts: {{ mode: {mode}, max_age: {max_age}d }}"),
            );
        }
        if self.tls_rpt {
            put(
                text,
                &format!("    tls_rpt: {{ rua: [\"mailto:tls@{name}\"] }}"),
            );
        }
        if let Some(policy) = self.dmarc {
            put(
                text,
                &format!("    dmarc: {{ p: {policy}, rua: [\"mailto:d@{name}\"] }}"),
            );
        }
        if let Some(all) = self.spf {
            put(
                text,
                &format!("    spf: {{ include: [amazonses.com], all: {all} }}"),
            );
        }
        if !self.ses.is_empty() {
            put(text, "    ses:");
        }
        for (number, instance) in self.ses.iter().enumerate() {
            put(
                text,
                &format!("      - {{ {} }}", instance.yaml(self.name, number)),
            );
        }
    }
}

impl Instance {
    /// The label of its MAIL FROM. The MX of a MAIL FROM names a region, so each has its own.
    pub fn label(&self) -> String {
        format!("bounce{}", self.region)
    }

    fn yaml(&self, domain: usize, number: usize) -> String {
        let (account, region) = (MAIL_ACCOUNTS[self.account].0, REGIONS[self.region]);
        let mut text = format!("account: {account}, region: {region}");
        if self.mail_from {
            let _ = write!(text, ", mail_from: {}", self.label());
        }
        if self.mail_from && self.reject {
            text.push_str(", on_mx_failure: reject");
        }
        if self.token {
            text.push_str(", domain_token: true");
        }
        match self.signing {
            Signing::Easy(2048) => {}
            Signing::Easy(bits) => {
                let _ = write!(text, ", dkim: {{ easy: {{ key_length: \"{bits}\" }} }}");
            }
            Signing::Brought => {
                let _ = write!(
                    text,
                    ", dkim: {{ byo: {{ selector: own{number}, private_key: key.pem }} }}"
                );
            }
        }
        match self.set {
            None => {}
            Some(Set::Shared) => text.push_str(", configuration_set: { name: bulk }"),
            Some(Set::Own) => {
                let _ = write!(text, ", configuration_set: {{ name: set-{domain} }}");
            }
        }
        text
    }
}
