//! The SPF records of services that many domains include. The addresses in them are made up (RFC 5737):
//! what counts here is that the names can be resolved, as they can on the Internet.

use crate::dns::answers::Record;
use crate::dns_text::name::DnsName;

/// The time to live of such a record.
const TTL: u32 = 300;

/// The names that their services tell customers to include.
const NAMES: &[&str] = &[
    "_spf.google.com",
    "_spf.protonmail.ch",
    "_spf.salesforce.com",
    "mail.zendesk.com",
    "mailgun.org",
    "sendgrid.net",
    "servers.mcsv.net",
    "spf.brevo.com",
    "spf.mailjet.com",
    "spf.mandrillapp.com",
    "spf.messagingengine.com",
    "spf.mtasv.net",
    "spf.protection.outlook.com",
    "zohomail.com",
];

/// The records of such a name, none for other types than TXT; nothing for every other name.
pub(crate) fn records(name: &DnsName, rtype: &str) -> Option<Vec<Record>> {
    let name = name.plain();
    if !NAMES.contains(&name.as_str()) {
        return None;
    }
    let record = Record {
        name,
        rtype: rtype.to_owned(),
        ttl: TTL,
        value: "\"v=spf1 ip4:198.51.100.0/24 ~all\"".to_owned(),
    };
    Some(if rtype == "TXT" {
        vec![record]
    } else {
        Vec::new()
    })
}
