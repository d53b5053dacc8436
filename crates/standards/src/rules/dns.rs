//! Rules of DNS itself, which every other standard here stands on.

crate::rules! {
    DNS_01 "DNS-01" Error Lint by "standards::dns"
        "A TXT character string holds at most 255 octets, and a split value loses no byte"
        why "Receivers join the strings with nothing between them: one space too many or too few changes the policy they read."
        fix "split the value at 255 octets without adding or dropping anything"
        source "RFC 1035 §3.3; RFC 7208 §3.3; RFC 6376 §3.6.2.2; RFC 9989 §4.5; RFC 8461 §3.1";
    DNS_02 "DNS-02" Error Lint by "standards::dns"
        "Policy records are plain ASCII without control characters"
        why "A curly quote or a no-break space pasted from a document makes receivers discard the record, and it looks right on screen."
        fix "retype the offending character in plain ASCII"
        source "RFC 7208 §3.1; RFC 8461 §3.1; RFC 6376 §3.2";
    DNS_03 "DNS-03" Error Lint by "standards::dns"
        "The value carries no zone-file escapes: no `\\;` and no quotes around it"
        why "Escapes belong to a zone file. Pasted into an API or a form they become part of the record, which then parses as nothing."
        fix "remove the backslashes and the surrounding quotes"
        source "RFC 9989 §4.8";
    DNS_04 "DNS-04" Error Lookup by "standards::dns"
        "A name with a CNAME carries nothing else"
        why "A CNAME speaks for every type at its name: TXT and MX beside it vanish, and most servers refuse the zone."
        fix "move the record to the CNAME's target, or remove the CNAME"
        source "RFC 1034 §3.6.2";
    DNS_05 "DNS-05" Error Lint by "standards::dns"
        "Labels have at most 63 octets, names 253, and international names are A-labels"
        why "A longer name cannot be asked for, and a name in Unicode is not what resolvers and mail servers look up."
        fix "shorten the name, or write it in its `xn--` form"
        source "RFC 7208 §4.3; RFC 8461 §3.2; RFC 8616";
    DNS_06 "DNS-06" Warn Lookup by "standards::dns"
        "No wildcard answers for the policy names that are not published"
        why "A wildcard TXT or CNAME answers for `_dmarc` and its kin too, and receivers take its text for a policy."
        fix "publish the name explicitly, or narrow the wildcard"
        source "RFC 7208 §3.5; RFC 9989 §4.10";
    DNS_07 "DNS-07" Error Lookup by "standards::dns"
        "There is one record of a protocol at a name"
        why "Every protocol here treats two records as none, or as a permanent error: both policies are lost."
        fix "merge the two into one, and remove the other"
        source "RFC 7208 §4.5; RFC 8461 §3.1; RFC 8460 §3; RFC 9989 §4.10; BIMI §7.2";
    DNS_08 "DNS-08" Error Lookup by "standards::dns"
        "The hosted zone is the one that the parent delegates to"
        why "Records written to a zone that nobody is sent to are never seen."
        fix "name the hosted zone whose name servers the parent lists, or correct the delegation"
        source "operational";
    DNS_09 "DNS-09" Warn Lookup by "standards::dns"
        "The TTL of a record that will change fits the change window"
        why "Receivers keep the old value for the whole TTL, so that old and new are in use side by side for that long."
        fix "lower the TTL first, and wait for the old one to pass"
        source "RFC 8461 §8.1";
    DNS_10 "DNS-10" Error Lint by "standards::dns"
        "A name carries its domain once"
        why "`_dmarc.example.com.example.com` is what a control panel makes of a full name without a final dot; nobody looks there."
        fix "remove the repeated domain"
        source "operational";
    DNS_11 "DNS-11" Error Lint by "standards::dns"
        "A TXT value fits Route 53: 255 octets a string, 4,000 characters a value"
        why "Route 53 refuses the whole change batch when one value is too long."
        fix "shorten the value"
        source "Route 53 quotas";
    DNS_12 "DNS-12" Warn Lookup by "verify"
        "A signed zone validates"
        why "With a DS at the parent and broken signatures below it, every look-up fails for receivers that validate."
        fix "re-sign the zone or remove the DS record at the registrar"
        source "RFC 4035; RFC 7208 §4.4";
    DNS_13 "DNS-13" Error Lookup by "standards::dns::caa"
        "CAA lets the certificate authority issue for the host"
        why "Certificate authorities must refuse when CAA does not list them: the certificate never comes and HTTPS stays down."
        fix "add `0 issue \"amazon.com\"` to the CAA record set that applies to the host"
        source "RFC 8659; ACM: configure a CAA record";
    DNS_14 "DNS-14" Warn Lookup by "standards::dns::caa"
        "Where CAA has `issuevmc`, it lists the issuer of the mark certificate"
        why "The mark certificate cannot be ordered or renewed until it does."
        fix "add the issuer with `0 issuevmc` before ordering"
        source "Minimum Security Requirements for Issuance of Mark Certificates";
}
