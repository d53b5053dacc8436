//! Rules of MTA-STS: the record (R), the policy (P), its host (H) and the order of changes (O).

crate::rules! {
    STS_R01 "STS-R01" Error Lint lib "standards::mta_sts"
        "The record is at `_mta-sts` under the policy domain"
        why "Senders ask for that name only."
        fix "publish at `_mta-sts.DOMAIN`"
        source "RFC 8461 §3.1";
    STS_R02 "STS-R02" Error Lint by "standards::mta_sts"
        "The record begins with exactly `v=STSv1;`"
        why "Senders discard a record that begins otherwise, and deliver without the policy."
        fix "start the value with `v=STSv1;`, in this case of letters and without spaces around `=`"
        source "RFC 8461 §3.1";
    STS_R03 "STS-R03" Error Lint by "standards::mta_sts"
        "There is one `id`, of 1 to 32 letters and digits"
        why "A hyphen, a dot or a second `id` makes the record invalid, and senders do not fetch the policy."
        fix "use letters and digits only; this program derives the id from the policy"
        source "RFC 8461 §3.1";
    STS_R04 "STS-R04" Error Lint by "standards::mta_sts"
        "Other fields are `name=value` in the characters that the grammar allows"
        why "One malformed field makes the record invalid."
        fix "correct the field or remove it"
        source "RFC 8461 §3.1";
    STS_R05 "STS-R05" Warn Lint by "standards::mta_sts"
        "The record has no unknown fields"
        why "Senders ignore a field they do not know, so that it does nothing."
        fix "remove the field"
        source "RFC 8461 §3.2";
    STS_R06 "STS-R06" Error Lookup | Live by "standards::mta_sts"
        "One record at the name begins `v=STSv1;`"
        why "With two or none, senders act as if there were no policy."
        fix "remove all records but one"
        source "RFC 8461 §3.1";
    STS_R07 "STS-R07" Warn Lookup by "standards::mta_sts"
        "No unrelated TXT stands at the name"
        why "Senders skip it, but it is a sign of a record in the wrong place."
        fix "move or remove the other text"
        source "RFC 8461 §3.1";
    STS_R08 "STS-R08" Error Order by "blueprint::site::mta_sts::mta_sts_text"
        "The `id` changes whenever the policy changes, and only then"
        why "Senders fetch the policy again only when the id is new; with an old id they keep the old policy until it expires."
        fix "let this program derive the id from the policy's content"
        source "RFC 8461 §3.1";
    STS_R09 "STS-R09" Error Lookup by "verify"
        "A delegated `_mta-sts` ends at a valid TXT, and `mta-sts` is delegated with it"
        why "A record without its policy host makes senders fail to fetch, and TLS goes unprotected."
        fix "delegate both names to the same provider"
        source "RFC 8461 §3.1, §8.2";
    STS_R10 "STS-R10" Error Lint by "standards::mta_sts"
        "Each mail subdomain has its own record and policy"
        why "A parent's policy is never inherited."
        fix "declare the subdomain as a domain of its own"
        source "RFC 8461 §3.4";
    STS_R11 "STS-R11" Error Lint by "standards::mta_sts"
        "A domain with a testing or enforce policy has mail hosts"
        why "With a null MX or none there is nothing to protect, and the policy can only confuse senders."
        fix "remove the `mta_sts` block, or use mode none"
        source "RFC 8461 §3.2; RFC 7505 §3";

    STS_P01 "STS-P01" Error Lint by "standards::mta_sts"
        "Lines end in CRLF"
        why "Some senders read no policy from a file with other line ends; a bare CR is against the grammar."
        fix "save the file with CRLF line ends; this program writes them itself"
        source "RFC 8461 §3.2";
    STS_P02 "STS-P02" Error Lint by "standards::mta_sts"
        "`version: STSv1` is there once, and first"
        why "Senders refuse a policy without it, and some refuse it anywhere but on the first line."
        fix "make `version: STSv1` the first line"
        source "RFC 8461 §3.2";
    STS_P03 "STS-P03" Error Lint by "standards::mta_sts"
        "`mode` is there once: enforce, testing or none, in lower case"
        why "With another word the policy is invalid and protects nothing."
        fix "write `mode: enforce`, `mode: testing` or `mode: none`"
        source "RFC 8461 §3.2";
    STS_P04 "STS-P04" Error Lint by "standards::mta_sts"
        "`max_age` is there once, in whole seconds from 0 to 31557600"
        why "A policy without a valid lifetime is invalid."
        fix "write for example `max_age: 604800` (one week)"
        source "RFC 8461 §3.2";
    STS_P05 "STS-P05" Warn Lint by "standards::mta_sts"
        "An enforced policy lives at least a week"
        why "Between fetches a short-lived policy leaves gaps in which an attacker can strip TLS; below a day it protects little."
        fix "raise `max_age` to 604800 or more"
        source "RFC 8461 §3.2, §10.2";
    STS_P06 "STS-P06" Warn Lint by "standards::mta_sts"
        "The first enforced policy lives at most 31 days"
        why "Senders keep it that long: a mistake in it refuses mail until the last copy expires."
        fix "start with `max_age: 604800`, and raise it later"
        source "RFC 8461 §8.3";
    STS_P07 "STS-P07" Error Lint by "standards::mta_sts"
        "A testing or enforce policy has at least one `mx`, one pattern a line"
        why "Without a pattern no mail host is allowed, and under enforce no mail is delivered."
        fix "add an `mx:` line for each mail host"
        source "RFC 8461 §3.2";
    STS_P08 "STS-P08" Error Lint by "standards::mta_sts"
        "An `mx` pattern is a domain name, with at most one leading `*.`"
        why "A port, an address, a final dot or another `*` matches no host, and under enforce its mail is refused."
        fix "write the host's name, in A-labels"
        source "RFC 8461 §3.2, §4.1";
    STS_P09 "STS-P09" Error Lint by "standards::mta_sts"
        "No space stands before a key or before its colon"
        why "The line is against the grammar and senders may refuse the policy."
        fix "write `key: value` from the first column"
        source "RFC 8461 §3.2";
    STS_P10 "STS-P10" Error Lint by "standards::mta_sts"
        "Only `mx` is repeated"
        why "Senders use the first of two and ignore the rest, silently."
        fix "keep one line for each other key"
        source "RFC 8461 §3.2";
    STS_P11 "STS-P11" Error Lint by "standards::mta_sts"
        "Extension lines follow the grammar, without a byte order mark or control character"
        why "One line outside the grammar can make senders refuse the whole policy."
        fix "remove the line or the stray bytes"
        source "RFC 8461 §3.2";
    STS_P12 "STS-P12" Warn Lint by "standards::mta_sts"
        "The policy is at most 64 KiB"
        why "Senders stop reading there."
        fix "shorten it, by wildcards for groups of hosts"
        source "RFC 8461 §3.3";
    STS_P13 "STS-P13" Error Lookup | Live by "standards::mta_sts"
        "Every MX host matches a pattern of the policy"
        why "Under enforce, senders do not deliver to a host that matches none; `*.example.com` covers one label only."
        fix "add the host to `mx`, before it receives mail"
        source "RFC 8461 §4.1";
    STS_P14 "STS-P14" Warn Lookup by "standards::mta_sts"
        "Every pattern matches a mail host of today"
        why "A stale pattern allows a host that is no longer yours."
        fix "remove the pattern"
        source "RFC 8461 §4.1";
    STS_P15 "STS-P15" Warn Lint by "standards::mta_sts"
        "No wildcard covers a domain where anybody can get names"
        why "Anybody with a name and a certificate there could pass for your mail host."
        fix "list the mail hosts by name"
        source "RFC 8461 §10.4";
    STS_P16 "STS-P16" Error Live by "verify"
        "Under enforce, every mail host offers STARTTLS with a valid certificate for its name"
        why "Senders that honour the policy do not deliver to a host without it."
        fix "repair TLS at the mail host, or stay in testing until it is"
        source "RFC 8461 §4.2, §7.1, §7.2";

    STS_H01 "STS-H01" Error Live by "verify"
        "The policy's URL answers 200"
        why "With any other status senders have no policy."
        fix "serve the file at `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`"
        source "RFC 8461 §3.2, §3.3";
    STS_H02 "STS-H02" Error Live by "verify"
        "The policy's URL does not redirect"
        why "Senders must not follow redirects; they treat one as a failure."
        fix "serve the file itself at the URL"
        source "RFC 8461 §3.3";
    STS_H03 "STS-H03" Error Live by "verify"
        "The host's certificate is public, current, and names `mta-sts.DOMAIN`"
        why "Senders refuse a policy from a host that they cannot authenticate."
        fix "install a certificate with that name as a DNS SAN"
        source "RFC 8461 §3.3";
    STS_H04 "STS-H04" Error Live by "verify"
        "The policy is served as `text/plain`"
        why "Senders should ignore a policy of another media type."
        fix "set the content type to `text/plain`"
        source "RFC 8461 §3.2";
    STS_H05 "STS-H05" Error Live by "verify"
        "A delegated host still shows a certificate for your policy host"
        why "Senders check your name, not the provider's."
        fix "have the provider get a certificate for `mta-sts.DOMAIN`"
        source "RFC 8461 §8.2";
    STS_H06 "STS-H06" Warn Live by "verify"
        "The policy arrives within seconds"
        why "Senders give up after about a minute, and slow answers delay mail."
        fix "look at the host's load and network"
        source "RFC 8461 §3.3";
    STS_H07 "STS-H07" Warn Live by "verify"
        "Caches hold the policy at most a minute, or are cleared at each change"
        why "A stale copy behind a new id makes senders cache the old policy under the new id."
        fix "set `cache-control: max-age=60` or invalidate the path on every change"
        source "RFC 8461 §3.3, §8.2";
    STS_H08 "STS-H08" Error Live by "verify"
        "Every address of the host serves the planned bytes"
        why "A sender that reaches another copy obeys another policy."
        fix "deploy the file to every address, IPv6 included"
        source "operational";
    STS_H09 "STS-H09" Error Live by "verify"
        "The host answers by SNI with the policy host's certificate"
        why "A certificate for another name is a failed fetch."
        fix "configure the certificate for the policy host's name"
        source "RFC 8461 §7.1";
    STS_H10 "STS-H10" Error Lint | Lookup by "manifest::check"
        "The CloudFront certificate is in us-east-1, and no other distribution has the alias"
        why "CloudFront refuses the distribution otherwise."
        fix "use a certificate of us-east-1, and free the alias first"
        source "CloudFront: alternate domain names";
    STS_H11 "STS-H11" Warn Live by "verify"
        "A tenth of the lifetime of the host's certificate is left, or more"
        why "From its expiry on senders cannot refresh the policy."
        fix "renew it"
        source "operational";
    STS_H12 "STS-H12" Error Lookup by "verify::checks::mta_sts (as STS-H05)"
        "`mta-sts` is not a CNAME to a host that cannot show our certificate"
        why "Every fetch fails on the certificate."
        fix "point the name at the distribution of this domain"
        source "RFC 8461 §8.2";

    STS_O01 "STS-O01" Error Order by "blueprint"
        "The policy is served and checked before its new `id` is published"
        why "A sender that sees the id first fetches and caches the old policy under it."
        fix "publish the file, fetch it, and only then the record"
        source "RFC 8461 §8.1";
    STS_O02 "STS-O02" Error Order by "standards::mta_sts"
        "A new mail host is in the policy before it is in the MX"
        why "Senders with a cached policy refuse a host that the policy does not name."
        fix "widen the policy, publish its id, wait out the TTL, then change the MX"
        source "RFC 8461 §8.1";
    STS_O03 "STS-O03" Error Order by "standards::mta_sts"
        "A pattern is not removed while its host is still in the MX"
        why "Under enforce, mail to that host stops."
        fix "change the MX first, and wait out its TTL"
        source "RFC 8461 §5";
    STS_O04 "STS-O04" Error Order by "blueprint::grace_periods"
        "A policy ends by mode none, a new id, and waiting out the largest `max_age` served"
        why "Senders keep enforcing a cached policy; removing it under them refuses mail when anything changes."
        fix "let `deploy destroy` wind down, and run it again when the time has passed"
        source "RFC 8461 §8.3";
    STS_O05 "STS-O05" Error Order by "blueprint::grace_periods (as STS-O04)"
        "Removing the record alone is not taken for an end of the policy"
        why "Cached policies stay in force until they expire."
        fix "wind down through mode none"
        source "RFC 8461 §3.1, §3.3";
    STS_O06 "STS-O06" Error Order by "model"
        "The largest `max_age` served, and when, is remembered"
        why "Without it nobody can say when the last cached policy is gone."
        fix "keep the ledger; without one, wait for a year"
        source "RFC 8461 §8.3";
    STS_O07 "STS-O07" Warn Order by "standards::mta_sts"
        "The first policy is in testing, with TLS reports asked for"
        why "Reports show what enforce would refuse, before it does."
        fix "start with `mode: testing` and a `tls_rpt` block"
        source "RFC 8461 §5, §6";
    STS_O08 "STS-O08" Warn Order by "standards::mta_sts"
        "A policy does not go from nothing to enforce in one step"
        why "The first mistake is then paid in refused mail."
        fix "run in testing for some weeks"
        source "RFC 8461 §5";
    STS_O09 "STS-O09" Error Order by "blueprint::grace_periods (as STS-O04)"
        "The policy's host and certificate outlive the record and the caches"
        why "Senders whose copy expires cannot fetch again, and fall back to unprotected delivery."
        fix "remove the host last"
        source "RFC 8461 §3.3, §8.3";
    STS_O10 "STS-O10" Error Order by "blueprint::site::mta_sts (as STS-P13)"
        "A rollback does not restore a policy that leaves out a mail host of today"
        why "Mail to that host would be refused."
        fix "keep the host's pattern in the restored policy"
        source "RFC 8461 §8.1";
}
