//! Rules of MX, null MX and DANE.

crate::rules! {
    MX_01 "MX-01" Error Lint by "standards::dns::mx"
        "A null MX is `0 .` and stands alone"
        why "Beside other records it is undefined: some senders deliver, some refuse."
        fix "keep the null MX alone, or remove it"
        source "RFC 7505 §3";
    MX_02 "MX-02" Error Lint by "standards::dns::mx"
        "A domain that sends has no null MX"
        why "Receivers may refuse mail from an address that cannot receive the answer or the bounce."
        fix "give the domain an MX, or send from another domain"
        source "RFC 7505 §4.2";
    MX_03 "MX-03" Error Lint by "standards::dns::mx"
        "An MX names a host, not an address and not an alias"
        why "Senders cannot deliver to an address in an MX, and may refuse an alias."
        fix "name a host that has A or AAAA records"
        source "RFC 5321 §5.1; RFC 2181 §10.3";
    MX_04 "MX-04" Warn Lint by "standards::dns::mx"
        "A domain with a null MX has no MTA-STS policy in testing or enforce"
        why "There is nothing to protect; the policy only costs senders a fetch."
        fix "remove the `mta_sts` block"
        source "RFC 8461 §3.2";
    MX_05 "MX-05" Error Lint by "manifest::lint"
        "An SES inbound host is of a region that receives, with identity and receipt rules"
        why "SES refuses mail for a domain that it was not told to receive in that region."
        fix "use `inbound-smtp.REGION.amazonaws.com` of a region with receiving"
        source "SES: regions and email receiving";
    MX_06 "MX-06" Warn Lookup by "standards::dns::mx"
        "Inbound hosts of two SES regions have receipt rules in both"
        why "Mail that arrives in the region without rules is refused."
        fix "copy the receipt rules, or name one region"
        source "SES: regions and email receiving";
    MX_07 "MX-07" Error Lookup by "standards::dns::mx"
        "A MAIL FROM subdomain does not receive mail"
        why "SES needs its MX for bounces; another MX there breaks the MAIL FROM."
        fix "receive under another name"
        source "SES: custom MAIL FROM";

    DANE_01 "DANE-01" Error Live by "verify"
        "Where TLSA exists for a mail host, its zone validates and its certificate matches"
        why "Senders with DANE do not deliver otherwise, and MTA-STS does not override that."
        fix "correct or remove the TLSA record"
        source "RFC 8461 §2; RFC 7672";
    DANE_02 "DANE-02" Error Lint lib "standards::dns::mx"
        "No TLSA is declared for a mail host that a provider owns"
        why "TLSA lives in the host's zone and follows its certificate; neither is ours."
        fix "remove it; the provider publishes TLSA or nobody does"
        source "RFC 7672 §2";
    DANE_03 "DANE-03" Error Order not "deploy publishes no TLSA record, so there is none to roll over"
        "A new TLSA is published before its certificate, and the old one kept for a TTL"
        why "Senders that see only one of the two refuse to deliver."
        fix "publish both TLSA records during the change"
        source "RFC 7672 §8";
}
