//! Rules of SPF.

crate::rules! {
    SPF_01 "SPF-01" Error Lint lib "standards::spf"
        "SPF is published as TXT"
        why "The SPF record type (99) is withdrawn; receivers do not ask for it."
        fix "publish a TXT record"
        source "RFC 7208 §3.1";
    SPF_02 "SPF-02" Error Lookup | Live by "standards::spf"
        "One record at the name begins `v=spf1` followed by a space or the end"
        why "Receivers take two records as a permanent error, and one with a leading space or `v=spf10` as no record."
        fix "keep one record that starts with `v=spf1` and a space"
        source "RFC 7208 §3.2, §4.5";
    SPF_03 "SPF-03" Error Lint by "standards::spf"
        "Terms are separated by spaces and by nothing else"
        why "A tab, a comma or a line break joins two terms into one that receivers cannot read: a permanent error."
        fix "separate the terms by single spaces"
        source "RFC 7208 §4.5, §12";
    SPF_04 "SPF-04" Error Lint by "standards::spf"
        "Every term follows the grammar"
        why "One mistake anywhere makes the whole record a permanent error, whatever stands before it."
        fix "correct or remove the term"
        source "RFC 7208 §4.6";
    SPF_05 "SPF-05" Error Lint by "standards::spf"
        "Mechanisms are those of the RFC, with one of + - ~ ?; modifiers have no qualifier"
        why "An unknown mechanism is a permanent error: the record protects nothing and mail fails SPF."
        fix "use all, include, a, mx, ip4, ip6 or exists"
        source "RFC 7208 §4.6.1";
    SPF_06 "SPF-06" Error Lint by "standards::spf"
        "`ip4` and `ip6` hold a valid address, with a prefix length in bounds"
        why "A malformed address or a prefix like /33 or /08 is a permanent error."
        fix "write the network as address/prefix: 0 to 32 for ip4, 0 to 128 for ip6"
        source "RFC 7208 §5.6, §12";
    SPF_07 "SPF-07" Error Lint by "standards::spf"
        "`a` and `mx` take prefix lengths as /N, //M or /N//M, in bounds"
        why "Any other form is a permanent error."
        fix "write the IPv4 prefix after one slash and the IPv6 prefix after two"
        source "RFC 7208 §5.3, §5.4, §12";
    SPF_08 "SPF-08" Error Lint by "standards::spf"
        "`include`, `exists` and `redirect` name a domain with a real top label or a macro"
        why "A name that is missing, a single label or an IP address is a permanent error."
        fix "give the full domain name"
        source "RFC 7208 §5.2, §5.7, §6.1, §7.1";
    SPF_09 "SPF-09" Error Lint | Lookup by "standards::spf"
        "At most ten terms cause DNS look-ups, through all includes and redirects"
        why "Receivers stop at the eleventh with a permanent error, and the mail fails SPF."
        fix "remove includes that are not needed, or give a sender its own MAIL FROM subdomain"
        source "RFC 7208 §4.6.4";
    SPF_10 "SPF-10" Warn Lint | Lookup by "standards::spf"
        "Some of the ten look-ups are kept in reserve"
        why "With nine or ten in use, a change at a supplier breaks SPF without any change of yours."
        fix "free at least two look-ups"
        source "RFC 7208 §4.6.4";
    SPF_11 "SPF-11" Error Lookup by "standards::spf"
        "The look-ups of at most two terms come back empty"
        why "Receivers end with a permanent error at the third term whose name does not exist or has no such record."
        fix "remove the terms whose names no longer exist"
        source "RFC 7208 §4.6.4";
    SPF_12 "SPF-12" Error Lookup by "standards::spf"
        "No `mx` term leads to more than ten mail hosts"
        why "Receivers end with a permanent error after ten address look-ups for one `mx` term."
        fix "list the senders by ip4 and ip6"
        source "RFC 7208 §4.6.4";
    SPF_13 "SPF-13" Error Lookup by "standards::spf"
        "The target of every `include` has a valid SPF record"
        why "Including a domain without a record, or with a broken one, is a permanent error for the whole record."
        fix "remove the include or ask its owner to restore the record"
        source "RFC 7208 §5.2";
    SPF_14 "SPF-14" Error Lookup by "standards::spf"
        "The target of `redirect` has an SPF record"
        why "A redirect to nothing is a permanent error."
        fix "correct the redirect, or end the record with `~all`"
        source "RFC 7208 §6.1";
    SPF_15 "SPF-15" Error Lint | Lookup by "standards::spf"
        "Includes and redirects do not come back to where they were"
        why "A loop uses up the ten look-ups and ends in a permanent error."
        fix "remove the term that closes the loop"
        source "RFC 7208 §4.6.4";
    SPF_16 "SPF-16" Warn Lint by "standards::spf"
        "Nothing follows `all`, and `redirect` does not stand beside it"
        why "`all` always matches: what comes after it, and any redirect, is never evaluated."
        fix "move the terms before `all`, or remove them"
        source "RFC 7208 §5.1";
    SPF_17 "SPF-17" Error Lint by "standards::spf"
        "`redirect` and `exp` appear at most once each"
        why "A second one is a permanent error."
        fix "keep one"
        source "RFC 7208 §6";
    SPF_18 "SPF-18" Warn Lint by "standards::spf"
        "The record ends in `all` or `redirect`"
        why "Without either, senders that match nothing get a neutral result: the record refuses nobody."
        fix "end the record with `~all`, or `-all` for a domain without mail"
        source "RFC 7208 §4.7";
    SPF_19 "SPF-19" Error Lint by "standards::spf"
        "The record does not authorize the whole Internet"
        why "`+all` or a network as wide as /8 lets anybody send in your name and pass SPF, and with it DMARC."
        fix "list the networks that really send"
        source "RFC 7208 §5.1";
    SPF_20 "SPF-20" Warn Lint by "standards::spf"
        "The record does not end in `?all`"
        why "A neutral result tells receivers nothing: forged mail is treated as if there were no SPF."
        fix "use `~all`"
        source "RFC 7208 §8.2";
    SPF_21 "SPF-21" Warn Lint by "standards::spf"
        "A sending domain with DMARC enforcement uses `~all`, not `-all`"
        why "Some receivers reject on `-all` before they look at DKIM and DMARC, so that forwarded mail is lost."
        fix "use `~all` and leave the refusing to DMARC; keep `-all` for parked domains"
        source "RFC 9989 §7.1";
    SPF_22 "SPF-22" Warn Lint by "standards::spf"
        "No `ptr` mechanism and no `%{p}` macro"
        why "Reverse look-ups are slow and unreliable; many receivers ignore them."
        fix "list the senders by ip4, ip6, a or include"
        source "RFC 7208 §5.5, §7.2";
    SPF_23 "SPF-23" Error Lint by "standards::spf"
        "Macros follow their grammar"
        why "A macro letter, digit or delimiter outside the grammar is a permanent error; c, r and t work only in an explanation."
        fix "correct the macro, or write `%%` for a percent sign"
        source "RFC 7208 §7.1, §7.2, §7.3";
    SPF_24 "SPF-24" Warn Lint by "standards::spf"
        "The answer with all TXT records of the name stays within 450 octets"
        why "A larger answer may not fit one UDP packet; where TCP is blocked SPF fails for a time."
        fix "shorten the record, or remove old verification strings beside it"
        source "RFC 7208 §3.4";
    SPF_25 "SPF-25" Warn Lint by "standards::spf"
        "No term repeats or is covered by another"
        why "A duplicate include spends a look-up for nothing."
        fix "remove the repeated term"
        source "RFC 7208 §10.1.1";
    SPF_26 "SPF-26" Error Lint lib "standards::spf"
        "A domain without mail publishes `v=spf1 -all`"
        why "Without it anybody can use the domain as an envelope sender."
        fix "publish `v=spf1 -all`"
        source "RFC 7208 §10.1.2; RFC 7505 §4.2";
    SPF_27 "SPF-27" Warn Lint by "standards::spf"
        "Every MAIL FROM and HELO name has its own SPF record"
        why "SPF is not inherited: a subdomain without a record has none."
        fix "publish a record at each name that sends"
        source "RFC 7208 §3.5, §10.1.2";
    SPF_28 "SPF-28" Error Lint by "standards::spf"
        "The explanation is one ASCII TXT record"
        why "Receivers drop an explanation they cannot read, and show none."
        fix "publish one TXT record of plain ASCII at the name of `exp`"
        source "RFC 7208 §6.2";
    SPF_29 "SPF-29" Warn Lint by "standards::spf"
        "No Sender ID (`spf2.0/`) records"
        why "Sender ID is abandoned; the record only makes answers longer."
        fix "remove it"
        source "RFC 7208 appendix C";
    SPF_30 "SPF-30" Error Order not "deploy flattens nothing: it publishes the includes as they are written"
        "A flattened record is derived again on a schedule"
        why "Suppliers move their addresses without telling; a flattened copy then refuses their mail."
        fix "use the include itself, or schedule `deploy drift`"
        source "DNSControl issue 1961";
    SPF_31 "SPF-31" Error Lookup by "standards::spf"
        "Mechanisms found live and not declared are kept or adopted, never dropped"
        why "A sender that somebody added by hand would fail SPF from one minute to the next."
        fix "declare the mechanism in the manifest, or accept its removal"
        source "operational";
}
